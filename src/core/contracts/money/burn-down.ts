/**
 * How a spend commitment burns down: what is due when, how fast we would have to spend, and what
 * will be missing at which milestone. A missing dollar is charged once, at the first milestone.
 */
import type { SpendCommit } from '../../domain/clause.ts'
import { dayMs } from '../../domain/day.ts'
import type { Ms } from '../../domain/time.ts'
import { type Amount, amountOf, atLeastNothing } from '../amount.ts'

export interface Spend {
  readonly at: Ms
  readonly amount: Amount
}

export interface MilestoneRow {
  readonly at: Ms
  readonly due: Amount
  /** What was spent by then; what will have been, where it lies ahead. */
  readonly spent: Amount
  /** Missing and not charged before. */
  readonly shortfall: Amount
  readonly isPast: boolean
  /** From now on, to be in time; nothing where it is past. */
  readonly neededPerDay: Amount
  /** Ahead, near enough to warn, and not on the way to be met. */
  readonly warns: boolean
}

/** `spends` are the eligible ones; `perDay` is what we are likely to spend from now on. */
export function burnDown(
  clause: SpendCommit,
  spends: readonly Spend[],
  { now, perDay }: { readonly now: Ms; readonly perDay: Amount },
): readonly MilestoneRow[] {
  const spentBy = (at: Ms) => {
    return spends.filter((each) => each.at < at).reduce((sum, { amount }) => sum + amount, 0n)
  }
  let charged = 0n
  let chargedPast = 0n
  return milestonesOf(clause).map(({ at, due }) => {
    const isPast = at <= now
    const ahead = isPast ? 0n : perDay * BigInt(Math.floor((at - now) / dayMs))
    const spent = spentBy(Math.min(at, now)) + ahead
    const shortfall = atLeastNothing(due - charged - spent)
    if (clause.shortfall === 'charged') charged += shortfall
    // Who keeps the pace is not charged on the way, so only what was charged already counts.
    if (isPast) chargedPast = charged
    const daysLeft = BigInt(Math.max(1, Math.ceil((at - now) / dayMs)))
    const missing = isPast ? 0n : atLeastNothing(due - chargedPast - spentBy(now))
    return {
      at,
      due,
      spent,
      shortfall,
      isPast,
      neededPerDay: (missing + daysLeft - 1n) / daysLeft,
      warns: !isPast && shortfall > 0n && at - now <= clause.warnDays * dayMs,
    }
  })
}

/**
 * The milestones, and the total at the end of the clause. Of what is repealed before its end
 * nothing is due from then on.
 */
export function milestonesOf(
  clause: SpendCommit,
): readonly { readonly at: Ms; readonly due: Amount }[] {
  const { to, repeal, totalDollars } = clause
  const rows = clause.milestones.map(({ at, dollars }) => ({ at, due: amountOf(dollars) }))
  if (repeal && (to === null || repeal.at <= to)) return rows.filter(({ at }) => at < repeal.at)
  if (to === null) return rows
  return [...rows.filter(({ at }) => at < to), { at: to, due: amountOf(totalDollars) }]
}

export interface Gap {
  readonly at: Ms
  readonly missing: Amount
}

/** The milestone ahead that will miss most, unless more than `perDay` is spent; null for none. */
export function gapAhead(
  clause: SpendCommit,
  {
    now,
    counted,
    perDay,
  }: {
    readonly now: Ms
    /** Spent, or charged as a shortfall, until now. */
    readonly counted: Amount
    readonly perDay: Amount
  },
): Gap | null {
  let worst: Gap | null = null
  for (const { at, due } of milestonesOf(clause)) {
    if (at <= now) continue
    const missing = due - counted - perDay * BigInt(Math.floor((at - now) / dayMs))
    if (missing > (worst?.missing ?? 0n)) worst = { at, missing }
  }
  return worst
}
