/**
 * What is paid for whether it is used or not: per interval, with what may be made up later.
 *
 * An hour that was used counts once: for its interval, else to make up an older one, else on top.
 */
import type { TakeOrPay } from '../../domain/clause.ts'
import { addMonths } from '../../domain/day.ts'
import type { Ms } from '../../domain/time.ts'
import { type Amount, costOfHours, partOf } from '../amount.ts'
import { acceleratorHoursOf } from '../capacity.ts'

const hourMs = 3_600_000
const monthsIn = { month: 1, quarter: 3, year: 12 } as const

export interface IntervalSpan {
  readonly index: number
  readonly from: Ms
  readonly to: Ms
}

/** The interval in which a moment lies; null outside the clause. The last one may be cut short. */
export function intervalAt(clause: TakeOrPay, at: Ms): IntervalSpan | null {
  const { from, to, interval } = clause
  if (at < from || (to !== null && at >= to)) return null
  const index = interval === 'hour' ? Math.floor((at - from) / hourMs) : monthIndex(clause, at)
  return spanOf(clause, index)
}

export function spanOf(clause: TakeOrPay, index: number): IntervalSpan {
  const end = startOf(clause, index + 1)
  const to = clause.to === null ? end : Math.min(end, clause.to)
  return { index, from: startOf(clause, index), to }
}

function startOf({ from, interval }: TakeOrPay, index: number): Ms {
  return interval === 'hour' ? from + index * hourMs : addMonths(from, index * monthsIn[interval])
}

function monthIndex(clause: TakeOrPay, at: Ms): number {
  // No month is longer than 31 days, so this guess is never too high.
  const months = clause.interval === 'hour' ? 1 : monthsIn[clause.interval]
  let index = Math.floor((at - clause.from) / (31 * 24 * hourMs * months))
  while (startOf(clause, index + 1) <= at) index += 1
  return index
}

/**
 * Accelerator-hours to be paid for in an interval. `accepted` is how many accelerators the ramp of
 * the clause has brought by then; what was not delivered is not owed.
 */
export function committedHours(
  clause: TakeOrPay,
  span: IntervalSpan,
  accepted: number | null,
): number {
  if (span.index < clause.freeIntervals) return 0
  const hours = (span.to - span.from) / hourMs
  const step = clause.steps.filter(({ from }) => from <= span.from).at(-1)
  const quantity = step?.quantity ?? clause.quantity
  const agreed = acceleratorHoursOf(quantity, hours, clause.accelerator, clause.conversions) ?? 0
  return clause.ramp !== null && accepted !== null ? Math.min(agreed, accepted * hours) : agreed
}

/** Paid for and not used, and good for later intervals, up to the last one. */
export interface Credit {
  readonly hours: number
  /** What was owed for them. */
  readonly paid: Amount
  readonly lastIndex: number
}

/** How far a clause is used in one of its intervals. */
export interface Running {
  readonly index: number
  /** Of what is to be paid for that interval. */
  readonly usedHours: number
  /** What older intervals left for it, oldest first. */
  readonly credits: readonly Credit[]
}

/** Accelerators that were accepted by a moment, where the clause waits for a ramp. */
type Accepted = (at: Ms) => number | null

/** As it stands when a later interval begins: what was not used between is credited, or expired. */
export function runOn(
  clause: TakeOrPay,
  running: Running,
  { index, accepted }: { readonly index: number; readonly accepted: Accepted },
): Running {
  if (index <= running.index) return running
  const { makeUpIntervals } = clause
  let { usedHours, credits } = running
  // What an interval before these left would have expired by now.
  const first = Math.max(running.index, index - makeUpIntervals)
  if (first > running.index) usedHours = 0
  for (let each = first; each < index; each += 1) {
    const span = spanOf(clause, each)
    const unused = committedHours(clause, span, accepted(span.from)) - usedHours
    if (unused > 0) credits = [...credits, creditOf(clause, each, unused)]
    usedHours = 0
  }
  return { index, usedHours: 0, credits: credits.filter(({ lastIndex }) => lastIndex >= index) }
}

function creditOf(clause: TakeOrPay, index: number, hours: number): Credit {
  const paid = costOfHours(clause.pricePerHour, hours)
  return { hours, paid, lastIndex: index + clause.makeUpIntervals }
}

/** Makes up for so many hours, of the oldest credits first, because they expire first. */
export function makeUp(
  credits: readonly Credit[],
  hours: number,
): { readonly paid: Amount; readonly left: readonly Credit[] } {
  let [wanted, paid] = [hours, 0n]
  const left = credits.flatMap((each): readonly Credit[] => {
    const taken = Math.min(wanted, each.hours)
    wanted -= taken
    const part = partOf(each.paid, taken, each.hours)
    paid += part
    if (taken === each.hours) return []
    return [{ ...each, hours: each.hours - taken, paid: each.paid - part }]
  })
  return { paid, left }
}

export function hoursOf(credits: readonly Credit[]): number {
  return credits.reduce((hours, each) => hours + each.hours, 0)
}

export function paidOf(credits: readonly Credit[]): Amount {
  return credits.reduce((paid, each) => paid + each.paid, 0n)
}

export interface IntervalUse {
  readonly usedHours: number
  /** Accepted accelerators, where the clause waits for a ramp. */
  readonly accepted: number | null
}

export interface SettledInterval extends IntervalSpan {
  readonly committedHours: number
  readonly usedHours: number
  /** Paid for and not used. */
  readonly shortfallHours: number
  /** Used on top, and already paid for in an older interval. */
  readonly madeUpHours: number
  /** Used on top, and to be paid. */
  readonly overageHours: number
  /** Paid for in an older interval, and from now on lost. */
  readonly expiredHours: number
  /** Paid for, and still good for a later interval. */
  readonly creditHours: number
  readonly credits: readonly Credit[]
  readonly shortfall: Amount
}

/** Every interval from the first on, as far as its use is given. */
export function settle(
  clause: TakeOrPay,
  uses: readonly IntervalUse[],
): readonly SettledInterval[] {
  let credits: readonly Credit[] = []
  return uses.map(({ usedHours, accepted }, index) => {
    const span = spanOf(clause, index)
    const committed = committedHours(clause, span, accepted)
    const lost = credits.filter(({ lastIndex }) => lastIndex < index)
    credits = credits.filter(({ lastIndex }) => lastIndex >= index)
    const shortfallHours = Math.max(0, committed - usedHours)
    const excess = Math.max(0, usedHours - committed)
    const madeUpHours = Math.min(excess, hoursOf(credits))
    credits = makeUp(credits, madeUpHours).left
    const unused = shortfallHours > 0 ? [creditOf(clause, index, shortfallHours)] : []
    const isLost = clause.makeUpIntervals === 0
    const expired = isLost ? [...lost, ...unused] : lost
    if (!isLost) credits = [...credits, ...unused]
    return {
      ...span,
      committedHours: committed,
      usedHours,
      shortfallHours,
      madeUpHours,
      overageHours: excess - madeUpHours,
      expiredHours: hoursOf(expired),
      creditHours: hoursOf(credits),
      credits,
      shortfall: costOfHours(clause.pricePerHour, shortfallHours),
    }
  })
}
