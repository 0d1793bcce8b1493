/**
 * What contracts do to the prices that the planner compares: what costs less by a clause than is
 * asked for it costs that, and an hour that is paid for and would go unused costs nothing, at an
 * offer as on a lease that uses it already.
 */
import { type Clause, clauseName, type TakeOrPay } from '../../domain/clause.ts'
import { type Lease, mayCost } from '../../domain/lease.ts'
import type { Micros } from '../../domain/money.ts'
import { type Offer, offerName } from '../../domain/offer.ts'
import type { Ms } from '../../domain/time.ts'
import { type Marginals, noMarginals } from '../../domain/world.ts'
import { type Amount, amountOf, atLeastNothing, shareOf } from '../amount.ts'
import { isUnder } from '../price/held.ts'
import type { Levels } from '../price/levels.ts'
import { ratesIn } from '../price/market.ts'
import { hasRate } from '../price/rate.ts'
import { acceptedUnder, drawn, type Paid } from './account.ts'
import { gapAhead } from './burn-down.ts'
import { type Drawdown, draw, inDrawOrder } from './draw.ts'
import { runningAt } from './drawdown/credits.ts'
import { type Pot, type Uses, usesOf } from './drawdown/held.ts'
import { claimed } from './drawdown/takers.ts'
import { marginalPrice, type UsageSoFar } from './marginal.ts'
import { prepayments } from './prepaid.ts'
import { hoursOf } from './take-or-pay.ts'

export interface MarginalsInput {
  readonly inForce: readonly Clause[]
  /** By all that was charged until now, closed or not. */
  readonly drawdown: Drawdown
  /** What the day ahead adds of what runs, if it runs on. */
  readonly ahead: readonly Paid[]
  readonly leases: readonly Lease[]
  readonly offers: readonly Offer[]
  /** What indices stand at now. */
  readonly levels: Levels
  readonly now: Ms
}

/** Empty where no clause is about money; then every price is what is quoted. */
export function marginals(input: MarginalsInput): Marginals {
  const { inForce, offers, leases, now } = input
  const ours = inForce.filter(isAboutPrices)
  if (ours.length === 0) return noMarginals
  const money = ours.filter(isCommitment)
  const held = oldest(leases)
  const uses = usesAhead(money, held, input)
  const usage = usageOf(money, uses, input)
  const rates = ratesIn(ours, input)
  const prices: Record<string, Micros> = {}
  const because: Record<string, string> = {}
  const agreed: Record<string, Micros> = {}
  for (const offer of offers) {
    const { supplier, accelerator, perNode, pricePerHour, region } = offer
    if (!ours.some((clause) => clause.with === supplier)) continue
    const priced = { supplier, accelerator, perNode, pricePerHour, facts: { region: [region] } }
    const rate = rates.ofOffer(offer)
    if (rate) agreed[offerName(offer)] = rate.pricePerHour
    // What is bought is bought for a day, as far as anybody knows.
    const price = marginalPrice(inForce, usage, { offer: priced, now, hours: 24, rate })
    if (price.pricePerHour >= pricePerHour) continue
    prices[offerName(offer)] = price.pricePerHour
    because[offerName(offer)] = price.because.join('; ')
  }
  const paid = heldPrices(money, held, { usage, uses, now })
  return { offers: prices, leases: lowest([paid, rates.ofLeases()]), because, agreed }
}

/** Whether it says anything of what an hour costs, now or at the margin. */
export function isAboutPrices(clause: Clause): boolean {
  return isCommitment(clause) || (clause.kind === 'price' && hasRate(clause))
}

export function isCommitment({ kind }: Clause): boolean {
  return kind === 'take_or_pay' || kind === 'spend_commit' || kind === 'prepay'
}

function lowest(
  all: readonly Readonly<Record<string, Micros>>[],
): Readonly<Record<string, Micros>> {
  const prices: Record<string, Micros> = {}
  for (const [lease, price] of all.flatMap((each) => Object.entries(each))) {
    prices[lease] = Math.min(price, prices[lease] ?? price)
  }
  return prices
}

/** The order in which their charges are drawn. */
function oldest(leases: readonly Lease[]): readonly Lease[] {
  return leases
    .filter(mayCost)
    .sort((a, b) => a.intendedAt - b.intendedAt || (a.id < b.id ? -1 : 1))
}

/** What is held will use of the hours that are paid for. */
function usesAhead(money: readonly Clause[], held: readonly Lease[], input: MarginalsInput): Uses {
  const timed = inDrawOrder(money).flatMap((clause) => {
    const running = clause.kind === 'take_or_pay' ? runningIn(clause, input) : null
    if (clause.kind !== 'take_or_pay' || running === null) return []
    return [{ clause, running, untilMs: running.span.to - input.now }]
  })
  const pots: readonly Pot[] = [
    ...timed.map(({ running: { committed, usedHours }, ...pot }) => {
      return { ...pot, hours: Math.max(0, committed - usedHours) }
    }),
    ...timed.map(({ running, ...pot }) => ({ ...pot, hours: hoursOf(running.credits) })),
  ]
  const holders = held.map((lease) => ({
    id: lease.id,
    accelerators: lease.perNode * lease.nodes,
    isUnder: (clause: TakeOrPay) => {
      return clause.accelerator === lease.accelerator && isUnder(clause, lease)
    },
  }))
  return usesOf(pots, holders)
}

function runningIn(clause: TakeOrPay, { inForce, drawdown, now }: MarginalsInput) {
  return runningAt(clause, drawdown, { now, accepted: acceptedUnder(inForce) })
}

function usageOf(
  money: readonly Clause[],
  uses: Uses,
  input: MarginalsInput,
): readonly UsageSoFar[] {
  const { inForce, drawdown, ahead } = input
  const perDay = new Map<string, Amount>()
  const options = { accepted: acceptedUnder(inForce), since: drawdown }
  for (const { clause, amount } of draw(claimed(inForce, ahead.map(drawn)), options).draws) {
    perDay.set(clause, (perDay.get(clause) ?? 0n) + amount)
  }
  return money.map((clause): UsageSoFar => {
    const name = clauseName(clause)
    const counted = drawdown.dollars.get(name) ?? 0n
    const isPrepaid = clause.kind === 'prepay' && clause.form === 'prepay'
    const none = { clause: name, usedHours: 0, expectedHours: 0, creditHours: 0, accepted: null }
    const prepaidLeft = isPrepaid ? atLeastNothing(amountOf(clause.dollars) - counted) : 0n
    const use = { ...none, counted, perDay: perDay.get(name) ?? 0n, prepaidLeft }
    const running = clause.kind === 'take_or_pay' ? runningIn(clause, input) : null
    if (clause.kind !== 'take_or_pay' || running === null) return use
    const { usedHours, credits, span } = running
    const accepted = acceptedUnder(inForce)(clause, span.from)
    const expectedHours = uses.hours.get(name) ?? 0
    return { ...use, usedHours, expectedHours, creditHours: hoursOf(credits), accepted }
  })
}

interface Known {
  readonly usage: readonly UsageSoFar[]
  readonly uses: Uses
  readonly now: Ms
}

/**
 * A lease that uses what is paid for costs what it would bring to give it back: nothing for hours
 * that are paid for anyway and for dollars that would be charged unspent, and for prepaid ones
 * their refund.
 */
function heldPrices(
  money: readonly Clause[],
  held: readonly Lease[],
  { usage, uses, now }: Known,
): Readonly<Record<string, Micros>> {
  const byName = new Map(usage.map((each) => [each.clause, each]))
  const useOf = (clause: Clause) => byName.get(clauseName(clause))
  const spends = inDrawOrder(money)
    .filter((clause) => clause.kind === 'spend_commit')
    .filter((clause) => (useOf(clause)?.counted ?? 0n) < amountOf(clause.totalDollars))
  const short = spends.filter((clause) => {
    const used = clause.shortfall === 'charged' && useOf(clause)
    return used && gapAhead(clause, { now, ...used }) !== null
  })
  const prepays = prepayments(money).filter((each) => (useOf(each)?.prepaidLeft ?? 0n) > 0n)
  const prices: Record<string, Micros> = {}
  for (const lease of held) {
    const { id, pricePerHour, pricePerHourMax } = lease
    // The one that its next dollar counts against.
    const spend = spends.find((clause) => isUnder(clause, lease))
    const paid = prepays.find((clause) => isUnder(clause, lease))
    if ((spend && short.includes(spend)) || uses.covered.has(id)) prices[id] = 0
    else if (paid)
      prices[id] = Number(shareOf(BigInt(pricePerHour ?? pricePerHourMax), paid.refundPpm))
  }
  return prices
}
