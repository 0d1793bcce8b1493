/**
 * What one more hour would really cost: nothing where it is paid for and would go unused, its price
 * where it is not. Every hour and every dollar is freed by one commitment at most.
 */
import type { Clause, Prepay, SpendCommit, TakeOrPay } from '../../domain/clause.ts'
import { clauseName } from '../../domain/clause.ts'
import { formatDay } from '../../domain/day.ts'
import { formatUsd, type Micros } from '../../domain/money.ts'
import type { Ms } from '../../domain/time.ts'
import {
  type Amount,
  amountOf,
  atLeastNothing,
  costOfHours,
  formatAmount,
  least,
  shareOf,
} from '../amount.ts'
import { phraseRate, type Rate } from '../price/rate.ts'
import { type Facts, isInScope } from '../scope.ts'
import { gapAhead } from './burn-down.ts'
import { takersOf } from './drawdown/takers.ts'
import { committedHours, intervalAt } from './take-or-pay.ts'

/** How far a commitment is used, by the name of its clause; what is missing counts as nothing. */
export interface UsageSoFar {
  readonly clause: string
  /** Accelerator-hours in the current interval, and what will come without this purchase. */
  readonly usedHours: number
  readonly expectedHours: number
  /** Accelerator-hours of older intervals that can still be made up. */
  readonly creditHours: number
  /** Accelerators that the clause's ramp has brought. */
  readonly accepted: number | null
  /** Counted against a spend commitment until now, and what every day will add without this. */
  readonly counted: Amount
  readonly perDay: Amount
  /** What is left of a prepayment. */
  readonly prepaidLeft: Amount
}

export interface PricedOffer {
  readonly supplier: string
  readonly accelerator: string
  readonly perNode: number
  /** List price of one node. */
  readonly pricePerHour: Micros
  readonly facts: Facts
}

export interface MarginalQuestion {
  readonly offer: PricedOffer
  readonly now: Ms
  /** For how long it would be held. */
  readonly hours: number
  /** Of one node, by a contract; null where none says. */
  readonly rate: Rate | null
}

export interface MarginalPrice {
  /** Of one node, averaged over the hours asked for. */
  readonly pricePerHour: Micros
  readonly because: readonly string[]
}

export function marginalPrice(
  inForce: readonly Clause[],
  usage: readonly UsageSoFar[],
  question: MarginalQuestion,
): MarginalPrice {
  const { offer, hours, rate } = question
  const facts = { ...offer.facts, supplier: [offer.supplier], accelerator: [offer.accelerator] }
  const theirs = takersOf(inForce).get(offer.supplier) ?? []
  const ours = theirs.filter((each) => isInScope(each.scope, facts))
  const because: string[] = []
  // Whoever asks for less than was agreed is just cheaper.
  const agreed = rate && rate.pricePerHour < offer.pricePerHour ? rate : null
  if (agreed) because.push(phraseRate(agreed, { accelerators: offer.perNode }))

  const wantedHours = offer.perNode * hours
  let hoursLeft = wantedHours
  for (const clause of ours) {
    if (clause.kind !== 'take_or_pay' || clause.accelerator !== offer.accelerator) continue
    const idle = idleHours(clause, useOf(usage, clause), question.now)
    const free = Math.min(hoursLeft, idle)
    if (free > 0)
      because.push(
        `${clauseName(clause)}: ${Math.round(free)} accelerator-hours are paid for and idle`,
      )
    hoursLeft -= free
  }

  const full = costOfHours(agreed?.pricePerHour ?? offer.pricePerHour, hours)
  const owed = scaled(full, hoursLeft, wantedHours)
  const cost = afterMoney(ours, usage, { owed, now: question.now, because })
  const pricePerHour = Number(scaled(cost, 1, hours))
  if (because.length === 0) because.push(`list price ${formatUsd(offer.pricePerHour)}`)
  return { pricePerHour, because }
}

const unused: Omit<UsageSoFar, 'clause'> = {
  usedHours: 0,
  expectedHours: 0,
  creditHours: 0,
  accepted: null,
  counted: 0n,
  perDay: 0n,
  prepaidLeft: 0n,
}

function useOf(usage: readonly UsageSoFar[], clause: Clause): Omit<UsageSoFar, 'clause'> {
  const name = clauseName(clause)
  return usage.find((each) => each.clause === name) ?? unused
}

/** Hours of this interval that will be paid for and not used, unless this purchase uses them. */
function idleHours(clause: TakeOrPay, use: Omit<UsageSoFar, 'clause'>, now: Ms): number {
  const span = intervalAt(clause, now)
  if (!span) return 0
  const committed = committedHours(clause, span, use.accepted)
  return Math.max(0, committed + use.creditHours - use.usedHours - use.expectedHours)
}

interface Bill {
  readonly owed: Amount
  readonly now: Ms
  readonly because: string[]
}

/** What is left to pay, once commitments to spend and prepayments took their part of the bill. */
function afterMoney(
  clauses: readonly Clause[],
  usage: readonly UsageSoFar[],
  { owed, now, because }: Bill,
): Amount {
  let left = owed
  let cost = 0n
  let uncounted = owed
  for (const clause of clauses) {
    if (clause.kind !== 'spend_commit') continue
    const use = useOf(usage, clause)
    // Whatever counts against it, free or not, counts against no other one.
    const counts = least(uncounted, atLeastNothing(amountOf(clause.totalDollars) - use.counted))
    uncounted -= counts
    if (clause.shortfall !== 'charged') continue
    const freed = freedBySpend(clause, use, counts, now)
    if (freed.amount > 0n) because.push(freed.why)
    left -= freed.amount
  }
  for (const clause of clauses) {
    if (clause.kind !== 'prepay' || clause.form !== 'prepay') continue
    const drawn = least(left, useOf(usage, clause).prepaidLeft)
    if (drawn > 0n) because.push(phrasePrepaid(clause, drawn))
    // What is not drawn would come back in part, so drawing it costs that part.
    cost += shareOf(drawn, clause.refundPpm)
    left -= drawn
  }
  return cost + left
}

function freedBySpend(
  clause: SpendCommit,
  { counted, perDay }: Omit<UsageSoFar, 'clause'>,
  left: Amount,
  now: Ms,
): { readonly amount: Amount; readonly why: string } {
  const gap = gapAhead(clause, { now, counted, perDay })
  if (!gap) return { amount: 0n, why: '' }
  const missing = formatAmount(gap.missing)
  const why = `${clauseName(clause)}: ${missing} would be charged unspent on ${formatDay(gap.at)}`
  return { amount: least(left, gap.missing), why }
}

function phrasePrepaid(clause: Prepay, drawn: Amount): string {
  return `${clauseName(clause)}: ${formatAmount(drawn)} of it is prepaid`
}

/** A part of an amount, rounded half up. */
function scaled(amount: Amount, part: number, whole: number): Amount {
  const [a, b] = [BigInt(Math.round(part * 3_600_000)), BigInt(Math.round(whole * 3_600_000))]
  return b === 0n ? 0n : (amount * a * 2n + b) / (b * 2n)
}
