/**
 * What a late tranche is worth to us: credit for every day, and from a day on the right to leave.
 * Nothing is ever ended by itself; the right is kept, and its dates are told.
 */
import type { LateDelivery, Ramp, Tranche } from '../../domain/clause.ts'
import { dayMs } from '../../domain/day.ts'
import type { Micros } from '../../domain/money.ts'
import type { Ms } from '../../domain/time.ts'
import { type Amount, costOfHours, shareOf } from '../amount.ts'
import { acceleratorsOf } from '../capacity.ts'

export interface Lateness {
  /** Whole days after the grace, until accepted or until now. */
  readonly days: number
  readonly credit: Amount
  /** Since when we may give notice, and when it then ends at the earliest. */
  readonly mayTerminateFrom: Ms
  readonly endsAtEarliest: Ms
  readonly terminates: LateDelivery['terminates']
}

/** `pricePerHour` is what one accelerator of the tranche would cost. Null while nothing is late. */
export function lateness(
  clause: LateDelivery,
  ramp: Ramp,
  {
    tranche,
    pricePerHour,
    now,
  }: {
    readonly tranche: Tranche
    readonly pricePerHour: Micros
    readonly now: Ms
  },
): Lateness | null {
  const graceEnds = tranche.dueAt + ramp.graceDays * dayMs
  const until = Math.min(tranche.reached.accepted ?? now, now)
  const days = Math.floor((until - graceEnds) / dayMs)
  if (days <= 0) return null
  const accelerators = acceleratorsOf(tranche.quantity, tranche.accelerator, ramp.conversions) ?? 0
  const perDay = costOfHours(pricePerHour, accelerators * 24)
  const credit = clause.credits.reduce((sum, { afterDays, sharePpm }, index) => {
    const end = clause.credits[index + 1]?.afterDays ?? days
    const inBand = Math.max(0, Math.min(end, days) - afterDays)
    return sum + shareOf(perDay * BigInt(inBand), sharePpm)
  }, 0n)
  const mayTerminateFrom = graceEnds + clause.terminateAfterDays * dayMs
  const endsAtEarliest = Math.max(mayTerminateFrom, now) + clause.cureDays * dayMs
  return { days, credit, mayTerminateFrom, endsAtEarliest, terminates: clause.terminates }
}
