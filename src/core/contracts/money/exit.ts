/**
 * What comes back of capacity that nobody needs, and what leaving an agreement costs.
 */
import type { Clause, TermEnd } from '../../domain/clause.ts'
import { dayMs } from '../../domain/day.ts'
import type { Micros } from '../../domain/money.ts'
import type { Ms } from '../../domain/time.ts'
import { type Amount, costOfHours, shareOf } from '../amount.ts'
import { type Facts, isInScope } from '../scope.ts'

export interface Salvage {
  readonly way: 'cancel' | 'resale' | 'pause' | 'none'
  readonly amount: Amount
}

/** Capacity that is paid for until `until`, at a price for all of it. */
export interface Unwanted {
  readonly supplier: string
  readonly facts: Facts
  readonly pricePerHour: Micros
  readonly now: Ms
  readonly until: Ms
}

/** The best way out. */
export function salvage(inForce: readonly Clause[], unwanted: Unwanted): Salvage {
  let best: Salvage = { way: 'none', amount: 0n }
  for (const each of salvages(inForce, unwanted)) if (each.amount > best.amount) best = each
  return best
}

export interface Salvaged extends Salvage {
  readonly way: (typeof ways)[number]
}

/** The best of each way that there is. */
export function salvages(inForce: readonly Clause[], unwanted: Unwanted): readonly Salvaged[] {
  const { supplier, facts, pricePerHour, now, until } = unwanted
  const best = new Map<Salvaged['way'], Amount>()
  for (const clause of inForce) {
    if (clause.kind !== 'cancel_resale_pause' || clause.with !== supplier) continue
    if (!isInScope(clause.scope, { ...facts, supplier: [supplier] })) continue
    const hours = Math.max(0, until - now - clause.noticeDays * dayMs) / 3_600_000
    for (const way of ways) {
      const amount = shareOf(costOfHours(pricePerHour, hours), clause[`${way}Ppm`])
      if (amount > (best.get(way) ?? 0n)) best.set(way, amount)
    }
  }
  return [...best].map(([way, amount]) => ({ way, amount }))
}

const ways = ['cancel', 'resale', 'pause'] as const

/** By when a notice must be given, so that the agreement ends at its end; null without an end. */
export function noticeDeadline({ to, noticeDays }: TermEnd): Ms | null {
  return to === null ? null : to - noticeDays * dayMs
}

/** What leaving costs, of what would still have to be paid. */
export function exitCost(clause: TermEnd, remaining: Amount): Amount {
  return shareOf(remaining, clause.exitFeePpm)
}
