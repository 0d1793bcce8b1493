/**
 * Which charge draws down which commitment. Every hour and every dollar of a charge goes to one
 * commitment at most, and no commitment takes more than it was made for.
 *
 * In order of time, of who began first, and of name: so what is told of a day never changes by
 * what runs later, and what runs counts as it will once it is closed. The books and the planner go
 * by this order alike. Of commitments those in hours come first, since an hour that is not used is
 * lost sooner than a dollar: what is paid for in this interval, then what an older one left to be
 * made up, then dollars; among alike what ends first.
 */
import type { Clause, SpendCommit, TakeOrPay } from '../../domain/clause.ts'
import { clauseName } from '../../domain/clause.ts'
import type { Ms } from '../../domain/time.ts'
import { type Amount, amountOf, least, partOf } from '../amount.ts'
import { type Facts, isInScope } from '../scope.ts'
import {
  committedHours,
  hoursOf,
  type IntervalSpan,
  intervalAt,
  makeUp,
  type Running,
  runOn,
} from './take-or-pay.ts'

/** A part of a charge, in one interval of each commitment. */
export interface DrawnCharge {
  readonly id: string
  readonly at: Ms
  /** When the whole charge began. */
  readonly since: Ms
  readonly supplier: string
  readonly accelerator: string
  /** Accelerator-hours. */
  readonly hours: number
  readonly amount: Amount
  readonly facts: Facts
}

/** A part of a charge that a commitment took: hours of a use, or dollars of a spend. */
export interface Draw {
  readonly charge: string
  readonly clause: string
  readonly at: Ms
  readonly hours: number
  readonly amount: Amount
  /** What an older interval paid for these hours, so that nothing more is owed; else null. */
  readonly madeUp: Amount | null
}

/** How far commitments are drawn down: whoever goes on from here tells nothing anew. */
export interface Drawdown {
  /** Of those in hours, by the name of the clause. */
  readonly hours: ReadonlyMap<string, Running>
  /** Of those in dollars, and of prepayments. */
  readonly dollars: ReadonlyMap<string, Amount>
}

export const untouched: Drawdown = { hours: new Map(), dollars: new Map() }

export interface DrawOptions {
  /** Accelerators that were accepted under a clause's ramp at a moment; null without a ramp. */
  readonly accepted: (clause: TakeOrPay, at: Ms) => number | null
  /** What earlier charges left. */
  readonly since?: Drawdown
}

export function draw(
  clauses: readonly Clause[],
  charges: readonly DrawnCharge[],
  { accepted, since = untouched }: DrawOptions,
): { readonly draws: readonly Draw[]; readonly drawdown: Drawdown } {
  const commitments = inDrawOrder(clauses)
  const books: Books = { ...running(since.hours, accepted), dollars: new Map(since.dollars) }
  const draws = [...charges].sort(inTurn).flatMap((charge) => {
    const ours = commitments.filter((clause) => covers(clause, charge))
    return ours.length === 0 ? [] : drawsOf(charge, ours, books)
  })
  const { hours, dollars } = books
  return { draws, drawdown: { hours, dollars } }
}

/** The order of charges that is told above. */
export function inTurn(a: DrawnCharge, b: DrawnCharge): number {
  return a.at - b.at || a.since - b.since || (a.id < b.id ? -1 : 1)
}

/** The order of commitments that is told above. */
export function inDrawOrder(clauses: readonly Clause[]): readonly (TakeOrPay | SpendCommit)[] {
  return clauses.filter(isCommitment).sort(byEnd)
}

interface Books {
  readonly hours: Map<string, Running>
  readonly dollars: Map<string, Amount>
  /** As it stands at a moment, with what is to be paid for that interval. */
  readonly at: (clause: TakeOrPay, moment: Ms) => Running & { readonly committed: number }
}

function running(
  since: ReadonlyMap<string, Running>,
  accepted: DrawOptions['accepted'],
): Pick<Books, 'hours' | 'at'> {
  const hours = new Map(since)
  const spans = new Map<string, { readonly span: IntervalSpan; readonly committed: number }>()
  return {
    hours,
    at(clause, moment) {
      const name = clauseName(clause)
      let known = spans.get(name)
      if (!known || moment < known.span.from || moment >= known.span.to) {
        const span = intervalAt(clause, moment)
        if (!span) return { ...begun, committed: 0 }
        const committed = committedHours(clause, span, accepted(clause, span.from))
        known = { span, committed }
        spans.set(name, known)
      }
      const { span, committed } = known
      const acceptedAt = (at: Ms) => accepted(clause, at)
      const old = hours.get(name) ?? begun
      return { ...runOn(clause, old, { index: span.index, accepted: acceptedAt }), committed }
    },
  }
}

const begun: Running = { index: 0, usedHours: 0, credits: [] }

/** One of an accelerator for a millisecond; less is what adding up leaves behind. */
const leastHours = 1 / 3_600_000

function drawsOf(
  { id: charge, at, hours, amount }: DrawnCharge,
  ours: readonly (TakeOrPay | SpendCommit)[],
  books: Books,
): readonly Draw[] {
  let [hoursLeft, amountLeft] = [hours, amount]
  const take = (clause: Clause, taken: number, madeUp: Amount | null): Draw => {
    const part = partOf(amountLeft, taken, hoursLeft)
    hoursLeft -= taken
    amountLeft -= part
    return { charge, clause: clauseName(clause), at, hours: taken, amount: part, madeUp }
  }
  const timed = ours.filter((clause) => clause.kind === 'take_or_pay')
  const paidNow = timed.flatMap((clause): readonly Draw[] => {
    const { committed, ...now } = books.at(clause, at)
    const taken = Math.min(hoursLeft, committed - now.usedHours)
    if (taken < leastHours) return []
    books.hours.set(clauseName(clause), { ...now, usedHours: now.usedHours + taken })
    return [take(clause, taken, null)]
  })
  const paidBefore = timed.flatMap((clause): readonly Draw[] => {
    if (hoursLeft < leastHours) return []
    const { committed: _, ...now } = books.at(clause, at)
    const taken = Math.min(hoursLeft, hoursOf(now.credits))
    if (taken < leastHours) return []
    const { paid, left } = makeUp(now.credits, taken)
    books.hours.set(clauseName(clause), { ...now, credits: left })
    return [take(clause, taken, paid)]
  })
  const spent = ours.flatMap((clause): readonly Draw[] => {
    if (clause.kind !== 'spend_commit') return []
    const name = clauseName(clause)
    const before = books.dollars.get(name) ?? 0n
    const taken = least(amountLeft, amountOf(clause.totalDollars) - before)
    if (taken <= 0n) return []
    books.dollars.set(name, before + taken)
    amountLeft -= taken
    return [{ charge, clause: name, at, hours: 0, amount: taken, madeUp: null }]
  })
  return [...paidNow, ...paidBefore, ...spent]
}

function isCommitment(clause: Clause): clause is TakeOrPay | SpendCommit {
  return clause.kind === 'take_or_pay' || clause.kind === 'spend_commit'
}

function byEnd(a: TakeOrPay | SpendCommit, b: TakeOrPay | SpendCommit): number {
  if (a.kind !== b.kind) return a.kind === 'take_or_pay' ? -1 : 1
  const [aTo, bTo] = [a.to ?? Number.MAX_SAFE_INTEGER, b.to ?? Number.MAX_SAFE_INTEGER]
  return aTo - bTo || (clauseName(a) < clauseName(b) ? -1 : 1)
}

function covers(clause: TakeOrPay | SpendCommit, charge: DrawnCharge): boolean {
  if (clause.with !== charge.supplier) return false
  if (charge.at < clause.from || (clause.to !== null && charge.at >= clause.to)) return false
  if (clause.kind === 'take_or_pay' && clause.accelerator !== charge.accelerator) return false
  if (clause.scope.length === 0) return true
  const known = { supplier: [charge.supplier], accelerator: [charge.accelerator] }
  return isInScope(clause.scope, { ...charge.facts, ...known })
}
