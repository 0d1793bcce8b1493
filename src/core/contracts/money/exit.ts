/**
 * What comes back of capacity that nobody needs, and what leaving an agreement costs.
 */
import type { CancelResalePause, Clause, TermEnd } from '../../domain/clause.ts'
import { dayMs } from '../../domain/day.ts'
import type { Micros } from '../../domain/money.ts'
import type { Ms } from '../../domain/time.ts'
import { type Amount, costOfHours, shareOf } from '../amount.ts'
import { type Facts, isInScope } from '../scope.ts'

export interface Salvage {
  readonly way: 'cancel' | 'resale' | 'pause' | 'none'
  readonly amount: Amount
}

/** The best way out for capacity that is paid for until `until`, at a price for all of it. */
export function salvage(
  inForce: readonly Clause[],
  unwanted: {
    readonly supplier: string
    readonly facts: Facts
    readonly pricePerHour: Micros
    readonly now: Ms
    readonly until: Ms
  },
): Salvage {
  const { supplier, facts, pricePerHour, now, until } = unwanted
  let best: Salvage = { way: 'none', amount: 0n }
  for (const clause of inForce) {
    if (clause.kind !== 'cancel_resale_pause' || clause.with !== supplier) continue
    if (!isInScope(clause.scope, { ...facts, supplier: [supplier] })) continue
    const hours = Math.max(0, until - now - clause.noticeDays * dayMs) / 3_600_000
    for (const [way, ppm] of waysOf(clause)) {
      const amount = shareOf(costOfHours(pricePerHour, hours), ppm)
      if (amount > best.amount) best = { way, amount }
    }
  }
  return best
}

function waysOf(clause: CancelResalePause) {
  return [
    ['cancel', clause.cancelPpm],
    ['resale', clause.resalePpm],
    ['pause', clause.pausePpm],
  ] as const
}

/** By when a notice must be given, so that the agreement ends at its end; null without an end. */
export function noticeDeadline({ to, noticeDays }: TermEnd): Ms | null {
  return to === null ? null : to - noticeDays * dayMs
}

/** What leaving now costs, of what would still have to be paid. */
export function exitCost(clause: TermEnd, remaining: Amount): Amount {
  return shareOf(remaining, clause.exitFeePpm)
}
