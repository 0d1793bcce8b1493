/**
 * What is spoken for: money, quotas, nodes, seats of replicas, services with a replica that moves.
 *
 * Opened from the world and written after every decision, so that no two gangs of one plan count on
 * the same last node or the same last dollar. The only thing that changes while a plan is made.
 */

import { isLeaving, type Lease, mayCost } from '../../domain/lease.ts'
import { type Micros, sum } from '../../domain/money.ts'
import { offerName } from '../../domain/offer.ts'
import type { Action } from '../../domain/plan.ts'
import type { Reason } from '../../domain/reason.ts'
import type { Ms } from '../../domain/time.ts'
import type { Demand } from '../../domain/workload.ts'
import type { Placement } from '../market/place.ts'
import type { Seat } from '../spread.ts'
import type { View } from '../view.ts'
import { type Fund, openFunds, takeRoom, unpaidLeases } from './afford.ts'
import { type Shares, takeShare } from './quota.ts'
import { openShares } from './reclaim.ts'

/** What is to be done for one gang, and why. */
export interface Decision {
  readonly actions: readonly Action[]
  readonly reasons: readonly Reason[]
  /** The run ahead of it in its queue, whose reasons are its own as well. */
  readonly as?: string
}

export interface Tally {
  readonly view: View
  /** What the policy still lets us spend, per hour; null without a ceiling. */
  left: Micros | null
  readonly funds: readonly Fund[]
  /** By the lease that it does not last for, the budget. */
  readonly unpaid: ReadonlyMap<string, Fund>
  /** What teams may hold; null where nobody has a quota. */
  readonly shares: Shares | null
  /** Nodes that each offer has left, by its number; infinite where nobody counts them. */
  readonly nodesLeft: number[]
  /** The number of each offer, by its name. */
  readonly places: ReadonlyMap<string, number>
  /** Where runs would be bought best, for all of them together. */
  readonly placement: Placement | null
  /** Only what is bought counts; nobody reads the reasons. */
  readonly isSketch: boolean
  /** Somebody looked for something to buy. */
  isAsked: boolean
  /** For each service where each replica is. */
  readonly seats: Map<string, Map<string, Seat>>
  /** Services of which this plan moves or stops a replica. */
  readonly disturbed: Set<string>
  /** What is said to whoever waits in each queue, since something was last taken. */
  readonly refused: Map<string, Decision>
}

export function openTally(
  view: View,
  { placement = null, isSketch = false }: Partial<Pick<Tally, 'placement' | 'isSketch'>> = {},
): Tally {
  const { policy, leases } = view.world
  const costs = leases.filter((lease) => mayCost(lease) || lease.state === 'intended')
  const spent = sum(costs.map((lease) => lease.pricePerHour ?? lease.pricePerHourMax))
  const max = policy.pricePerHourMax
  const nodes = nodesLeft(view)
  const funds = openFunds(view.world)
  return {
    view,
    left: max === null ? null : max - spent,
    funds,
    unpaid: unpaidLeases(view, funds),
    shares: openShares(view, nodes),
    nodesLeft: nodes,
    places: new Map(view.offers.map((offer, number) => [offerName(offer), number])),
    placement,
    isSketch,
    isAsked: false,
    seats: seatsTaken(view, placement),
    disturbed: new Set(),
    refused: new Map(),
  }
}

/** Writes down what a decision takes. */
export function note(tally: Tally, demand: Demand, { actions }: Decision): void {
  const service = demand.workload.name
  for (const action of actions) {
    if (action.do === 'drain') tally.disturbed.add(service)
    if (action.do !== 'acquire') continue
    tally.refused.clear()
    if (tally.left !== null) tally.left -= action.pricePerHourMax
    takeRoom(tally.funds, { ...action, workload: demand.workload })
    takeShare(tally.shares, demand, action)
    const place = tally.places.get(`${action.supplier}/${action.offer}`)
    if (place !== undefined) tally.nodesLeft[place] = (tally.nodesLeft[place] ?? 0) - action.nodes
    seatsOf(tally.seats, service).set(demand.run, action)
    if (action.replaces !== null) tally.disturbed.add(service)
  }
}

function nodesLeft(view: View): number[] {
  const taken = nodesInFlight(view)
  // A supplier that gives no count is taken at its word until it refuses.
  return view.offers.map((offer) => {
    const { stock } = offer
    if (stock.kind === 'level' && stock.level === 'none') return 0
    if (stock.kind !== 'count') return Number.POSITIVE_INFINITY
    return Math.max(0, stock.nodes - (taken.get(offerName(offer)) ?? 0))
  })
}

/** A quote cannot know of purchases that were called after it, or not yet. */
function nodesInFlight({ world }: View): Map<string, number> {
  const taken = new Map<string, number>()
  const oldest = world.offers.reduce((least, each) => Math.min(least, each.observedAt), Infinity)
  const isNews = ({ calledAt }: Lease, quotedAt: Ms) => calledAt === null || calledAt >= quotedAt
  const news = world.leases.filter((lease) => isNews(lease, oldest) && mayTake(lease))
  // Most leases are older than any quote: their offers need not be looked for.
  if (news.length === 0) return taken
  const observedAt = new Map(world.offers.map((offer) => [offerName(offer), offer.observedAt]))
  for (const lease of news) {
    const name = `${lease.supplier}/${lease.offer}`
    const quotedAt = observedAt.get(name)
    if (quotedAt !== undefined && isNews(lease, quotedAt)) addTo(taken, name, lease.nodes)
  }
  return taken
}

function mayTake(lease: Lease): boolean {
  return lease.state !== 'gone' && (lease.wanted || lease.calls > 0)
}

/** Where each replica is, or is to be: whoever is decided first knows where the others will go. */
function seatsTaken(view: View, placement: Placement | null): Tally['seats'] {
  const seats = new Map<string, Map<string, Seat>>()
  for (const { demand, own } of view.standings) {
    const { run, workload } = demand
    // A job has one seat, and nobody to share a place with.
    if (workload.kind === 'Job') continue
    const newest = own.findLast((lease) => !isLeaving(lease, view.world.now))
    const seat = placement?.places.get(run)?.offer ?? newest
    if (seat) seatsOf(seats, workload.name).set(run, seat)
  }
  return seats
}

function seatsOf(seats: Tally['seats'], service: string): Map<string, Seat> {
  const found = seats.get(service) ?? new Map<string, Seat>()
  seats.set(service, found)
  return found
}

function addTo(counts: Map<string, number>, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count)
}
