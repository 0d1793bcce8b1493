/**
 * Finds a place for every gang that is to be bought, for all of them at once: the first one in the
 * queue does not take what would cost the next one more to go without.
 *
 * Money is looked at elsewhere: what is said here is a wish, and each purchase is checked on its
 * own.
 */

import { offerName } from '../../domain/offer.ts'
import type { MarketFacts } from '../../domain/plan.ts'
import type { Demand } from '../../domain/workload.ts'
import { isLeft } from '../feasible.ts'
import { type Candidate, costOfWork } from '../score.ts'
import { gapsOf, type Seat, wantsSpread } from '../spread.ts'
import type { Tally } from '../tally/tally.ts'
import type { View } from '../view.ts'
import { auction } from './auction.ts'
import { lowerBound } from './bound.ts'
import { costOf, type Market, type Sharing, type Wish } from './market.ts'
import { type Shelf, shelfOf } from './shelf.ts'
import { trade } from './trade.ts'

export interface Placement {
  /** Where each run would be bought best. */
  readonly places: ReadonlyMap<string, Candidate>
  /** Null where they were not placed together. */
  readonly facts: MarketFacts | null
}

interface Placed extends Placement {
  readonly facts: MarketFacts
}

/** A bid rises by at least so much of a node's mean cost; small markets have the time. */
const fineStep = 0.002
const coarseStep = 0.01
const isSmall = 2_000
/** How often prices are moved to sharpen the bound. */
const rounds = 400

/** `buyers` are the gangs for which something is to be bought, most urgent first. */
export function place(view: View, tally: Tally, buyers: readonly Demand[]): Placed {
  const shelves = buyers.map(({ workload }) => shelfOf(view, workload))
  const most = Math.max(choicesMin, Math.floor(choicesMax / new Set(shelves).size))
  const choices = new Map<Shelf, Map<string, Choices>>()
  const wanted = shelves.map((shelf, index) => {
    const buyer = buyers[index] as Demand
    const ofShelf = choices.get(shelf) ?? new Map<string, Choices>()
    choices.set(shelf, ofShelf)
    const payer = payerOf(tally, buyer)
    const known = ofShelf.get(payer) ?? choicesOn(view, tally, buyer, shelf, most)
    ofShelf.set(payer, known)
    return known
  })
  const lots = Float64Array.from(tally.nodesLeft)
  const first = shareOut({ lots, wishes: wanted.map(({ wish }) => wish) })
  const spread = spreadOut(tally, buyers, wanted, first)
  const market = { lots, wishes: spread.wanted.map(({ wish }) => wish) }
  const { taken } = spread.isChanged ? trade(market, spread.sharing) : first
  const places = new Map<string, Candidate>()
  for (const [index, { run }] of buyers.entries()) {
    const found = spread.wanted[index]?.candidates[taken[index] ?? -1]
    if (found) places.set(run, found)
  }
  const costs = wanted.map(({ wish }, index) => wish.costs[first.taken[index] ?? -1])
  const prices = withScarce(view, tally, { buyers, costs }, first.prices)
  const cost = costOf(market, { taken })
  return {
    places,
    facts: { cost: whole(cost), least: whole(first.least), prices: told(view, prices) },
  }
}

/** Whose budget or quota it is that says what equal wishes may still have. */
function payerOf({ funds, shares }: Tally, { workload: { team = '', name } }: Demand): string {
  if (funds.some(({ budget }) => budget.of === 'workload')) return name
  return funds.length > 0 || shares ? team : ''
}

function shareOut(market: Market): Sharing & { readonly least: number } {
  const wished = firstChoices(market)
  if (wished) return { ...wished, least: costOf(market, wished) }
  const step = market.wishes.length <= isSmall ? fineStep : coarseStep
  const shared = trade(market, auction(market, step * meanCost(market)))
  const cost = costOf(market, shared)
  return { ...shared, ...lowerBound(market, shared.prices, cost, rounds) }
}

/** Everybody gets what is best for it, where there is enough of everything; null where not. */
function firstChoices({ lots, wishes }: Market): Sharing | null {
  const free = Float64Array.from(lots)
  for (const { lots: where, units } of wishes) {
    const lot = where[0]
    if (lot === undefined) continue
    free[lot] = (free[lot] as number) - (units[0] as number)
    if ((free[lot] as number) < 0) return null
  }
  const taken = Int32Array.from(wishes, (wish) => (wish.lots.length > 0 ? 0 : -1))
  return { taken, prices: new Float64Array(lots.length) }
}

/**
 * Takes replicas away from suppliers, or regions, that have more of their service than it wants
 * together: they may look for another lot, anywhere but where a replica is already.
 */
function spreadOut(
  tally: Tally,
  buyers: readonly Demand[],
  wanted: readonly Choices[],
  { taken: before, prices }: Sharing,
) {
  const taken = Int32Array.from(before)
  const next = [...wanted]
  const replicas = Map.groupBy(buyers.keys(), (index) => buyers[index]?.workload.name ?? '')
  for (const [name, indexes] of replicas) {
    const { workload } = buyers[indexes[0] ?? 0] as Demand
    if (!wantsSpread(workload)) continue
    const seats = new Map(tally.seats.get(name))
    for (const index of indexes) seats.delete(buyers[index]?.run ?? '')
    const [gap] = gapsOf(workload, [...seats.values()], seats.size + indexes.length)
    if (!gap) continue
    const placeOf = (index: number) => {
      return next[index]?.candidates[taken[index] ?? -1]?.offer[gap.over]
    }
    const used = new Set(gap.counts.keys())
    const doubled = indexes.filter((index) => {
      const place = placeOf(index)
      if (place === undefined || used.has(place)) return true
      used.add(place)
      return false
    })
    const missing = gap.missing + gap.counts.size - used.size
    for (const index of doubled.slice(0, Math.max(0, missing))) {
      next[index] = without(next[index] as Choices, gap.over, used)
      taken[index] = -1
    }
  }
  return {
    wanted: next,
    sharing: { taken, prices },
    isChanged: next.some((each, at) => each !== wanted[at]),
  }
}

function without(
  { candidates, wish }: Choices,
  over: keyof Seat,
  used: ReadonlySet<string>,
): Choices {
  const kept = [...candidates.keys()].filter((index) => {
    return !used.has(candidates[index]?.offer[over] ?? '')
  })
  return {
    candidates: kept.map((index) => candidates[index] as Candidate),
    wish: {
      lots: Int32Array.from(kept, (index) => wish.lots[index] as number),
      units: Int32Array.from(kept, (index) => wish.units[index] as number),
      costs: Float64Array.from(kept, (index) => wish.costs[index] as number),
      rest: wish.rest,
    },
  }
}

interface Choices {
  readonly wish: Wish
  readonly candidates: readonly Candidate[]
}

/** So many choices of all wishes together fit in memory, and so many each may always look at. */
const choicesMax = 2_000_000
const choicesMin = 256

function choicesOn(
  view: View,
  tally: Tally,
  demand: Demand,
  { open }: Shelf,
  most: number,
): Choices {
  const { workload } = demand
  const candidates: Candidate[] = []
  let rest = Number.POSITIVE_INFINITY
  for (const each of open) {
    if (!isLeft(tally, each, demand)) continue
    if (candidates.length === most) {
      rest = costOfWork(view.world, workload, each.pricePerWork)
      break
    }
    candidates.push(each)
  }
  const wish = {
    lots: Int32Array.from(candidates, (each) => each.place),
    units: Int32Array.from(candidates, (each) => each.alternative.nodes),
    costs: Float64Array.from(candidates, ({ pricePerWork }) =>
      costOfWork(view.world, workload, pricePerWork),
    ),
    rest,
  }
  return { wish, candidates }
}

/** What a node costs, in the mean of what each could have: the cheapest may be paid for already. */
function meanCost({ wishes }: Market): number {
  let cost = 0
  let nodes = 0
  for (const { units, costs } of wishes) {
    const middle = costs.length >> 1
    cost += costs[middle] ?? 0
    nodes += units[middle] ?? 0
  }
  return nodes > 0 ? cost / nodes : 0
}

/** Whether some offer that it could use has one node too few for it. */
export function isOneShort(view: View, { nodesLeft }: Tally, { workload }: Demand): boolean {
  return shelfOf(view, workload).open.some((each) => {
    return nodesLeft[each.place] === each.alternative.nodes - 1
  })
}

/**
 * With what one more node would save where there is one too few for a whole gang: nobody could bid
 * for it. Of those with the same wish, whoever pays most would gain most.
 */
function withScarce(
  view: View,
  tally: Tally,
  { buyers, costs }: { readonly buyers: readonly Demand[]; readonly costs: readonly Cost[] },
  known: Float64Array,
): Float64Array {
  const prices = Float64Array.from(known)
  const dearest = new Map<Shelf, { readonly demand: Demand; readonly cost: number }>()
  for (const [index, demand] of buyers.entries()) {
    const shelf = shelfOf(view, demand.workload)
    const cost = costs[index] ?? 0
    if (cost > (dearest.get(shelf)?.cost ?? 0)) dearest.set(shelf, { demand, cost })
  }
  for (const [{ open }, { demand, cost }] of dearest) {
    for (const each of open) {
      const saving = cost - costOfWork(view.world, demand.workload, each.pricePerWork)
      if (saving <= 0) break
      const { place: number, alternative } = each
      if (tally.nodesLeft[number] !== alternative.nodes - 1) continue
      const more = { ...tally, nodesLeft: tally.nodesLeft.with(number, alternative.nodes) }
      if (!isLeft(more, each, demand)) continue
      prices[number] = Math.max(prices[number] ?? 0, saving)
    }
  }
  return prices
}

type Cost = number | undefined

function told({ offers }: View, prices: Float64Array): MarketFacts['prices'] {
  return offers.flatMap((offer, number) => {
    const perNodeHour = whole(prices[number] ?? 0)
    return perNodeHour > 0 ? [{ offer: offerName(offer), perNodeHour }] : []
  })
}

function whole(amount: number): number {
  return Math.max(0, Math.round(amount))
}
