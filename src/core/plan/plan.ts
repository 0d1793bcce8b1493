/**
 * Decides what to acquire, start, drain and release.
 *
 * Pure: the same world and law give the same plan, byte for byte, in whatever order its parts come.
 * Nothing here waits, draws a random number, reads a clock or fails; a demand that cannot be met is
 * a reason, not an error. RULES.md says what holds of every plan.
 */
import { type Law, noLaw } from '../contracts/law.ts'
import type { Acquire, Alike, MarketFacts, Plan } from '../domain/plan.ts'
import type { Demand } from '../domain/workload.ts'
import type { World } from '../domain/world.ts'
import { huntingOf } from './deadline/hunting.ts'
import { reasonsMax } from './explain.ts'
import { finish, hasEnded } from './finish.ts'
import { baggagesOf } from './gravity/baggage.ts'
import { keep } from './keep.ts'
import { exchange, missingIn, type Purchase } from './market/exchange.ts'
import { isOneShort, place } from './market/place.ts'
import { shelfOf } from './market/shelf.ts'
import { overflowFor } from './overflow.ts'
import { learntOf } from './pace/learnt.ts'
import { costOfWork, pricePerWork } from './score.ts'
import { prepare, settle } from './settle.ts'
import { wantsBoth } from './spread.ts'
import { boughtElsewhere } from './tally/reclaim.ts'
import { type Decision, note, openTally, type Tally } from './tally/tally.ts'
import { inOrder, type Queue } from './tally/urgency.ts'
import { look, type Standing, standingOf, type View } from './view.ts'

export interface Planning {
  readonly plan: Plan
  /**
   * What would be done for one more gang, with what the plan leaves to it: a look along the shelf,
   * not a plan. Where everything is taken, a new plan may still take it from somebody less urgent.
   */
  arrive(demand: Demand): Decision
}

export function plan(world: World, law: Law = noLaw): Plan {
  return planning(world, law).plan
}

export function planning(world: World, law: Law = noLaw): Planning {
  const view = look(world, law)
  const queue = inOrder(view)
  const { decisions, market, tally } = decideAll(view, queue)
  const alike = alikeOf(queue, decisions)
  return {
    plan: {
      generation: world.generation + 1,
      at: world.now,
      actions: [...decisions.flatMap(({ actions }) => actions), ...finish(view)],
      reasons: decisions.flatMap(({ reasons }) => reasons),
      ...(alike.length > 0 && { alike }),
      market,
    },
    arrive(demand) {
      const seen = { ...view, baggages: baggagesOf({ ...world, demands: [demand] }) }
      // Whoever is told at once is told reasons of its own.
      // Nowhere in particular, and at the prices that the plan came to.
      const placement = market && { places: new Map(), facts: market }
      const open = { ...tally, view: seen, isSketch: false, refused: new Map(), placement }
      return decide(seen, open, standingOf(seen, demand))
    },
  }
}

function alikeOf({ standings }: Queue, decisions: readonly Decision[]): readonly Alike[] {
  const runsOf = new Map<string, string[]>()
  for (const [index, { as }] of decisions.entries()) {
    const run = standings[index]?.demand.run
    if (as === undefined || run === undefined) continue
    const runs = runsOf.get(as)
    if (runs) runs.push(run)
    else runsOf.set(as, [run])
  }
  return [...runsOf].map(([as, runs]) => ({ as, runs }))
}

interface Decided {
  readonly decisions: readonly Decision[]
  readonly market: MarketFacts | null
  /** What is spoken for once all of it is decided. */
  readonly tally: Tally
}

/**
 * A right to capacity that others borrowed is for who waits for it: where its owner buys something
 * else in this very plan, nothing is kept or taken back for it, and all is decided anew.
 */
function decideAll(view: View, queue: Queue): Decided {
  const decided = exchanged(view, queue, decideWith(view, queue))
  const bought = decided.decisions.flatMap((decision) => purchaseOf(decision) ?? [])
  const elsewhere = boughtElsewhere(view, bought)
  if (elsewhere.size === 0) return decided
  const claimless = { ...view, claimless: elsewhere }
  return exchanged(claimless, queue, decideWith(claimless, queue))
}

/** The same at no greater cost, where some change places for the spread of a service. */
function exchanged(view: View, { standings }: Queue, decided: Decided): Decided {
  const demands = standings.map(({ demand }) => demand)
  const { decisions, market, tally } = decided
  const before = purchasesIn(view, demands, decisions)
  const missing = before.length > 1 ? missingIn(view, tally, before) : 0
  const places = missing > 0 ? exchange(view, tally, before) : null
  if (!places) return decided
  const second = openTally(view, { placement: { places, facts: market } })
  const together = decideEach(view, standings, second)
  const after = purchasesIn(view, demands, together)
  const isWorse = isBetter(view, demands, decisions, together)
  if (isWorse || missingIn(view, second, after) >= missing) return decided
  const told = market && marketOf(view, demands, together, market)
  return { decisions: together, market: told, tally: second }
}

function purchasesIn(
  view: View,
  demands: readonly Demand[],
  decisions: readonly Decision[],
): readonly Purchase[] {
  return decisions.flatMap((decision, index) => {
    const [demand, bought] = [demands[index], purchaseOf(decision)]
    if (!demand || !bought) return []
    return [{ demand, bought, isFree: () => bought.replaces === null && !isLed(view, demand) }]
  })
}

/**
 * One after another at first, which tells who buys. Then again with all purchases placed together,
 * unless that would serve somebody worse who comes first, or cost no less.
 */
function decideWith(view: View, { standings, needy }: Queue): Decided {
  const isSketch = needy > fewNeedy
  const first = openTally(view, { isSketch })
  const alone = decideEach(view, standings, first)
  if (!first.isAsked) return { decisions: alone, market: null, tally: first }
  const demands = standings.map(({ demand }) => demand)
  const buyers = demands.filter(
    (demand, index) => purchaseOf(alone[index]) && !hasOwnOrder(view, demand),
  )
  const rescued = isSketch ? null : rescue(view, standings, alone)
  if (rescued) return rescued
  const placement = buyers.length > 1 ? place(view, openTally(view), buyers) : null
  if (!placement && !isSketch) {
    return {
      decisions: alone,
      market: marketOfOne(view, demands, alone, { buyers, tally: first }),
      tally: first,
    }
  }
  const second = openTally(view, { placement })
  const together = decideEach(view, standings, second)
  if (!placement) {
    const market = marketOfOne(view, demands, together, { buyers, tally: second })
    return { decisions: together, market, tally: second }
  }
  const isWorth = isBetter(view, demands, together, alone)
  const third = isSketch && !isWorth ? openTally(view) : null
  const apart = third ? decideEach(view, standings, third) : alone
  const decisions = isWorth ? together : apart
  const market = marketOf(view, demands, decisions, placement.facts)
  return { decisions, market, tally: isWorth ? second : (third ?? first) }
}

/**
 * Where somebody goes without, others may make room and be served elsewhere: all of them placed
 * together, if that serves every one. Of few only, for it is one more plan.
 */
function rescue(
  view: View,
  standings: readonly Standing[],
  alone: readonly Decision[],
): Decided | null {
  const demands = standings.map(({ demand }) => demand)
  const crowd = standings.flatMap((standing, index) => {
    const { demand } = standing
    const isIn = purchaseOf(alone[index]) !== undefined || isStranded(view, standing)
    return isIn && !hasOwnOrder(view, demand) ? [demand] : []
  })
  const isShort = crowd.some((demand) => !purchaseOf(alone[demands.indexOf(demand)]))
  if (!isShort || crowd.length < 2) return null
  const placement = place(view, openTally(view), crowd)
  if (placement.places.size < crowd.length) return null
  const tally = openTally(view, { placement })
  const decisions = decideEach(view, standings, tally)
  const isServed = (demand: Demand) => purchaseOf(decisions[demands.indexOf(demand)]) !== undefined
  if (!crowd.every(isServed) || !isBetter(view, demands, decisions, alone)) return null
  return { decisions, market: marketOf(view, demands, decisions, placement.facts), tally }
}

/** It has nothing, nothing is on its way, and the rules would let it buy something. */
function isStranded(view: View, { demand, run, own }: Standing): boolean {
  if (run.state !== 'waiting' || own.length > 0) return false
  return shelfOf(view, demand.workload).open.length > 0
}

function marketOf(
  view: View,
  demands: readonly Demand[],
  decisions: readonly Decision[],
  { least, prices }: MarketFacts,
): MarketFacts {
  const cost = Math.round(sharedCost(view, demands, decisions))
  return { cost, least: Math.min(least, cost), prices }
}

/** One alone has nobody to give way to; what it could not have may still be worth something. */
function marketOfOne(
  view: View,
  demands: readonly Demand[],
  decisions: readonly Decision[],
  { buyers, tally }: { readonly buyers: readonly Demand[]; readonly tally: Tally },
): MarketFacts | null {
  const [buyer] = buyers
  // Most find nothing scarce: they are passed over before all that is held is counted again.
  if (!buyer || !isOneShort(view, tally, buyer)) return null
  const { facts } = place(view, openTally(view), buyers)
  return facts.prices.length > 0 ? marketOf(view, demands, decisions, facts) : null
}

/** So few are told their reasons at once; of more it is first sketched who buys at all. */
const fewNeedy = 16

function decideEach(view: View, standings: readonly Standing[], tally: Tally): readonly Decision[] {
  return standings.map((standing) => {
    const decision = decide(view, tally, standing)
    note(tally, standing.demand, decision)
    return decision
  })
}

/** A deadline, a clause or a spread of two kinds says where it goes. */
function hasOwnOrder(view: View, demand: Demand): boolean {
  return wantsBoth(demand.workload) || isLed(view, demand)
}

function isLed(view: View, demand: Demand): boolean {
  return huntingOf(view, demand) !== null || overflowFor(view, demand) !== null
}

function purchaseOf(decision: Decision | undefined): Acquire | undefined {
  // Most decide nothing at all: they are passed over quickly.
  if (!decision || decision.actions.length === 0) return undefined
  return decision.actions.find((action) => action.do === 'acquire')
}

/** Whoever comes first is served first; where all are served alike, the cheaper one is better. */
function isBetter(
  view: View,
  demands: readonly Demand[],
  one: readonly Decision[],
  other: readonly Decision[],
): boolean {
  const first = demands.findIndex((_, at) => !purchaseOf(one[at]) !== !purchaseOf(other[at]))
  if (first >= 0) return purchaseOf(one[first]) !== undefined
  // Equal costs are equal up to the rounding of sums.
  return costOf(view, demands, one) < costOf(view, demands, other) - 0.5
}

/** What is paid for all that was placed together: the bound is about nothing else. */
function sharedCost(
  view: View,
  demands: readonly Demand[],
  decisions: readonly Decision[],
): number {
  const shared = [...demands.entries()].filter(([index, demand]) => {
    return purchaseOf(decisions[index]) && !hasOwnOrder(view, demand)
  })
  return costOf(
    view,
    shared.map(([, demand]) => demand),
    shared.flatMap(([index]) => decisions[index] ?? []),
  )
}

/** What all purchases cost an hour, for as much work as each first alternative does. */
function costOf(
  { world, baggages }: View,
  demands: readonly Demand[],
  decisions: readonly Decision[],
): number {
  let cost = 0
  for (const [index, { workload }] of demands.entries()) {
    const bought = purchaseOf(decisions[index])
    if (!bought) continue
    const { supplier, offer, nodes } = bought
    const node = world.marginals.offers[`${supplier}/${offer}`]
    const pricePerHour = node === undefined ? bought.pricePerHour : node * nodes
    const baggage = baggages.get(workload.name)
    const price = pricePerWork(world, workload, { ...bought, pricePerHour }, baggage)
    cost += costOfWork(world, workload, price)
  }
  return cost
}

function decide(view: View, tally: Tally, standing: Standing): Decision {
  if (hasEnded(standing.run)) return { actions: [], reasons: [] }
  const decision = decisionOn(view, tally, standing)
  const learnt = learntOf(standing.demand).slice(0, learntMax)
  if (learnt.length === 0 || decision.as !== undefined) return decision
  const first = decision.reasons.slice(0, reasonsMax - learnt.length)
  return { ...decision, reasons: [...first, ...learnt] }
}

const learntMax = 4

function decisionOn(view: View, tally: Tally, standing: Standing): Decision {
  const { run, home } = standing
  if (run.state === 'waiting') return settle(view, tally, standing)
  if (run.state === 'running' && home) return keep(view, tally, standing, home)
  return prepare(view, tally, standing)
}
