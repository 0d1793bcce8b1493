/**
 * Holds our leases against what a supplier lists, and says what each lease has become.
 *
 * Only what was seen moves a lease; absence does so only where it proves something: the listing is
 * complete, it began late enough, and it is the second of its kind. Nothing is bought here.
 */
import { type EventDraft, event } from '../domain/event.ts'
import { isTooDear, type Lease, type LeaseEnd } from '../domain/lease.ts'
import type { Listing, Rental } from '../domain/rental.ts'
import type { SupplierPromises } from '../domain/supplier.ts'
import type { Ms } from '../domain/time.ts'
import type { NodeSight } from '../domain/world.ts'

/** What one supplier listed; `askedAt` is the ledger's time before the request left. */
export interface Sighting {
  readonly supplier: string
  readonly askedAt: Ms
  readonly listing: Listing
}

export interface SettleSettings {
  /** A lease whose machines have not all reported by then is given back. */
  readonly bootTimeoutMs: number
  /** A node that was not heard for so long has lost its work. */
  readonly silentMs: number
}

export interface SettleInput extends SettleSettings {
  readonly now: Ms
  readonly lease: Lease
  readonly promises: SupplierPromises
  /** The newest listing of its supplier, if one came in since the last turn. */
  readonly sighting: Sighting | null
  /** Its own nodes. */
  readonly sights: readonly NodeSight[]
  /** A call for this lease is under way in this very process; its answer will come. */
  readonly inFlight: boolean
}

export interface Settled {
  readonly lease: Lease
  readonly events: readonly EventDraft[]
}

/**
 * What became of one lease; the very same object where nothing did. It makes one move at a time:
 * the ledger checks each against the table of moves, and the next turn makes the next.
 */
export function settle(input: SettleInput): Settled {
  const { lease, inFlight } = input
  if (inFlight) return { lease, events: [] }
  const steps = [doubted, compared, joined, watched, letGo]
  return steps.reduce<Settled>(
    (settled, step) => {
      if (settled.lease.state !== lease.state) return settled
      const next = step({ ...input, lease: settled.lease })
      return next ? { lease: next.lease, events: [...settled.events, ...next.events] } : settled
    },
    { lease, events: [] },
  )
}

/** An announced call that nobody waits for any more may or may not have happened. */
function doubted({ lease }: SettleInput): Settled | null {
  if (lease.state !== 'asked') return null
  const why = 'the control plane stopped before the answer came'
  return moved({ ...lease, state: 'unsure', why }, 'lease.unsure', { call: lease.calls, said: why })
}

function compared(input: SettleInput): Settled | null {
  const { lease, sighting } = input
  if (!sighting || lease.state === 'intended' || lease.state === 'gone') return null
  const rental = rentalOf(lease, sighting.listing.rentals)
  return rental ? seen(input, rental) : absent(input, sighting)
}

/** The rental that is this lease: the bound one, else the oldest that carries its key. */
export function rentalOf(lease: Lease, rentals: readonly Rental[]): Rental | null {
  const { byId, byKey } = indexed(rentals)
  if (lease.rental !== null) return byId.get(lease.rental) ?? null
  const candidates = byKey.get(lease.key) ?? []
  const alive = candidates.filter(({ state }) => state !== 'ended')
  const pool = alive.length > 0 ? alive : candidates
  return [...pool].sort(older)[0] ?? null
}

interface Indexed {
  readonly byId: ReadonlyMap<string, Rental>
  readonly byKey: ReadonlyMap<string | null, readonly Rental[]>
}

/** A memo and nothing else: every lease of a supplier is looked for in the same listing. */
const indexes = new WeakMap<readonly Rental[], Indexed>()

function indexed(rentals: readonly Rental[]): Indexed {
  const known = indexes.get(rentals)
  if (known) return known
  const byId = new Map(rentals.toReversed().map((rental) => [rental.id, rental]))
  const fresh = { byId, byKey: Map.groupBy(rentals, ({ key }) => key) }
  indexes.set(rentals, fresh)
  return fresh
}

function older(a: Rental, b: Rental): number {
  if (a.startedAt !== b.startedAt) return a.startedAt - b.startedAt
  return a.id < b.id ? -1 : 1
}

function seen(input: SettleInput, rental: Rental): Settled | null {
  const { lease, now } = input
  if (rental.state === 'ended') return over(input, rental)
  if (lease.state === 'unsure') {
    return bound(lease, rental, { call: lease.calls, adopted: true }, now)
  }
  if (rental.noticeUntil !== null && lease.noticeUntil === null) {
    const next = { ...lease, noticeUntil: rental.noticeUntil, absentCount: 0 }
    return moved(next, 'lease.notice', { until: rental.noticeUntil })
  }
  const off = rental.state === 'running' ? rental.nodes.filter(({ up }) => !up) : []
  const [first] = off
  if (first && lease.state !== 'releasing') {
    const failed = { since: now, nodes: off.length }
    return unwanted({ ...lease, failed }, `its machine ${first.machine} is off`)
  }
  return lease.absentCount > 0 ? { lease: { ...lease, absentCount: 0 }, events: [] } : null
}

/** A lease that turned out to exist. One above its ceiling is given back at once. */
export function bound(
  lease: Lease,
  rental: Rental,
  facts: EventDraft['facts'],
  now: Ms,
): { lease: Lease; events: EventDraft[] } {
  const tooDear = isTooDear({ ...lease, pricePerHour: rental.pricePerHour })
  const next: Lease = {
    ...lease,
    state: 'held',
    rental: rental.id,
    pricePerHour: rental.pricePerHour,
    heldAt: now,
    absentCount: 0,
    refusedUnsettled: false,
    noticeUntil: rental.noticeUntil,
    wanted: lease.wanted && !tooDear,
    why: tooDear ? 'its price is above what was agreed' : lease.wanted ? null : lease.why,
  }
  const held = leaseEvent(next, 'lease.held', { ...facts, rental: rental.id })
  const isDropped = lease.wanted && !next.wanted
  return {
    lease: next,
    events: isDropped ? [held, leaseEvent(next, 'lease.unwanted', { because: next.why })] : [held],
  }
}

function over({ lease, now, sights }: SettleInput, rental: Rental): Settled {
  const off = new Set(rental.nodes.map(({ machine }) => machine))
  const machinesOff = sights.length > 0 && sights.every(({ node }) => off.has(node.machine))
  const known = { ...lease, rental: rental.id, pricePerHour: rental.pricePerHour, machinesOff }
  const asked = lease.state === 'releasing'
  return ended(known, asked ? 'released' : 'lost', now)
}

/**
 * An announced call leaves within so long, or not at all: a paused leader must not buy late, and
 * whoever looks afterwards must know until when one may still have left.
 */
export const announceValidMs = 5_000

/**
 * Not listed. A call leaves within `announceValidMs`, may take effect for `lateEffectMs`, and show
 * for `listLagMs` after that, so an older listing proves nothing; and one complete listing may
 * still be wrong, so it takes two.
 */
function absent({ lease, promises, now }: SettleInput, sighting: Sighting): Settled | null {
  const settledAt =
    lease.rental === null
      ? (lease.calledAt ?? now) + announceValidMs + promises.lateEffectMs + promises.listLagMs
      : (lease.heldAt ?? now) + promises.listLagMs
  if (!sighting.listing.complete || sighting.askedAt <= settledAt) return null
  const absentCount = lease.absentCount + 1
  if (absentCount < 2) return { lease: { ...lease, absentCount }, events: [] }
  if (lease.rental === null) return ended({ ...lease, absentCount }, 'absent', now)
  return ended({ ...lease, absentCount }, lease.state === 'releasing' ? 'released' : 'lost', now)
}

/** Held capacity is ready once every node's agent has proved that it is of this lease. */
function joined({ lease, sights, now, bootTimeoutMs }: SettleInput): Settled | null {
  if (lease.state !== 'held' || !lease.wanted) return null
  const indexes = new Set(sights.map(({ node }) => node.index))
  if (indexes.size >= lease.nodes) {
    return moved({ ...lease, state: 'ready', readyAt: now }, 'lease.ready', {})
  }
  if (now - (lease.heldAt ?? now) <= bootTimeoutMs) return null
  const missing = lease.nodes - indexes.size
  const failed = { since: lease.heldAt ?? now, nodes: missing }
  return unwanted({ ...lease, failed }, `${missing} of its ${lease.nodes} machines never reported`)
}

/** A node that nobody hears may be dead or cut off; its work counts as lost either way. */
function watched({ lease, now, sights, silentMs }: SettleInput): Settled | null {
  if (lease.state !== 'ready' || !lease.wanted) return null
  const silent = sights.filter(({ heardAgoMs }) => heardAgoMs > silentMs)
  const [first] = silent
  if (!first) return null
  const heardAgoMs = Math.min(...silent.map((each) => each.heardAgoMs))
  const failed = { since: now - heardAgoMs, nodes: silent.length }
  return unwanted({ ...lease, failed }, `node ${first.node.index} was not heard for ${silentMs} ms`)
}

/** What nobody wants goes as soon as it can: unasked at once, held by a release. */
function letGo({ lease, now }: SettleInput): Settled | null {
  if (lease.wanted) return null
  if (lease.state === 'intended') return ended(lease, 'void', now)
  if (lease.state !== 'held' && lease.state !== 'ready') return null
  return moved({ ...lease, state: 'releasing' }, 'lease.releasing', { because: lease.why })
}

/** Marks a lease as no longer wanted; idempotent. */
export function unwanted(lease: Lease, why: string): Settled | null {
  if (!lease.wanted || lease.state === 'gone') return null
  return moved({ ...lease, wanted: false, why }, 'lease.unwanted', { because: why })
}

function ended(lease: Lease, end: LeaseEnd, now: Ms): Settled {
  const gone: Lease = { ...lease, state: 'gone', wanted: false, goneAt: now, end }
  return moved(gone, 'lease.gone', { end, because: lease.why })
}

/** The facts that every event of a lease carries, beside its own. */
export function leaseFacts(lease: Lease): EventDraft['facts'] {
  const { offer, accelerator, perNode, nodes, pricePerHour, pricePerHourMax } = lease
  return { offer, accelerator, perNode, nodes, pricePerHour: pricePerHour ?? pricePerHourMax }
}

function moved(lease: Lease, kind: EventDraft['kind'], facts: EventDraft['facts']): Settled {
  return { lease, events: [leaseEvent(lease, kind, facts)] }
}

export function leaseEvent(
  lease: Lease,
  kind: EventDraft['kind'],
  facts: EventDraft['facts'],
): EventDraft {
  const { workload, run, supplier } = lease
  return event(
    kind,
    { workload, run, lease: lease.id, supplier },
    { ...leaseFacts(lease), ...facts },
  )
}
