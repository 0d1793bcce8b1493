/**
 * What the next node of an offer and what is held cost by price clauses, so that the two compare:
 * no lease seems dearer than the purchase that would bring it back, or plans would leave it and buy
 * it again for ever.
 */
import type { Clause, Price } from '../../domain/clause.ts'
import { type Lease, mayCost } from '../../domain/lease.ts'
import type { Micros } from '../../domain/money.ts'
import type { Offer } from '../../domain/offer.ts'
import { factsOf } from '../money/account.ts'
import type { Facts } from '../scope.ts'
import { type Standing, standingOf } from './held.ts'
import type { Levels } from './levels.ts'
import { cheapestFrom, hasRate, type Rate, rateOf } from './rate.ts'

export interface MarketRates {
  /** Of its next node; null where no clause says what that costs. */
  readonly ofOffer: (offer: Offer) => Rate | null
  /** Of all that may be charged for, by the id of the lease, where less is agreed than charged. */
  readonly ofLeases: () => Readonly<Record<string, Micros>>
}

interface Wanted extends Pick<Offer, 'supplier' | 'accelerator'> {
  readonly facts: Facts
  readonly accelerators: number
}

export function ratesIn(
  clauses: readonly Clause[],
  { leases, levels }: { readonly leases: readonly Lease[]; readonly levels: Levels },
): MarketRates {
  const prices = clauses.filter((each): each is Price => each.kind === 'price' && hasRate(each))
  const bySupplier = Map.groupBy(prices, (each) => each.with)
  const tiered = prices.filter(({ pricing }) => pricing.form === 'tiered')
  const hasTiers = new Set(tiered.map((each) => each.with))
  const standings = new Map<Price, Standing>()
  const standingUnder = (clause: Price) => {
    const standing = standings.get(clause) ?? standingOf(clause, leases)
    standings.set(clause, standing)
    return standing
  }
  const priceOf = (
    { supplier, accelerator, facts, accelerators }: Wanted,
    heldUnder: (clause: Price) => number,
  ) => {
    const known = { ...facts, accelerator: [accelerator] }
    const ours = bySupplier.get(supplier) ?? []
    return rateOf(ours, { supplier, facts: known, accelerators, levels, heldUnder })
  }
  const next = (clause: Price) => standingUnder(clause).held

  function ofLease(lease: Lease): Micros {
    const { supplier, accelerator, region, perNode, nodes } = lease
    const before = (clause: Price) => standingUnder(clause).before.get(lease.id) ?? next(clause)
    const node = { supplier, accelerator, facts: factsOf(lease), accelerators: perNode }
    const all = perNode * nodes
    const rate = priceOf({ ...node, accelerators: all }, before)
    // Without tiers more costs what is held does.
    if (!hasTiers.has(supplier)) return rate?.pricePerHour ?? Number.POSITIVE_INFINITY
    const rates = [
      [rate, 1],
      // A gang is taken for as many times the first of its nodes: when it was bought, and again.
      [priceOf(node, before), nodes],
      [priceOf({ ...node, facts: { region: [region] } }, next), nodes],
      [priceOf({ ...node, accelerators: 1 }, (each) => cheapestFrom(each, before(each))), all],
    ] as const
    return Math.min(...rates.flatMap(([each, times]) => (each ? each.pricePerHour * times : [])))
  }

  return {
    ofOffer(offer) {
      const { supplier, accelerator, perNode, region } = offer
      const facts = { region: [region] }
      return priceOf({ supplier, accelerator, facts, accelerators: perNode }, next)
    },
    ofLeases() {
      const prices: Record<string, Micros> = {}
      for (const lease of leases) {
        if (!bySupplier.has(lease.supplier) || !mayCost(lease)) continue
        const agreed = ofLease(lease)
        if (agreed < (lease.pricePerHour ?? lease.pricePerHourMax)) prices[lease.id] = agreed
      }
      return prices
    },
  }
}
