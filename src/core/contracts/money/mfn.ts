/**
 * Whether a supplier broke its promise to give us the best price, by our own invoices alone.
 *
 * The claim names no other supplier and no invoice of one: a digest commits us to what we compared
 * with, so that an auditor can be shown it and the other side need not be.
 */
import type { Price } from '../../domain/clause.ts'
import type { Micros } from '../../domain/money.ts'
import { type Amount, costOfHours } from '../amount.ts'
import { isInScope } from '../scope.ts'

/** A line of an invoice to us. */
export interface PaidLine {
  readonly id: string
  readonly supplier: string
  readonly accelerator: string
  readonly region: string
  /** Of one accelerator. */
  readonly perHour: Micros
  /** Accelerator-hours. */
  readonly hours: number
}

export interface MfnClaim {
  readonly to: string
  readonly clause: string
  readonly lines: readonly { readonly id: string; readonly overpaid: Amount }[]
  readonly overpaid: Amount
  readonly digest: string
}

/** All lines are of one period. Null where the promise was kept, or cannot be judged. */
export function mfnClaim(
  clause: Price,
  lines: readonly PaidLine[],
  { nonce, hash }: { readonly nonce: string; readonly hash: (text: string) => string },
): MfnClaim | null {
  const { pricing } = clause
  if (pricing.form !== 'mfn') return null
  const compared: PaidLine[] = []
  const dear = lines
    .filter(({ supplier }) => supplier === clause.with)
    .flatMap((line) => {
      const { supplier, accelerator, region, perHour, hours, id } = line
      const facts = { supplier: [supplier], accelerator: [accelerator], region: [region] }
      if (!isInScope(clause.scope, facts)) return []
      const best = cheapest(lines, accelerator, pricing.comparators)
      if (!best) return []
      const limit = BigInt(best.perHour) * BigInt(1_000_000 + pricing.tolerancePpm)
      if (BigInt(perHour) * 1_000_000n <= limit) return []
      compared.push(best)
      return [{ id, overpaid: costOfHours(perHour - best.perHour, hours) }]
    })
  if (dear.length === 0) return null
  const shown = dear.sort((a, b) => (a.id < b.id ? -1 : 1))
  const proof = [...new Set(compared.map((each) => JSON.stringify(each)))].sort()
  return {
    to: clause.with,
    clause: `${clause.contract}/${clause.id}`,
    lines: shown,
    overpaid: shown.reduce((sum, { overpaid }) => sum + overpaid, 0n),
    digest: hash(JSON.stringify([nonce, ...proof])),
  }
}

function cheapest(
  lines: readonly PaidLine[],
  accelerator: string,
  comparators: readonly string[],
): PaidLine | null {
  const alike = lines.filter((each) => {
    return each.accelerator === accelerator && comparators.includes(each.supplier)
  })
  const [best] = alike.sort((a, b) => a.perHour - b.perHour || (a.id < b.id ? -1 : 1))
  return best ?? null
}
