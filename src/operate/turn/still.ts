/**
 * Whether a turn may be left out: where everything stands and nothing new was seen, to decide again
 * would say nothing again.
 *
 * Time alone may change a decision too, so nothing stands still for longer than a few ticks, nor
 * past a moment from which something waits to be done. To do nothing is always safe; here it is
 * only as late as that.
 */
import type { Lease } from '../../core/domain/lease.ts'
import type { Listing } from '../../core/domain/rental.ts'
import type { Run } from '../../core/domain/run.ts'
import type { Ms } from '../../core/domain/time.ts'
import type { NodeSight } from '../../core/domain/world.ts'
import type { Kind, Put, Row, Snapshot } from '../../ports/ledger.ts'
import type { Settings } from '../settings.ts'
import { asOld, isAlike } from './alike.ts'
import type { Decision } from './decide.ts'
import type { Observed } from './observed.ts'

const ticksMax = 5

/** What a turn sees. */
export interface Sight {
  readonly snapshot: Snapshot
  readonly seen: Observed
}

/** What a turn was decided on that left nothing to do. */
export interface Still extends Sight {
  /** What each supplier listed last. */
  readonly listings: ReadonlyMap<string, Listing>
  readonly until: Ms
}

type Times = Pick<Settings, 'tickMs' | 'silentMs'>

export interface Stillness {
  /** Whether this turn may be left out. */
  lasts(sight: Sight): boolean
  /** Until `note` says so once more, each turn decides. */
  end(): void
  /** What came of a turn that is in the ledger by now. */
  note(decision: Decision, sight: Sight): void
}

export function stillness(times: Times): Stillness {
  let still: Still | null = null
  const listings = new Map<string, Listing>()
  return {
    lasts: (sight) => still !== null && isStill(still, sight, times),
    end() {
      still = null
    },
    note(decision, sight) {
      for (const { supplier, listing } of sight.seen.sightings) listings.set(supplier, listing)
      still = stillAfter(decision, { ...sight, listings }, times)
    },
  }
}

/** Decided upon in the very turn that writes them: nothing else follows from them. */
const quietKinds: ReadonlySet<Kind> = new Set<Kind>(['plan', 'outage'])

export function areQuiet(puts: readonly Pick<Put, 'kind'>[]): boolean {
  return puts.every(({ kind }) => quietKinds.has(kind))
}

/** Null where the next turn has to decide, whatever it sees. */
export function stillAfter(
  { commit, asks, strays }: Decision,
  sight: Omit<Still, 'until'>,
  { tickMs }: Pick<Times, 'tickMs'>,
): Still | null {
  const { snapshot, seen, listings } = sight
  const { puts, events } = commit
  const done = [asks, strays, [...seen.inFlight]]
  if (done.some((each) => each.length > 0) || seen.straysSeen.size > 0) return null
  if (!areQuiet(puts) || (puts.length === 0 && events.length > 0)) return null
  const now = snapshot.now
  const rows = asWritten(snapshot.rows, puts)
  if (!rows.lease.every(({ body }) => isSettled(body) || isGoing(body, listings))) return null
  if (!rows.run.every(({ body }) => isSteady(body))) return null
  const moments = [
    ...rows.pool.map(({ body }) => body.until),
    ...rows.run.map(({ body }) => body.notBefore),
  ].filter((moment) => moment > now)
  const until = Math.min(now + ticksMax * tickMs, ...moments)
  return { ...sight, snapshot: { now, rows }, until }
}

/** As whoever reads next finds them. */
function asWritten(rows: Snapshot['rows'], puts: readonly Put[]): Snapshot['rows'] {
  const next: Record<string, readonly Row[]> = { ...rows }
  for (const { version, ...put } of puts) {
    const others = (next[put.kind] ?? []).filter(({ id }) => id !== put.id)
    const written = put.live ? [{ ...put, version: version + 1 } as Row] : []
    next[put.kind] = [...others, ...written].sort((a, b) => (a.id < b.id ? -1 : 1))
  }
  return next as Snapshot['rows']
}

/** Whatever its supplier still has to answer, or lists no more, is looked at again and again. */
function isSettled({ state, wanted, absentCount }: Lease): boolean {
  return (state === 'held' || state === 'ready') && wanted && absentCount === 0
}

/** It is given back, and its supplier still shows it: to ask again needs no decision. */
function isGoing({ state, supplier, rental }: Lease, listings: Still['listings']): boolean {
  const shown = listings.get(supplier)?.rentals.find(({ id }) => id === rental)
  return state === 'releasing' && shown !== undefined && shown.state !== 'ended'
}

/** No clock runs out for it. */
function isSteady({ state }: Run): boolean {
  return state === 'running' || state === 'waiting'
}

export function isStill(
  still: Still,
  { snapshot, seen }: Sight,
  { silentMs }: Pick<Times, 'silentMs'>,
): boolean {
  if (snapshot.now >= still.until || seen.inFlight.size > 0) return false
  const { rows } = snapshot
  const kinds = Object.keys(rows) as (keyof typeof rows)[]
  return (
    kinds.every((kind) => areSame(rows[kind], still.snapshot.rows[kind])) &&
    rows.supplier.every(({ body }) => seen.known(body.name) === still.seen.known(body.name)) &&
    seen.sightings.every(({ supplier, listing }) => {
      return isAlike(listing, still.listings.get(supplier))
    }) &&
    areHeardAlike(seen.sights, still.seen.sights, silentMs) &&
    isAlike(seen.offers, still.seen.offers, asOld) &&
    isAlike(seen.outages, still.seen.outages) &&
    isAlike(seen.requestsPerSecond, still.seen.requestsPerSecond)
  )
}

function areSame(some: readonly Row[], others: readonly Row[]): boolean {
  if (some === others) return true
  return (
    some.length === others.length &&
    some.every(({ id, version }, index) => {
      return id === others[index]?.id && version === others[index]?.version
    })
  )
}

/** Whatever was heard moves with every moment; what counts is who is silent. */
function areHeardAlike(
  some: readonly NodeSight[],
  others: readonly NodeSight[],
  silentMs: Ms,
): boolean {
  const isSilent = ({ heardAgoMs }: NodeSight) => heardAgoMs > silentMs
  return (
    some.length === others.length &&
    some.every((sight, index) => {
      const other = others[index]
      if (other === undefined || isSilent(sight) !== isSilent(other)) return false
      return isAlike(sight.node, other.node)
    })
  )
}
