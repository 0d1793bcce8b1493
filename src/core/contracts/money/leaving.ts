/**
 * What leaving an agreement costs on any day until its end, by every way out, and the days on which
 * that steps. As if nothing more were used of it: who leaves has no need of it.
 */
import {
  type Clause,
  clauseName,
  type Prepay,
  type SpendCommit,
  type TakeOrPay,
  type TermEnd,
} from '../../domain/clause.ts'
import { addMonths, dayMs } from '../../domain/day.ts'
import type { Ms } from '../../domain/time.ts'
import { type Amount, amountOf, atLeastNothing, costOfHours, least, shareOf } from '../amount.ts'
import { milestonesOf } from './burn-down.ts'
import type { DrawOptions } from './draw.ts'
import { exitCost, noticeDeadline, type Salvage, salvages } from './exit.ts'
import { committedHours, intervalAt, spanOf } from './take-or-pay.ts'

/** What was used by now, by the names of clauses. */
export interface UsedUp {
  readonly now: Ms
  /** Accelerator-hours of the present interval. */
  readonly hours: Readonly<Record<string, number>>
  /** Spent, or owed because it was not. */
  readonly spent: Readonly<Record<string, Amount>>
  /** Of what was paid ahead. */
  readonly drawn: Readonly<Record<string, Amount>>
  readonly accepted: DrawOptions['accepted']
}

export interface WayOut {
  /** By the clause about the end, or by getting rid of what is paid for. */
  readonly way: 'leave' | Exclude<Salvage['way'], 'none'>
  readonly costs: Amount
}

export interface Leaving {
  readonly at: Ms
  /** To be paid yet under all commitments. */
  readonly remaining: Amount
  /** What leaving costs of it. */
  readonly fee: Amount
  /** Comes back of what was paid ahead. */
  readonly back: Amount
  /** The cheapest first. */
  readonly ways: readonly WayOut[]
  /** Comes due from now until then, whatever is done. */
  readonly before: Amount
  /** That, and the cheapest way out. */
  readonly total: Amount
}

/** Why a day is told. */
export interface Step {
  readonly why: 'today' | 'notice' | 'interval' | 'milestone' | 'payment' | 'terms' | 'end'
  readonly clause: string
}

export interface LeavingPoint extends Leaving {
  readonly because: readonly Step[]
  readonly isCheapest: boolean
}

/** From now to the end, wherever it steps; null where a commitment has no end. */
export function leavings(
  end: TermEnd,
  clauses: readonly Clause[],
  used: UsedUp,
): readonly LeavingPoint[] | null {
  const leavingAt = leaving(end, clauses, used)
  if (!leavingAt) return null
  const last = end.to ?? Number.POSITIVE_INFINITY
  const steps = stepsOf(end, clauses, used.now).filter(({ at }) => used.now <= at && at <= last)
  const days = [...Map.groupBy(steps, ({ at }) => at)].sort(([a], [b]) => a - b)
  const points = days.map(([at, all]) => {
    return { ...leavingAt(at), because: all.map(({ why, clause }) => ({ why, clause })) }
  })
  const totals = points.map(({ total }) => total)
  const cheapest = totals.indexOf(totals.reduce(least))
  return points.map((each, index) => ({ ...each, isCheapest: index === cheapest }))
}

/** What leaving costs on a day between now and the end; null where a commitment has no end. */
export function leaving(
  end: TermEnd,
  clauses: readonly Clause[],
  used: UsedUp,
): ((at: Ms) => Leaving) | null {
  const ours = clauses.filter(({ contract }) => contract === end.contract)
  const duties = ours.filter((each) => each.kind === 'take_or_pay')
  if (duties.some(({ to }) => to === null)) return null
  const rests = [
    ...duties.map((clause) => ({ clause, rest: dutyRest(clause, used), isDue: true })),
    ...ours.flatMap((clause) => {
      if (clause.kind !== 'spend_commit') return []
      return [{ clause, rest: spendRest(clause, used), isDue: clause.shortfall === 'charged' }]
    }),
  ]
  const payments = ours.filter((each) => each.kind === 'prepay')
  const { now } = used
  return (at) => {
    const remaining = sum(rests.map(({ rest }) => rest(at)))
    const paid = payments.filter(({ paidAt }) => now < paidAt && paidAt <= at)
    const before = sum([
      ...rests.map(({ rest, isDue }) => (isDue ? rest(now) - rest(at) : 0n)),
      ...paid.map(({ dollars }) => amountOf(dollars)),
    ])
    const fee = exitCost(end, remaining)
    const back = sum(payments.map((each) => refundOf(each, end, { at, used })))
    const ways: WayOut[] = [{ way: 'leave', costs: fee - back }]
    const saved = new Map<Exclude<Salvage['way'], 'none'>, Amount>()
    for (const { clause, rest } of rests) {
      if (clause.kind !== 'take_or_pay') continue
      for (const { way, amount } of salvagedOf(clause, rest(at), { clauses, at })) {
        saved.set(way, (saved.get(way) ?? 0n) + amount)
      }
    }
    for (const [way, amount] of saved) ways.push({ way, costs: atLeastNothing(remaining - amount) })
    ways.sort((a, b) => (a.costs < b.costs ? -1 : a.costs > b.costs ? 1 : 0))
    const total = before + (ways[0]?.costs ?? 0n)
    return { at, remaining, fee, back, ways, before, total }
  }
}

function sum(amounts: readonly Amount[]): Amount {
  return amounts.reduce<Amount>((all, each) => all + each, 0n)
}

/** Whole intervals are owed, so that what is left steps where one ends. */
function dutyRest(clause: TakeOrPay, { now, hours, accepted }: UsedUp): (at: Ms) => Amount {
  const ends: { readonly to: Ms; readonly hours: number }[] = []
  const first = intervalAt(clause, now)?.index ?? 0
  for (let span = spanOf(clause, first); span.from < span.to; ) {
    const owed = committedHours(clause, span, accepted(clause, span.from))
    const used = span.from <= now ? (hours[clauseName(clause)] ?? 0) : 0
    ends.push({ to: span.to, hours: Math.max(0, owed - used) })
    span = spanOf(clause, span.index + 1)
  }
  let left = 0
  const rests = ends.toReversed().map((each) => {
    left += each.hours
    return { to: each.to, amount: costOfHours(clause.pricePerHour, left) }
  })
  const inOrder = rests.reverse()
  return (at) => inOrder.find(({ to }) => to > at)?.amount ?? 0n
}

/** What is missing at a milestone is charged there, so that it is to be paid no more. */
function spendRest(clause: SpendCommit, { spent }: UsedUp): (at: Ms) => Amount {
  const soFar = spent[clauseName(clause)] ?? 0n
  return (at) => {
    if (clause.to !== null && at >= clause.to) return 0n
    const past = milestonesOf(clause).filter((each) => each.at <= at)
    const due = clause.shortfall === 'charged' ? (past.at(-1)?.due ?? 0n) : 0n
    return atLeastNothing(amountOf(clause.totalDollars) - (soFar > due ? soFar : due))
  }
}

/** Nothing comes back of what was paid ahead for a time that is over before the agreement is. */
function refundOf(
  clause: Prepay,
  end: TermEnd,
  { at, used }: { readonly at: Ms; readonly used: UsedUp },
): Amount {
  const { paidAt, to, dollars, refundPpm } = clause
  if (at < paidAt || (to !== null && at >= to && to !== end.to)) return 0n
  const balance = amountOf(dollars) - (used.drawn[clauseName(clause)] ?? 0n)
  return shareOf(atLeastNothing(balance), refundPpm)
}

/** What getting rid of the rest brings back, which is taken as spread evenly until its end. */
function salvagedOf(
  { with: supplier, to, accelerator }: TakeOrPay,
  rest: Amount,
  { clauses, at }: { readonly clauses: readonly Clause[]; readonly at: Ms },
) {
  const hours = ((to ?? at) - at) / 3_600_000
  if (hours <= 0 || rest === 0n) return []
  const inForce = clauses.filter(({ from, to: until }) => {
    return from <= at && (until === null || at < until)
  })
  const pricePerHour = Math.round(Number(rest) / hours)
  const facts = { accelerator: [accelerator] }
  return salvages(inForce, { supplier, facts, pricePerHour, now: at, until: to ?? at })
}

type DatedStep = Step & { readonly at: Ms }

/** Between two of them what leaving costs stays, or goes evenly. */
function stepsOf(end: TermEnd, clauses: readonly Clause[], now: Ms): readonly DatedStep[] {
  const ours = clauses.filter(({ contract }) => contract === end.contract)
  const duties = ours.filter((each) => each.kind === 'take_or_pay')
  const [notice, last] = [noticeDeadline(end), end.to]
  return [
    step(now, 'today', end),
    ...(notice === null ? [] : [step(notice, 'notice', end)]),
    ...duties.flatMap((each) => intervalSteps(each, now)),
    ...ours.flatMap((each) => {
      if (each.kind === 'spend_commit') return spendSteps(each)
      return each.kind === 'prepay' ? prepaySteps(each) : []
    }),
    ...clauses.flatMap((each) => {
      if (each.kind !== 'cancel_resale_pause' || each.with !== end.with) return []
      const tooLate = duties.flatMap(({ to }) =>
        to === null ? [] : [to - each.noticeDays * dayMs],
      )
      const days = [each.from, ...(each.to === null ? [] : [each.to]), ...tooLate]
      return [...new Set(days)].map((at) => step(at, 'terms', each))
    }),
    ...(last === null ? [] : [step(last, 'end', end)]),
  ]
}

function step(at: Ms, why: Step['why'], clause: Clause): DatedStep {
  return { at, why, clause: clauseName(clause) }
}

/** Hours end too often to be told one by one: of these a month is told, and where it bends. */
function intervalSteps(clause: TakeOrPay, now: Ms): readonly DatedStep[] {
  const { from, to, interval, freeIntervals, steps } = clause
  const last = to ?? from
  const days: Ms[] = []
  if (interval === 'hour') {
    for (let month = 0; addMonths(from, month) < last; month += 1) days.push(addMonths(from, month))
    days.push(from + freeIntervals * 3_600_000, ...steps.map((each) => each.from), last)
  } else {
    const first = intervalAt(clause, now)?.index ?? 0
    for (let span = spanOf(clause, first); span.from < span.to; ) {
      days.push(span.to)
      span = spanOf(clause, span.index + 1)
    }
  }
  return [...new Set(days)].map((at) => step(at, 'interval', clause))
}

function spendSteps(clause: SpendCommit): readonly DatedStep[] {
  if (clause.shortfall === 'charged') {
    return milestonesOf(clause).map(({ at }) => step(at, 'milestone', clause))
  }
  return clause.to === null ? [] : [step(clause.to, 'milestone', clause)]
}

function prepaySteps(clause: Prepay): readonly DatedStep[] {
  const { paidAt, to } = clause
  return [step(paidAt, 'payment', clause), ...(to === null ? [] : [step(to, 'terms', clause)])]
}
