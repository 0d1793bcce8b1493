/**
 * What a gang costs per unit of useful work: the one figure by which capacity is compared.
 *
 * Knows nothing of whether it may be bought.
 */
import type { Lease } from '../domain/lease.ts'
import type { Micros } from '../domain/money.ts'
import { type Offer, offerName } from '../domain/offer.ts'
import type { Alternative, Workload } from '../domain/workload.ts'
import type { World } from '../domain/world.ts'
import { type Baggage, carriageTo, costOfCarriage, rateOf } from './gravity/carriage.ts'

/** An offer that a gang could be run on, all of it. */
export interface Candidate {
  readonly offer: Offer
  /** The number of the offer in the view. */
  readonly place: number
  readonly alternative: Alternative
  /** For the whole gang. */
  readonly pricePerHour: Micros
  /** What reading its data from there costs, on top of the price. */
  readonly egressPerHour: Micros
  /** What is paid once to bring there what it needs. */
  readonly carriage: Micros
  /** That, spread over the work that is left: a part of `pricePerWork`. */
  readonly carriagePerWork: number
  readonly pricePerWork: number
  /** Why it costs less than its price; null where it costs that. */
  readonly because: string | null
}

/** An offer with what an hour of a node of it costs us by now. */
export interface Good {
  readonly offer: Offer
  readonly place: number
  readonly costPerHour: Micros
  readonly because: string | null
}

export function goodsOf({ marginals }: World, offers: readonly Offer[]): readonly Good[] {
  return offers.map((offer, place) => {
    const name = offerName(offer)
    const costPerHour = marginals.offers[name] ?? offer.pricePerHour
    return { offer, place, costPerHour, because: marginals.because[name] ?? null }
  })
}

/** What a gang is, and what it takes along; null where that is nothing. */
export interface Wish {
  readonly workload: Workload
  readonly baggage: Baggage | null
}

export function candidate(
  world: World,
  { workload, baggage }: Wish,
  alternative: Alternative,
  { offer, place, costPerHour, because }: Good,
): Candidate {
  const { nodes } = alternative
  const egressPerHour = egressOf(world, workload, offer)
  const perHour = costPerHour * nodes + egressPerHour
  const carriage = carriageOf(world, baggage, offer, costPerHour * nodes)
  const carriagePerWork = spreadOver(world, workload, baggage, carriage)
  return {
    offer,
    place,
    alternative,
    pricePerHour: offer.pricePerHour * nodes,
    egressPerHour,
    carriage,
    carriagePerWork,
    pricePerWork: perHour / workPerHour(world, alternative) + carriagePerWork,
    because,
  }
}

function carriageOf(
  world: World,
  baggage: Baggage | null,
  { region }: { readonly region: string },
  pricePerHour: number,
): Micros {
  return baggage ? costOfCarriage(carriageTo(world, baggage, region), pricePerHour) : 0
}

function spreadOver(
  world: World,
  { resources: [first] }: Workload,
  baggage: Baggage | null,
  carriage: Micros,
): number {
  if (!baggage || !first || carriage === 0) return 0
  return carriage / ((baggage.overMs / hourMs) * workPerHour(world, first))
}

const hourMs = 3_600_000

/** What useful work costs on a lease that we have. */
export function leasePricePerWork(world: World, workload: Workload, lease: Lease): number {
  const pricePerHour = world.marginals.leases[lease.id] ?? priceOf(lease)
  return pricePerWork(world, workload, { ...lease, pricePerHour })
}

/** What useful work costs on such capacity; a shape nobody asks for counts by the table. */
export function pricePerWork(
  world: World,
  workload: Workload,
  capacity: Pick<Lease, 'accelerator' | 'perNode' | 'nodes' | 'region'> & {
    readonly pricePerHour: Micros
  },
  baggage: Baggage | null = null,
): number {
  const alternative = alternativeOf(workload, capacity) ?? { ...capacity, throughput: null }
  const costPerHour = capacity.pricePerHour + egressOf(world, workload, capacity)
  const carriage = carriageOf(world, baggage, capacity, capacity.pricePerHour)
  const carried = spreadOver(world, workload, baggage, carriage)
  return costPerHour / workPerHour(world, alternative) + carried
}

/**
 * What a gang pays an hour to read its data from another region. Nothing where it lies in the same
 * one, nor where no line of the policy names the way: what nobody told us is not made up.
 */
export function egressOf(
  { policy: { egress } }: World,
  { data }: Workload,
  { region }: { readonly region: string },
): Micros {
  if (!data || !egress) return 0
  const rate = rateOf(egress, data.region, region)
  return rate ? Math.round(rate.perGb * data.gbPerHour) : 0
}

/** The way to run the workload that such a lease is bought for. */
export function alternativeOf(
  workload: Workload,
  { accelerator, perNode, nodes }: Pick<Lease, 'accelerator' | 'perNode' | 'nodes'>,
): Alternative | null {
  const isSame = (each: Alternative) =>
    each.accelerator === accelerator && each.perNode === perNode && each.nodes === nodes
  return workload.resources.find(isSame) ?? null
}

/** Whether nodes that are joined so do for an alternative; what nobody names does only for any. */
export function isJoined(wish: Alternative, fabric: string | undefined): boolean {
  return wish.fabric === undefined || wish.fabric === fabric
}

/** A price per hour for the work that the first alternative does: comparable within a workload. */
export function costOfWork(world: World, workload: Workload, pricePerWork: number): number {
  const [first] = workload.resources
  return first ? pricePerWork * workPerHour(world, first) : pricePerWork
}

/** What the lease costs, or may cost while its supplier has not said. */
export function priceOf(lease: Lease): Micros {
  return lease.pricePerHour ?? lease.pricePerHourMax
}

/** Cheapest useful work first; what is left to chance elsewhere is settled by name here. */
export function byWorth(a: Candidate, b: Candidate): number {
  if (a.pricePerWork !== b.pricePerWork) return a.pricePerWork < b.pricePerWork ? -1 : 1
  if (a.pricePerHour !== b.pricePerHour) return a.pricePerHour - b.pricePerHour
  const [nameA, nameB] = [offerName(a.offer), offerName(b.offer)]
  if (nameA === nameB) return 0
  return nameA < nameB ? -1 : 1
}

/** How fast a job goes on such capacity, beside its first alternative. */
export function paceOn(
  world: World,
  workload: Workload,
  capacity: Pick<Lease, 'accelerator' | 'perNode' | 'nodes'>,
): number {
  const [first] = workload.resources
  if (!first) return 1
  const { accelerator, perNode, nodes } = capacity
  const unasked = { accelerator, perNode, nodes, throughput: null }
  const alternative = alternativeOf(workload, capacity) ?? unasked
  return workPerHour(world, alternative) / workPerHour(world, first)
}

/** Useful work per hour, in the workload's own unit. */
export function workPerHour(
  { throughputs }: Pick<World, 'throughputs'>,
  alternative: Alternative,
): number {
  const { accelerator, perNode, nodes, throughput } = alternative
  if (throughput !== null) return throughput
  const perChip = Object.hasOwn(throughputs, accelerator) ? throughputs[accelerator] : undefined
  return perNode * nodes * (perChip ?? 1)
}
