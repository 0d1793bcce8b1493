/**
 * Rows of the domain as the plain shapes that clients see: names, states, prices, nothing to look
 * up. No secret and no address of a machine is in them, but for where a replica answers.
 */
import type { Charge } from '../domain/charge.ts'
import type { Checkpoint } from '../domain/checkpoint.ts'
import type { Event } from '../domain/event.ts'
import { type Lease, mayCost } from '../domain/lease.ts'
import { sum } from '../domain/money.ts'
import { type Offer, offerName, type StockSignal } from '../domain/offer.ts'
import type { Action } from '../domain/plan.ts'
import type { Reason } from '../domain/reason.ts'
import type { Run } from '../domain/run.ts'
import { type SupplierSpec, standingOf } from '../domain/supplier.ts'
import type { Ms } from '../domain/time.ts'
import type { WorkloadStatus } from '../domain/workload.ts'
import type { Marginals, NodeSight, Outage, Pool } from '../domain/world.ts'
import { explain } from './explain.ts'
import { because, count, gangText, perHour, plain } from './phrase.ts'
import { spent } from './statement.ts'
import { tell } from './tell.ts'

/** The price that a lease has, or may have at most while that is not known. */
function priceOf(lease: Lease): number {
  return mayCost(lease) ? (lease.pricePerHour ?? lease.pricePerHourMax) : 0
}

export interface RunViewInput {
  readonly run: Run
  /** The lease that its current epoch runs on. */
  readonly lease: Lease | null
  readonly sights: readonly NodeSight[]
}

export function runView({ run, lease, sights }: RunViewInput) {
  const ranks = sights
    .flatMap(({ node }) => node.ranks)
    .filter((rank) => rank.run === run.id && rank.epoch === run.epoch && rank.lease === run.lease)
  return {
    id: run.id,
    state: run.state as string,
    epoch: run.epoch,
    lease: run.lease,
    supplier: lease?.supplier ?? null,
    accelerators: lease && gangText(lease),
    region: lease?.region ?? null,
    pricePerHour: lease && priceOf(lease),
    ranksUp: ranks.filter(({ state }) => state === 'running').length,
    ranks: lease?.nodes ?? 0,
    endpoint: ranks.find(({ endpoint }) => endpoint !== null)?.endpoint ?? null,
    retries: run.retries,
    startedAt: run.startedAt,
    endedAt: run.endedAt,
    exitCode: run.exitCode,
    why: run.why,
  }
}

export interface WorkloadViewInput {
  readonly status: WorkloadStatus
  /** The runs of this workload, and so on for all that follows. */
  readonly runs: readonly Run[]
  readonly leases: readonly Lease[]
  readonly sights: readonly NodeSight[]
  readonly charges: readonly Charge[]
  readonly checkpoint: Checkpoint | null
  readonly now: Ms
}

export function workloadView(input: WorkloadViewInput) {
  const { status, runs, leases, sights, charges, checkpoint, now } = input
  const { spec } = status
  const leaseOf = (run: Run) => leases.find(({ id }) => id === run.lease) ?? null
  return {
    name: spec.name,
    kind: spec.kind,
    state: stateOf(status, runs),
    generation: spec.generation,
    priority: spec.priority,
    wants: spec.resources.map(gangText).join(' | '),
    runs: [...runs]
      .sort((a, b) => a.slot - b.slot)
      .map((run) => runView({ run, lease: leaseOf(run), sights })),
    pricePerHour: sum(leases.map(priceOf)),
    spent: sum(charges.map((charge) => spent(charge, now))),
    checkpointStep: checkpoint?.step ?? null,
    submittedAt: status.submittedAt,
    endedAt: status.endedAt,
  }
}

/** `degraded`: some of the gangs that shall run do, and others do not. */
function stateOf({ spec, state }: WorkloadStatus, runs: readonly Run[]): string {
  if (state !== 'active') return state
  const wanted = spec.kind === 'Service' ? spec.replicasMin : 1
  const running = runs.filter((run) => run.state === 'running').length
  if (running === 0) return 'pending'
  const open = runs.filter((run) => run.state !== 'done' && run.state !== 'failed').length
  return running < Math.max(wanted, open) ? 'degraded' : 'running'
}

export function leaseView(lease: Lease) {
  return {
    id: lease.id,
    key: lease.key,
    workload: lease.workload,
    run: lease.run,
    supplier: lease.supplier,
    offer: lease.offer,
    accelerators: gangText(lease),
    nodes: lease.nodes,
    region: lease.region,
    market: lease.market as string,
    state: lease.state as string,
    wanted: lease.wanted,
    rental: lease.rental,
    pricePerHour: lease.pricePerHour,
    pricePerHourMax: lease.pricePerHourMax,
    intendedAt: lease.intendedAt,
    notBefore: lease.notBefore ?? null,
    heldAt: lease.heldAt,
    readyAt: lease.readyAt,
    goneAt: lease.goneAt,
    noticeUntil: lease.noticeUntil,
    endsAt: lease.endsAt ?? null,
    end: lease.end as string | null,
    why: lease.why,
  }
}

export interface SupplierViewInput {
  readonly spec: SupplierSpec
  readonly outage: Outage | null
  /** Of all suppliers, or of this one. */
  readonly offers: readonly Offer[]
  readonly leases: readonly Lease[]
}

export function supplierView({ spec, outage, offers, leases }: SupplierViewInput) {
  const held = leases.filter((lease) => lease.supplier === spec.name && mayCost(lease))
  return {
    name: spec.name,
    driver: spec.driver,
    url: spec.url,
    class: spec.promises.class as string,
    buying: spec.buying,
    standing: standingOf(spec) as string,
    why: spec.standing ? plain(`${spec.standing.by}: ${spec.standing.reason}`) : null,
    reachable: outage?.cause !== 'silent',
    said: outage && plain(outage.said),
    offers: offers.filter(({ supplier }) => supplier === spec.name).length,
    leases: held.length,
    pricePerHour: sum(held.map(priceOf)),
  }
}

/** As customers may see it: no relation, price, reason or address. Null for whom nobody uses. */
export function publicSupplier(spec: SupplierSpec) {
  const state = standingOf(spec)
  if (state !== 'active' && state !== 'approved') return null
  return {
    name: spec.name,
    since: spec.standing?.since ?? null,
    products: spec.scope?.products ? [...spec.scope.products] : null,
    regions: spec.scope?.regions ? [...spec.scope.regions] : null,
    jurisdictions: [...new Set(Object.values(spec.jurisdictions ?? {}))].sort(),
  }
}

/** `pool` is what was learnt of this offer's stock. */
/** What is known of an offer beside what its supplier says. */
export interface OfferFacts {
  readonly pool: Pool | null
  /** Its supplier does not answer: this is what it quoted last. */
  readonly isStale?: boolean
  readonly marginals: Marginals
  /** Useful work per accelerator and hour, H100 = 1. */
  readonly throughputs: Readonly<Record<string, number>>
}

export function offerView(offer: Offer, facts: OfferFacts, now: Ms) {
  const { pool, marginals, throughputs } = facts
  const costPerHour = marginals.offers[offerName(offer)] ?? offer.pricePerHour
  const perChip = throughputs[offer.accelerator] ?? null
  const isCooling = pool !== null && pool.until > now
  return {
    supplier: offer.supplier,
    id: offer.id,
    accelerator: offer.accelerator,
    perNode: offer.perNode,
    region: offer.region,
    fabric: offer.fabric ?? null,
    market: offer.market as string,
    pricePerHour: offer.pricePerHour,
    costPerHour,
    because: marginals.because[offerName(offer)] ?? null,
    costPerWork: perChip === null ? null : Math.round(costPerHour / (offer.perNode * perChip)),
    stock: stockText(offer.stock),
    coolingUntil: isCooling ? pool.until : null,
    said: isCooling ? plain(pool.said) : null,
    from: offer.window?.from ?? null,
    until: offer.window?.until ?? null,
    observedAt: offer.observedAt,
    stale: facts.isStale ?? false,
  }
}

function stockText(stock: StockSignal): string {
  if (stock.kind === 'count') return count(stock.nodes, 'node')
  return stock.kind === 'level' ? stock.level : 'unknown'
}

/** `lease` is the one that the action gives back or starts on, where it is known. */
export function actionView(action: Action, lease: Lease | null) {
  const bought = action.do === 'acquire' ? action : lease
  return {
    do: action.do,
    text: actionText(action, lease),
    run: action.do === 'release' ? (lease?.run ?? null) : action.run,
    lease: action.do === 'drain' ? (lease?.id ?? null) : action.lease,
    supplier: bought?.supplier ?? null,
    offer: bought?.offer ?? null,
    accelerators: bought && gangText(bought),
    pricePerHour: bought?.pricePerHour ?? null,
  }
}

function actionText(action: Action, lease: Lease | null): string {
  switch (action.do) {
    case 'acquire': {
      const price = `${perHour(action.pricePerHour)}, at most ${perHour(action.pricePerHourMax)}`
      const offer = offerName({ supplier: action.supplier, id: action.offer })
      return `${action.run}: buy ${gangText(action)} at ${offer} for ${price}`
    }
    case 'release': {
      const from = lease ? ` to ${lease.supplier}` : ''
      return `give ${action.lease} back${from}${because(action.because)}`
    }
    case 'start':
      return `start ${action.run} on ${action.lease}, epoch ${action.epoch}`
    case 'drain':
      return `stop ${action.run}${because(action.because)}`
  }
}

export function reasonView(reason: Reason, now: Ms) {
  const { run, why, ...facts } = reason
  return { run, why: why as string, text: explain(reason, now), facts: facts as Facts }
}

export function eventView(event: Event) {
  const { seq, at, kind, workload, run, lease, supplier, facts } = event
  return {
    seq,
    at,
    kind: kind as string,
    workload,
    run,
    lease,
    supplier,
    text: tell(event),
    facts: facts as Facts,
  }
}

type Facts = Record<string, unknown>
