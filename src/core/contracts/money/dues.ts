/**
 * What is owed for what was promised and not used: for every interval of a take-or-pay that has
 * ended, and every milestone of a spend commitment that has passed and charges what is missing.
 */
import { type Clause, clauseName, type SpendCommit, type TakeOrPay } from '../../domain/clause.ts'
import { dayMs } from '../../domain/day.ts'
import type { Ms } from '../../domain/time.ts'
import type { Amount } from '../amount.ts'
import { burnDown } from './burn-down.ts'
import {
  hoursOf,
  type IntervalUse,
  intervalAt,
  paidOf,
  type SettledInterval,
  settle,
  spanOf,
} from './take-or-pay.ts'

export interface Due {
  /** `<contract>/<clause>`. */
  readonly clause: string
  readonly with: string
  /** What was missing was promised for this span. */
  readonly from: Ms
  readonly to: Ms
  readonly accelerator: string | null
  /** Accelerator-hours; null where dollars were promised. */
  readonly hours: number | null
  readonly amount: Amount
  /** May be made up: it becomes effective as that is used, or once it no longer can be. */
  readonly isCredited: boolean
}

/** A part of a charge that a commitment took, with when it was used. */
export interface Taken {
  readonly clause: string
  readonly at: Ms
  readonly hours: number
  readonly amount: Amount
}

export interface DuesOptions {
  readonly now: Ms
  /** Accelerators that were accepted under a clause's ramp at a moment; null without a ramp. */
  readonly accepted: (clause: TakeOrPay, at: Ms) => number | null
}

/** In order of time, hours of one day together. Nothing is owed before its span is over. */
export function dues(
  clauses: readonly Clause[],
  taken: readonly Taken[],
  options: DuesOptions,
): readonly Due[] {
  const takenOf = Map.groupBy(taken, ({ clause }) => clause)
  const all = clauses.flatMap((clause): readonly Due[] => {
    const ours = takenOf.get(clauseName(clause)) ?? []
    if (clause.kind === 'take_or_pay') return ofIntervals(clause, ours, options)
    return clause.kind === 'spend_commit' ? ofMilestones(clause, ours, options) : []
  })
  return all.sort((a, b) => a.to - b.to || (a.clause < b.clause ? -1 : 1))
}

function ofIntervals(
  clause: TakeOrPay,
  taken: readonly Taken[],
  options: DuesOptions,
): readonly Due[] {
  const about = { ...aboutOf(clause), isCredited: clause.makeUpIntervals > 0 }
  const owed = settled(clause, taken, options).flatMap((row): readonly Due[] => {
    const { from, to, shortfallHours, shortfall } = row
    return shortfall === 0n
      ? []
      : [{ ...about, from, to, hours: shortfallHours, amount: shortfall }]
  })
  return clause.interval === 'hour' ? byDay(owed) : owed
}

function aboutOf(clause: TakeOrPay): Pick<Due, 'clause' | 'with' | 'accelerator'> {
  return { clause: clauseName(clause), with: clause.with, accelerator: clause.accelerator }
}

/** Every interval that is over by now. */
export function settled(
  clause: TakeOrPay,
  taken: readonly Taken[],
  { now, accepted }: DuesOptions,
): readonly SettledInterval[] {
  const used = new Map<number, number>()
  for (const { clause: name, at, hours } of taken) {
    if (name !== clauseName(clause)) continue
    const index = intervalAt(clause, at)?.index ?? -1
    used.set(index, (used.get(index) ?? 0) + hours)
  }
  const uses: IntervalUse[] = []
  for (let span = spanOf(clause, 0); span.from < span.to && span.to <= now; ) {
    const { index, from } = span
    uses.push({ usedHours: used.get(index) ?? 0, accepted: accepted(clause, from) })
    span = spanOf(clause, index + 1)
  }
  return settle(clause, uses)
}

/**
 * What was owed, could have been made up and no longer can: told in the last interval in which it
 * could, so that what was owed becomes effective as it is used, or then.
 */
export function expiries(
  clauses: readonly Clause[],
  taken: readonly Taken[],
  options: DuesOptions,
): readonly Due[] {
  return clauses.flatMap((clause): readonly Due[] => {
    if (clause.kind !== 'take_or_pay' || clause.makeUpIntervals === 0) return []
    const told = settled(clause, taken, options).flatMap((row): readonly Due[] => {
      const { index, from, to, credits } = row
      // What is left at the end of the clause can be used no more.
      const lost = credits.filter(({ lastIndex }) => lastIndex <= index || to === clause.to)
      const amount = paidOf(lost)
      if (amount === 0n) return []
      return [{ ...aboutOf(clause), from, to, hours: hoursOf(lost), amount, isCredited: false }]
    })
    return clause.interval === 'hour' ? byDay(told) : told
  })
}

function byDay(hourly: readonly Due[]): readonly Due[] {
  const days = Map.groupBy(hourly, ({ from }) => Math.floor(from / dayMs))
  return [...days.values()].map((all) => {
    const [first, last] = [all[0] as Due, all.at(-1) as Due]
    const hours = all.reduce((sum, each) => sum + (each.hours ?? 0), 0)
    const amount = all.reduce((sum, each) => sum + each.amount, 0n)
    return { ...first, to: last.to, hours, amount }
  })
}

function ofMilestones(
  clause: SpendCommit,
  taken: readonly Taken[],
  { now }: DuesOptions,
): readonly Due[] {
  if (clause.shortfall !== 'charged') return []
  let { from } = clause
  return burnDown(clause, taken, { now, perDay: 0n }).flatMap(({ at: to, shortfall, isPast }) => {
    const about = { clause: clauseName(clause), with: clause.with, accelerator: null, hours: null }
    const due: Due = { ...about, from, to, amount: shortfall, isCredited: false }
    from = to
    return isPast && shortfall > 0n ? [due] : []
  })
}
