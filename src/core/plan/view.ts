/**
 * The world, indexed once, so that deciding about one gang does not search through all the others.
 *
 * Holds facts only; nothing that it says changes while a plan is made.
 */
import { isAsked, type Law } from '../contracts/law.ts'
import type { Lease } from '../domain/lease.ts'
import { type Offer, offerName } from '../domain/offer.ts'
import type { Run } from '../domain/run.ts'
import type { SupplierSpec } from '../domain/supplier.ts'
import type { Demand } from '../domain/workload.ts'
import { answeringRanks, type Outage, type Pool, type World } from '../domain/world.ts'
import type { Hunting } from './deadline/hunting.ts'
import { type Baggages, baggagesOf } from './gravity/baggage.ts'
import type { Shelf } from './market/shelf.ts'
import { shelvesFor } from './market/warm.ts'
import { type Good, goodsOf } from './score.ts'

/** How the demanded replicas of a service are doing together; jobs have none. */
export interface Fleet {
  readonly replicas: number
  readonly running: number
  readonly answering: number
  /** A replica is on its way from one lease to another, or was told to stop. */
  readonly isMoving: boolean
}

/** A gang that shall run, beside all that there is of it. */
export interface Standing {
  readonly demand: Demand
  /** The run as it stands, or as it will be born. */
  readonly run: Run
  /** Leases of it that are wanted and not on their way out, oldest first. */
  readonly own: readonly Lease[]
  /** The one of them that the current epoch lives on. */
  readonly home: Lease | null
}

export interface View {
  readonly world: World
  readonly law: Law
  /** One for each demand, in the same order. */
  readonly standings: readonly Standing[]
  readonly demandOf: ReadonlyMap<string, Demand>
  readonly runOf: ReadonlyMap<string, Run>
  /** Leases of a run that are wanted and not on their way out, oldest first. */
  readonly ownOf: ReadonlyMap<string, readonly Lease[]>
  readonly fleetOf: ReadonlyMap<string, Fleet>
  /** All that is for sale, cheapest first: the place of an offer in it is its number. */
  readonly offers: readonly Offer[]
  /** The same by shape, with what they cost us. */
  readonly goodsOf: ReadonlyMap<string, readonly Good[]>
  /** Whether the law may have something to say to a purchase. */
  readonly isLawAsked: boolean
  /** What is for sale for equal wishes; filled as they are asked about. */
  readonly shelves: Map<string, Shelf>
  /** What is to be brought along, by workload. */
  readonly baggages: Baggages
  /** How deadlines are kept, by run; filled as they are asked about. */
  readonly hunts: Map<string, Hunting | null>
  readonly supplierOf: ReadonlyMap<string, SupplierSpec>
  readonly outageOf: ReadonlyMap<string, Outage>
  readonly poolOf: ReadonlyMap<string, Pool>
  /** Jobs of which a checkpoint was accepted. */
  readonly saved: ReadonlySet<string>
  /** Runs that wait for nothing of what others borrowed. */
  readonly claimless: ReadonlySet<string>
  /** Runs of which a rank answered where it can be reached. */
  readonly answering: ReadonlySet<string>
}

export function look(world: World, law: Law): View {
  const runOf = keyed(world.runs, ({ id }) => id)
  const ownOf = Map.groupBy(world.leases.filter(isOwn), ({ run }) => run)
  for (const own of ownOf.values()) if (own.length > 1) own.sort(byAttempt)
  const answering = answeringRuns(world, runOf)
  const standings = world.demands.map((demand) => standingOf({ runOf, ownOf }, demand))
  const offers = world.offers.toSorted(byPrice)
  return {
    world,
    law,
    standings,
    demandOf: keyed(world.demands, ({ run }) => run),
    runOf,
    ownOf,
    fleetOf: fleets(standings, answering),
    offers,
    goodsOf: Map.groupBy(goodsOf(world, offers), ({ offer }) => shapeOf(offer)),
    isLawAsked: isAsked(law),
    shelves: shelvesFor(world, law, offers),
    baggages: baggagesOf(world),
    hunts: new Map(),
    supplierOf: keyed(world.suppliers, ({ name }) => name),
    outageOf: keyed(world.outages, ({ supplier }) => supplier),
    poolOf: keyed(world.pools, ({ id }) => id),
    saved: new Set(world.checkpoints.map(({ workload }) => workload)),
    claimless: new Set(),
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

export function standingOf(
  { runOf, ownOf }: Pick<View, 'runOf' | 'ownOf'>,
  demand: Demand,
): Standing {
  const { run: id, slot, workload } = demand
  const run = runOf.get(id) ?? { ...unborn, id, slot, workload: workload.name }
  const own = ownOf.get(id) ?? none
  return { demand, run, own, home: own.find((lease) => lease.id === run.lease) ?? null }
}

const none: readonly Lease[] = []

/** A run before its first start. */
export const unborn = {
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
  const ranks = answeringRanks(world.sights).filter((rank) => {
    const run = runOf.get(rank.run)
    return run?.state === 'running' && run.epoch === rank.epoch && run.lease === rank.lease
  })
  return new Set(ranks.map(({ run }) => run))
}

function fleets(
  standings: readonly Standing[],
  answering: ReadonlySet<string>,
): ReadonlyMap<string, Fleet> {
  const fleetOf = new Map<string, { -readonly [Fact in keyof Fleet]: Fleet[Fact] }>()
  for (const { demand, run, own } of standings) {
    const { kind, name } = demand.workload
    if (kind === 'Job') continue
    const fleet = fleetOf.get(name) ?? { ...empty }
    fleet.replicas += 1
    if (run.state === 'running') fleet.running += 1
    if (answering.has(run.id)) fleet.answering += 1
    const isReplaced = own.some(({ replaces }) => replaces !== null && replaces === run.lease)
    if (run.state === 'draining' || isReplaced) fleet.isMoving = true
    fleetOf.set(name, fleet)
  }
  return fleetOf
}

const empty: Fleet = { replicas: 0, running: 0, answering: 0, isMoving: false }

function keyed<T>(all: readonly T[], keyOf: (one: T) => string): ReadonlyMap<string, T> {
  const found = new Map<string, T>()
  for (const one of all) found.set(keyOf(one), one)
  return found
}
