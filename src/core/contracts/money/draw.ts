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
import type { Facts } from '../scope.ts'
import type { Claimed } from './drawdown/takers.ts'
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
  /** All that scopes may ask of it. */
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
  charges: readonly Claimed[],
  { accepted, since = untouched }: DrawOptions,
): { readonly draws: readonly Draw[]; readonly drawdown: Drawdown } {
  const pots = new Map<Clause, Pot>()
  const draws: Draw[] = []
  const potFor = (clause: TakeOrPay | SpendCommit) => {
    const pot = pots.get(clause) ?? potOf(clause, since)
    pots.set(clause, pot)
    return pot
  }
  for (const charge of [...charges].sort(inTurn)) {
    const ours = charge.takers.filter(isCommitment).map(potFor)
    if (ours.length > 0) drawOne(charge, ours, { accepted, draws })
  }
  const [hours, dollars] = [new Map(since.hours), new Map(since.dollars)]
  for (const pot of pots.values()) {
    if (!pot.isDrawn) continue
    if (pot.of === 'hours') hours.set(pot.name, pot.running)
    else dollars.set(pot.name, pot.spent)
  }
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

/** A commitment as it is drawn on, which changes with every charge. */
type Pot = HoursPot | DollarsPot

interface HoursPot {
  readonly of: 'hours'
  readonly clause: TakeOrPay
  readonly name: string
  isDrawn: boolean
  running: Running
  /** The interval that it is in, and what is to be paid for that. */
  span: IntervalSpan | null
  committed: number
}

interface DollarsPot {
  readonly of: 'dollars'
  readonly clause: SpendCommit
  readonly name: string
  readonly total: Amount
  isDrawn: boolean
  spent: Amount
}

function potOf(clause: TakeOrPay | SpendCommit, { hours, dollars }: Drawdown): Pot {
  const name = clauseName(clause)
  if (clause.kind === 'spend_commit') {
    const [total, spent] = [amountOf(clause.totalDollars), dollars.get(name) ?? 0n]
    return { of: 'dollars', clause, name, total, spent, isDrawn: false }
  }
  const running = hours.get(name) ?? { index: 0, usedHours: 0, credits: [] }
  return { of: 'hours', clause, name, running, span: null, committed: 0, isDrawn: false }
}

/** Goes on to the interval of a moment. */
function turn(pot: HoursPot, at: Ms, accepted: DrawOptions['accepted']): void {
  if (pot.span && at >= pot.span.from && at < pot.span.to) return
  const { clause } = pot
  const span = intervalAt(clause, at)
  const acceptedAt = (moment: Ms) => accepted(clause, moment)
  pot.span = span
  pot.committed = span ? committedHours(clause, span, acceptedAt(span.from)) : 0
  if (!span) return
  pot.isDrawn = true
  pot.running = runOn(clause, pot.running, { index: span.index, accepted: acceptedAt })
}

/** Of an accelerator a millisecond; less is what adding up leaves behind. */
const leastHours = 1 / 3_600_000

/** Years of charges come by here, so nothing is made that is not kept. */
function drawOne(
  { id: charge, at, hours, amount }: DrawnCharge,
  pots: readonly Pot[],
  { accepted, draws }: Pick<DrawOptions, 'accepted'> & { readonly draws: Draw[] },
): void {
  let [hoursLeft, amountLeft] = [hours, amount]
  const take = (clause: string, taken: number, madeUp: Amount | null) => {
    const part = partOf(amountLeft, taken, hoursLeft)
    hoursLeft -= taken
    amountLeft -= part
    draws.push({ charge, clause, at, hours: taken, amount: part, madeUp })
  }
  for (const pot of pots) {
    if (pot.of !== 'hours') continue
    turn(pot, at, accepted)
    const { running, committed, name } = pot
    const taken = Math.min(hoursLeft, committed - running.usedHours)
    if (taken < leastHours) continue
    pot.running = { ...running, usedHours: running.usedHours + taken }
    take(name, taken, null)
  }
  for (const pot of pots) {
    if (pot.of !== 'hours') continue
    const { running, name } = pot
    const taken = Math.min(hoursLeft, hoursOf(running.credits))
    if (taken < leastHours) continue
    const { paid, left } = makeUp(running.credits, taken)
    pot.running = { ...running, credits: left }
    take(name, taken, paid)
  }
  for (const pot of pots) {
    if (pot.of !== 'dollars') continue
    const taken = least(amountLeft, pot.total - pot.spent)
    if (taken <= 0n) continue
    pot.isDrawn = true
    pot.spent += taken
    amountLeft -= taken
    draws.push({ charge, clause: pot.name, at, hours: 0, amount: taken, madeUp: null })
  }
}

function isCommitment(clause: Clause): clause is TakeOrPay | SpendCommit {
  return clause.kind === 'take_or_pay' || clause.kind === 'spend_commit'
}

function byEnd(a: TakeOrPay | SpendCommit, b: TakeOrPay | SpendCommit): number {
  if (a.kind !== b.kind) return a.kind === 'take_or_pay' ? -1 : 1
  const [aTo, bTo] = [a.to ?? Number.MAX_SAFE_INTEGER, b.to ?? Number.MAX_SAFE_INTEGER]
  return aTo - bTo || (clauseName(a) < clauseName(b) ? -1 : 1)
}
