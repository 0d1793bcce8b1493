/**
 * The world, indexed once, so that deciding about one gang does not search through all the others.
 *
 * Holds facts only; nothing that it says changes while a plan is made.
 */
import type { Law } from '../contracts/law.ts'
import type { Lease } from '../domain/lease.ts'
import { type Offer, offerName } from '../domain/offer.ts'
import type { Run } from '../domain/run.ts'
import type { SupplierSpec } from '../domain/supplier.ts'
import type { Demand } from '../domain/workload.ts'
import type { Outage, Pool, World } from '../domain/world.ts'
import type { Hunting } from './deadline/hunting.ts'
import type { Shelf } from './market/shelf.ts'
import { shelvesFor } from './market/warm.ts'

/** How the demanded replicas of a service are doing together; jobs have none. */
export interface Fleet {
  readonly replicas: number
  readonly running: number
  readonly answering: number
  /** A replica is on its way from one lease to another, or was told to stop. */
  readonly isMoving: boolean
}

export interface View {
  readonly world: World
  readonly law: Law
  readonly demandOf: ReadonlyMap<string, Demand>
  readonly runOf: ReadonlyMap<string, Run>
  /** Leases of a run that are wanted and not on their way out, oldest first. */
  readonly ownOf: ReadonlyMap<string, readonly Lease[]>
  readonly fleetOf: ReadonlyMap<string, Fleet>
  /** All that is for sale, cheapest first: the place of an offer in it is its number. */
  readonly offers: readonly Offer[]
  /** Numbers of offers by shape, cheapest first. */
  readonly offersOf: ReadonlyMap<string, readonly number[]>
  /** What is for sale for equal wishes; filled as they are asked about. */
  readonly shelves: Map<string, Shelf>
  /** How deadlines are kept, by run; filled as they are asked about. */
  readonly hunts: Map<string, Hunting | null>
  readonly supplierOf: ReadonlyMap<string, SupplierSpec>
  readonly outageOf: ReadonlyMap<string, Outage>
  readonly poolOf: ReadonlyMap<string, Pool>
  /** Jobs of which a checkpoint was accepted. */
  readonly saved: ReadonlySet<string>
  /** Runs of which a rank answered where it can be reached. */
  readonly answering: ReadonlySet<string>
}

/** A node that was silent for longer proves nothing about the replica on it. */
const freshWithinMs = 30_000

export function look(world: World, law: Law): View {
  const runOf = keyed(world.runs, ({ id }) => id)
  const ownOf = Map.groupBy(world.leases.filter(isOwn), ({ run }) => run)
  for (const own of ownOf.values()) if (own.length > 1) own.sort(byAttempt)
  const answering = answeringRuns(world, runOf)
  const offers = world.offers.toSorted(byPrice)
  return {
    world,
    law,
    demandOf: keyed(world.demands, ({ run }) => run),
    runOf,
    ownOf,
    fleetOf: fleets(world, runOf, ownOf, answering),
    offers,
    offersOf: Map.groupBy(offers.keys(), (number) => shapeOf(offers[number] as Offer)),
    shelves: shelvesFor(world, law, offers),
    hunts: new Map(),
    supplierOf: keyed(world.suppliers, ({ name }) => name),
    outageOf: keyed(world.outages, ({ supplier }) => supplier),
    poolOf: keyed(world.pools, ({ id }) => id),
    saved: new Set(world.checkpoints.map(({ workload }) => workload)),
    answering,
  }
}

/** What an offer must have exactly as an alternative asks for it; nodes are counted apart. */
export function shapeOf({
  accelerator,
  perNode,
}: {
  readonly accelerator: string
  readonly perNode: number
}): string {
  return `${accelerator}:${perNode}`
}

export function ownLeases(view: View, run: string): readonly Lease[] {
  return view.ownOf.get(run) ?? []
}

/** The lease that the current epoch lives on, as long as it is ours to keep. */
export function homeOf(view: View, run: Run): Lease | null {
  return ownLeases(view, run.id).find(({ id }) => id === run.lease) ?? null
}

/** The run as it stands, or as it will be born. */
export function runFor(view: View, { run: id, slot, workload }: Demand): Run {
  return view.runOf.get(id) ?? { ...unborn, id, slot, workload: workload.name }
}

const unborn = {
  revision: 0,
  state: 'waiting',
  epoch: 0,
  lease: null,
  attempts: 0,
  retries: 0,
  notBefore: 0,
  startedAt: null,
  fencedAt: null,
  endedAt: null,
  exitCode: null,
  why: null,
} as const

function isOwn(lease: Lease): boolean {
  return lease.wanted && lease.state !== 'releasing' && lease.state !== 'gone'
}

function byAttempt(a: Lease, b: Lease): number {
  return a.attempt - b.attempt || (a.id < b.id ? -1 : 1)
}

function byPrice(a: Offer, b: Offer): number {
  return a.pricePerHour - b.pricePerHour || (offerName(a) < offerName(b) ? -1 : 1)
}

function answeringRuns(world: World, runOf: ReadonlyMap<string, Run>): ReadonlySet<string> {
  const ranks = world.sights
    .filter(({ heardAgoMs }) => heardAgoMs <= freshWithinMs)
    .flatMap(({ node }) => node.ranks)
    .filter(({ state, endpoint }) => state === 'running' && endpoint !== null)
    .filter((rank) => {
      const run = runOf.get(rank.run)
      return run?.state === 'running' && run.epoch === rank.epoch && run.lease === rank.lease
    })
  return new Set(ranks.map(({ run }) => run))
}

function fleets(
  world: World,
  runOf: ReadonlyMap<string, Run>,
  ownOf: ReadonlyMap<string, readonly Lease[]>,
  answering: ReadonlySet<string>,
): ReadonlyMap<string, Fleet> {
  const fleetOf = new Map<string, { -readonly [Fact in keyof Fleet]: Fleet[Fact] }>()
  for (const { run: id, workload } of world.demands) {
    if (workload.kind === 'Job') continue
    const fleet = fleetOf.get(workload.name) ?? { ...empty }
    const run = runOf.get(id)
    const own = ownOf.get(id) ?? []
    fleet.replicas += 1
    if (run?.state === 'running') fleet.running += 1
    if (answering.has(id)) fleet.answering += 1
    const isReplaced = own.some(({ replaces }) => replaces !== null && replaces === run?.lease)
    if (run?.state === 'draining' || isReplaced) fleet.isMoving = true
    fleetOf.set(workload.name, fleet)
  }
  return fleetOf
}

const empty: Fleet = { replicas: 0, running: 0, answering: 0, isMoving: false }

function keyed<T>(all: readonly T[], keyOf: (one: T) => string): ReadonlyMap<string, T> {
  return new Map(all.map((one) => [keyOf(one), one]))
}
