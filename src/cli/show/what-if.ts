/**
 * The difference that a supposition makes, for people: who runs elsewhere or waits, why, and what
 * it comes to.
 */
import type { WhatIfReply } from '../../api/wire/what-if.ts'
import { formatUsd } from '../../core/domain/money.ts'
import { formatDuration, type Ms } from '../../core/domain/time.ts'
import { count } from '../../core/report/phrase.ts'
import type { Prices } from '../prices.ts'
import { perHour } from './columns.ts'
import { reasonsText } from './plan.ts'
import { type Column, type Look, table } from './table.ts'
import { plain } from './text.ts'

type Shift = WhatIfReply['shifts'][number]

const columns: readonly Column<Shift>[] = [
  { title: 'RUN', cell: ({ run }) => run },
  { title: 'AS IT IS', cell: ({ before }) => placeText(before) },
  { title: 'PRICE', cell: ({ before }) => perHour(before?.pricePerHour ?? null), isRight: true },
  { title: 'WHAT IF', cell: ({ after }) => placeText(after) },
  { title: 'PRICE', cell: ({ after }) => perHour(after?.pricePerHour ?? null), isRight: true },
]

export function whatIfText({ before, after, shifts, reasons }: WhatIfReply, look: Look): string {
  const by = after.pricePerHour - before.pricePerHour
  const change = `${by < 0 ? '-' : '+'}${formatUsd(Math.abs(by))}/h`
  const prices = `${perHour(before.pricePerHour)} as it is, ${perHour(after.pricePerHour)} what if`
  const sums = [`price: ${prices}: ${by === 0 ? 'no difference' : change}\n`]
  if (before.waiting.length > 0 || after.waiting.length > 0) {
    sums.push(`waiting: ${names(before.waiting)} as it is, ${names(after.waiting)} what if\n`)
  }
  const parts = [
    shifts.length > 0 ? table(columns, shifts, look) : 'every gang would be where it is\n',
    reasonsText(reasons),
    sums.join(''),
  ]
  return parts.filter((part) => part !== '').join('\n')
}

function placeText(place: Shift['before']): string {
  return place ? `${place.supplier}/${place.offer} ${place.accelerators}` : 'waits'
}

function names(runs: readonly string[]): string {
  return runs.length > 0 ? runs.map(plain).join(', ') : 'none'
}

type Told = Omit<Prices, 'offers'> & { readonly offers: number }

/** How old each list is, and what of it was left out, the lines with one fault together. */
export function pricesText(lists: readonly Told[], now: Ms): string {
  return lists
    .map(({ file, asOf, offers, faults }) => {
      const age = formatDuration(Math.max(0, now - asOf))
      const byFault = Map.groupBy(faults, ({ what }) => what)
      const left = [...byFault].map(([what, each]) => {
        const lines = each.slice(0, linesMax).map(({ line }) => line)
        const more = each.length > linesMax ? ` and ${each.length - linesMax} more` : ''
        return `  ${plain(what)} (line ${lines.join(', ')}${more})\n`
      })
      const out = faults.length > 0 ? `; ${count(faults.length, 'row')} left out:` : ''
      const sold = count(offers, 'offer')
      return `prices of ${plain(file)}, ${age} old: ${sold}${out}\n${left.join('')}\n`
    })
    .join('')
}

const linesMax = 3
