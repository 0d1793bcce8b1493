/**
 * What is supposed, as people type it (`acme/h100x8=4`) → what the API takes, or a refusal that
 * shows how it is written.
 */
import type { WhatIfRequest } from '../api/wire/what-if.ts'
import { parseUsd } from '../core/domain/money.ts'
import { CliError } from './failure.ts'
import { wholeNumber } from './values.ts'

/** As they were typed. */
export interface Supposed {
  readonly without?: readonly string[]
  readonly stock?: readonly string[]
  readonly price?: readonly string[]
}

export function suppositionsOf({
  without = [],
  stock = [],
  price = [],
}: Supposed): WhatIfRequest['suppositions'] {
  return [
    ...without.map((supplier) => ({ suppose: 'without' as const, supplier })),
    ...stock.map((text) => {
      const { offer, value } = pair(text, '--stock acme/h100x8=4')
      const nodes = /^\d{1,6}$/.test(value) ? wholeNumber(value) : null
      if (nodes === null) throw unlike(text, 'a whole number of nodes', '--stock acme/h100x8=4')
      return { suppose: 'stock' as const, offer, nodes }
    }),
    ...price.map((text) => {
      const { offer, value } = pair(text, '--price acme/h100x8=9.50')
      const pricePerHour = parseUsd(value)
      if (pricePerHour === null) {
        throw unlike(text, 'dollars an hour for one node', '--price acme/h100x8=9.50')
      }
      return { suppose: 'price' as const, offer, pricePerHour }
    }),
  ]
}

/** An offer may have any sign in its name, so the last `=` counts. */
function pair(text: string, example: string): { offer: string; value: string } {
  const parts = /^([^/]+\/.+)=([^=]*)$/.exec(text)
  if (!parts) throw unlike(text, 'an offer, = and a figure', example)
  const [, offer = '', value = ''] = parts
  return { offer, value }
}

function unlike(text: string, expected: string, example: string): CliError {
  return new CliError('invalid', `${text} was given, ${expected} expected, as in ${example}`)
}
