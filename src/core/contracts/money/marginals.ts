/**
 * What contracts do to the prices that the planner compares: what costs less by a clause than is
 * asked for it costs that, and an hour that is paid for and would go unused costs nothing, at an
 * offer as on a lease that uses it already.
 */
import type { Charge } from '../../domain/charge.ts'
import { type Clause, clauseName, type TakeOrPay } from '../../domain/clause.ts'
import { dayMs } from '../../domain/day.ts'
import { type Lease, mayCost } from '../../domain/lease.ts'
import { costOf, type Micros } from '../../domain/money.ts'
import { type Offer, offerName } from '../../domain/offer.ts'
import type { Ms } from '../../domain/time.ts'
import { type Marginals, noMarginals } from '../../domain/world.ts'
import { type Amount, shareOf } from '../amount.ts'
import { acceleratorsOf, isUnder } from '../price/held.ts'
import type { Levels } from '../price/levels.ts'
import { ratesIn } from '../price/market.ts'
import { hasRate } from '../price/rate.ts'
import { acceptedUnder } from './account.ts'
import { gapAhead } from './burn-down.ts'
import type { Draw } from './draw.ts'
import { marginalPrice, type UsageSoFar } from './marginal.ts'
import { committedHours, intervalAt } from './take-or-pay.ts'

const hourMs = 3_600_000

export interface MarginalsInput {
  readonly inForce: readonly Clause[]
  /** Draws of charges that are closed, with the moment of each charge. */
  readonly closed: readonly (Draw & { readonly at: Ms })[]
  /** What of prepayments is used up, by the name of their clause. */
  readonly prepaidUsed: Readonly<Record<string, Amount>>
  readonly open: readonly Charge[]
  readonly leases: readonly Lease[]
  readonly offers: readonly Offer[]
  /** What indices stand at now. */
  readonly levels: Levels
  readonly now: Ms
}

/** Empty where no clause is about money; then every price is what is quoted. */
export function marginals(input: MarginalsInput): Marginals {
  const { inForce, offers, now } = input
  const ours = inForce.filter(isAboutPrices)
  if (ours.length === 0) return noMarginals
  const money = ours.filter(isCommitment)
  const usage = money.map((clause) => usageOf(clause, input))
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
    const price = marginalPrice(money, usage, { offer: priced, now, hours: 24, rate })
    if (price.pricePerHour >= pricePerHour) continue
    prices[offerName(offer)] = price.pricePerHour
    because[offerName(offer)] = price.because.join('; ')
  }
  const held = [heldPrices(money, usage, input), rates.ofLeases()]
  return { offers: prices, leases: lowest(held), because, agreed }
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

/**
 * A lease that uses what is paid for costs what it would bring to give it back: nothing for hours
 * that are paid for anyway and for dollars that would be charged unspent, and for prepaid ones
 * their refund.
 */
function heldPrices(
  money: readonly Clause[],
  usage: readonly UsageSoFar[],
  input: MarginalsInput,
): Readonly<Record<string, Micros>> {
  const all = money.map((clause) => {
    const used = usage.find((each) => each.clause === clauseName(clause))
    return used ? heldUnder(clause, used, input) : {}
  })
  return lowest(all)
}

function heldUnder(
  clause: Clause,
  used: UsageSoFar,
  input: MarginalsInput,
): Readonly<Record<string, Micros>> {
  if (clause.kind === 'take_or_pay') return heldHours(clause, used, input)
  const { leases, now } = input
  const isShort =
    clause.kind === 'spend_commit' &&
    clause.shortfall === 'charged' &&
    gapAhead(clause, { now, ...used }) !== null
  const isPaid = clause.kind === 'prepay' && used.prepaidLeft > 0n
  if (!isShort && !isPaid) return {}
  const refundPpm = clause.kind === 'prepay' ? clause.refundPpm : 0
  const ours = leases.filter(mayCost).filter((lease) => isUnder(clause, lease))
  return Object.fromEntries(
    ours.map(({ id, pricePerHour, pricePerHourMax }) => {
      return [id, Number(shareOf(BigInt(pricePerHour ?? pricePerHourMax), refundPpm))]
    }),
  )
}

function heldHours(
  clause: TakeOrPay,
  used: UsageSoFar,
  { leases, now }: MarginalsInput,
): Readonly<Record<string, Micros>> {
  const prices: Record<string, Micros> = {}
  const span = intervalAt(clause, now)
  if (!span) return prices
  const committed = committedHours(clause, span, used.accepted) + used.creditHours
  // The oldest use what is paid for; the newest come on top.
  let left = Math.max(0, committed - used.usedHours)
  const hoursLeft = (span.to - now) / hourMs
  for (const lease of oldest(leases, clause)) {
    const needed = lease.perNode * lease.nodes * hoursLeft
    if (needed > left) break
    left -= needed
    prices[lease.id] = 0
  }
  return prices
}

function oldest(leases: readonly Lease[], clause: TakeOrPay): readonly Lease[] {
  return [...holding(leases, clause)].sort(
    (a, b) => a.intendedAt - b.intendedAt || (a.id < b.id ? -1 : 1),
  )
}

function holding(leases: readonly Lease[], clause: TakeOrPay): readonly Lease[] {
  return leases
    .filter((lease) => lease.accelerator === clause.accelerator && isUnder(clause, lease))
    .filter(mayCost)
}

function usageOf(clause: Clause, input: MarginalsInput): UsageSoFar {
  const { inForce, closed, prepaidUsed, open, leases, now } = input
  const name = clauseName(clause)
  const ours = closed.filter((each) => each.clause === name)
  const nothing = { usedHours: 0, expectedHours: 0, creditHours: 0, accepted: null }
  const none: UsageSoFar = { clause: name, ...nothing, counted: 0n, perDay: 0n, prepaidLeft: 0n }
  const running = open.filter((charge) => isUnder(clause, charge))
  // What ran before it was bound to, or was paid, draws nothing of it.
  const begun = clause.kind === 'prepay' ? Math.max(clause.from, clause.paidAt) : clause.from
  const spent = ({ pricePerHour, from }: Charge) => {
    return BigInt(costOf(pricePerHour, Math.max(0, now - Math.max(from, begun))))
  }
  if (clause.kind === 'take_or_pay') {
    const span = intervalAt(clause, now)
    if (!span) return none
    const since = (from: Ms) => Math.max(0, now - Math.max(from, span.from)) / hourMs
    const before = ours
      .filter(({ at }) => at >= span.from)
      .reduce((sum, { hours }) => sum + hours, 0)
    const used = running
      .filter(({ accelerator }) => accelerator === clause.accelerator)
      .reduce((sum, each) => sum + (each.accelerators ?? 0) * since(each.from), before)
    const held = acceleratorsOf(holding(leases, clause))
    const expectedHours = held * ((span.to - now) / hourMs)
    const accepted = acceptedUnder(inForce)(clause, span.from)
    return { ...none, usedHours: used, expectedHours, accepted }
  }
  if (clause.kind === 'spend_commit') {
    const before = ours.reduce((sum, { amount }) => sum + amount, 0n)
    const counted = running.reduce((sum, each) => sum + spent(each), before)
    const pace = running.reduce((sum, { pricePerHour }) => sum + pricePerHour, 0)
    return { ...none, counted, perDay: BigInt(costOf(pace, dayMs)) }
  }
  if (clause.kind !== 'prepay' || clause.form !== 'prepay') return none
  const drawn = running.reduce((sum, each) => sum + spent(each), prepaidUsed[name] ?? 0n)
  const left = BigInt(clause.dollars) * 1_000_000n - drawn
  return { ...none, prepaidLeft: left > 0n ? left : 0n }
}
