/**
 * What commitments do to the prices that the planner compares: an hour that is paid for and would
 * go unused costs nothing, at an offer as on a lease that uses it already.
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
import { isInScope } from '../scope.ts'
import { acceptedUnder, factsOf } from './account.ts'
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
  readonly now: Ms
}

/** Empty where nothing is committed to; then every price is what is quoted. */
export function marginals(input: MarginalsInput): Marginals {
  const { inForce, offers, leases, now } = input
  const money = inForce.filter(isMoney)
  if (money.length === 0) return noMarginals
  const usage = money.map((clause) => usageOf(clause, input))
  const prices: Record<string, Micros> = {}
  const because: Record<string, string> = {}
  for (const offer of offers) {
    const { supplier, accelerator, perNode, pricePerHour, region } = offer
    if (!money.some((clause) => clause.with === supplier)) continue
    const facts = { region: [region] }
    const priced = { supplier, accelerator, perNode, pricePerHour, facts }
    const held = acceleratorsAt(leases, supplier, accelerator)
    // What is bought is bought for a day, as far as anybody knows.
    const question = { offer: priced, now, hours: 24, held, indices: {} }
    const price = marginalPrice(money, usage, question)
    if (price.pricePerHour >= pricePerHour) continue
    prices[offerName(offer)] = price.pricePerHour
    because[offerName(offer)] = price.because.join('; ')
  }
  return { offers: prices, leases: heldPrices(money, usage, input), because }
}

function isMoney({ kind }: Clause): boolean {
  return kind === 'take_or_pay' || kind === 'spend_commit' || kind === 'prepay'
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
  const prices: Record<string, Micros> = {}
  for (const clause of money) {
    const used = usage.find((each) => each.clause === clauseName(clause))
    const held = used ? heldUnder(clause, used, input) : {}
    for (const [lease, price] of Object.entries(held)) {
      prices[lease] = Math.min(price, prices[lease] ?? price)
    }
  }
  return prices
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

/** Whether it is surely about what is held, or what runs; as it is asked of what was charged. */
function isUnder(clause: Clause, held: Lease | Charge): boolean {
  const { supplier, accelerator } = held
  if (supplier !== clause.with) return false
  const known = { supplier: [supplier], accelerator: [accelerator ?? ''] }
  return isInScope(clause.scope, { ...factsOf(held), ...known })
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

function acceleratorsAt(leases: readonly Lease[], supplier: string, accelerator: string): number {
  const ours = leases.filter((lease) => {
    return lease.supplier === supplier && lease.accelerator === accelerator
  })
  return acceleratorsOf(ours.filter(mayCost))
}

function acceleratorsOf(leases: readonly Lease[]): number {
  return leases.reduce((sum, { perNode, nodes }) => sum + perNode * nodes, 0)
}
