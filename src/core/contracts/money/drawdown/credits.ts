/**
 * Hours that were paid for, not used, and may be made up: what was earned, used and lost of them,
 * and what is left.
 */
import { clauseName, type TakeOrPay } from '../../../domain/clause.ts'
import type { Ms } from '../../../domain/time.ts'
import type { Amount } from '../../amount.ts'
import type { Drawdown } from '../draw.ts'
import { type DuesOptions, settled, type Taken } from '../dues.ts'
import {
  committedHours,
  hoursOf,
  type IntervalSpan,
  intervalAt,
  type Running,
  runOn,
  spanOf,
} from '../take-or-pay.ts'

/** How far a clause is used in the interval of now; null outside of the clause. */
export function runningAt(
  clause: TakeOrPay,
  drawdown: Drawdown,
  { now, accepted }: DuesOptions,
): (Running & { readonly span: IntervalSpan; readonly committed: number }) | null {
  const span = intervalAt(clause, now)
  if (!span) return null
  const acceptedAt = (at: Ms) => accepted(clause, at)
  const before = drawdown.hours.get(clauseName(clause)) ?? { index: 0, usedHours: 0, credits: [] }
  const running = runOn(clause, before, { index: span.index, accepted: acceptedAt })
  return { ...running, span, committed: committedHours(clause, span, acceptedAt(span.from)) }
}

/** What an older interval left, and until when it is good. */
export interface Left {
  readonly clause: string
  readonly with: string
  readonly hours: number
  readonly paid: Amount
  readonly until: Ms
}

/** In the order in which it expires. */
export function creditsLeft(
  clause: TakeOrPay,
  drawdown: Drawdown,
  options: DuesOptions,
): readonly Left[] {
  const about = { clause: clauseName(clause), with: clause.with }
  return (runningAt(clause, drawdown, options)?.credits ?? []).map(({ hours, paid, lastIndex }) => {
    const { to } = spanOf(clause, lastIndex)
    return { ...about, hours, paid, until: to }
  })
}

/** Accelerator-hours until now: what was earned comes to the other three. */
export interface Credits {
  readonly earnedHours: number
  readonly usedHours: number
  readonly expiredHours: number
  readonly leftHours: number
}

/** Null where nothing is made up. */
export function creditsOf(
  clause: TakeOrPay,
  taken: readonly (Taken & { readonly madeUp: Amount | null })[],
  { drawdown, ...options }: DuesOptions & { readonly drawdown: Drawdown },
): Credits | null {
  if (clause.makeUpIntervals === 0) return null
  const rows = settled(clause, taken, options)
  const name = clauseName(clause)
  const running = runningAt(clause, drawdown, options)
  const left = running?.credits ?? []
  const last = rows.at(-1)
  // What expired as the running interval began is in none of those that are over.
  const lostSince = (last?.credits ?? []).filter(({ lastIndex }) => {
    return running === null || lastIndex < running.index
  })
  const sum = (hours: readonly number[]) => hours.reduce((a, b) => a + b, 0)
  const madeUp = taken.filter((each) => each.clause === name && each.madeUp !== null)
  return {
    earnedHours: sum(rows.map(({ shortfallHours }) => shortfallHours)),
    usedHours: sum(madeUp.map(({ hours }) => hours)),
    expiredHours: sum(rows.map(({ expiredHours }) => expiredHours)) + hoursOf(lostSince),
    leftHours: hoursOf(left),
  }
}
