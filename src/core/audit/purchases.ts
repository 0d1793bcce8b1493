/**
 * Invariants of buying: nothing leaks, nothing is bought twice, nothing is bought unannounced.
 */
import type { Event } from '../domain/event.ts'
import type { Lease } from '../domain/lease.ts'
import type { Ms } from '../domain/time.ts'
import type { Evidence, Sale } from './evidence.ts'

/**
 * [I1] Whatever a supplier holds under our name belongs to a lease that is in force. Nobody gives
 * back what he cannot reach: while a supplier was out, the grace did not run.
 */
export function noLeak(evidence: Evidence): string[] {
  const { now, settled, graceMs } = evidence
  const byKey = leasesByKey(evidence)
  return ours(evidence).flatMap(({ supplier, rental }) => {
    if (rental.endedAt !== null) return []
    const lease = byKey.get(rental.key ?? '')
    const owned = lease !== undefined && lease.state !== 'gone' && mayOwn(lease, rental.id)
    if (settled) return [`${supplier} still has ${rental.id} running, of ${lease?.id ?? 'nobody'}`]
    const since = Math.max(rental.startedAt, lease?.goneAt ?? rental.startedAt)
    return owned || reachableMs(evidence, supplier, since, now) <= graceMs
      ? []
      : [`${supplier} has ${rental.id} running since ${since}, of ${lease?.id ?? 'nobody'}`]
  })
}

function reachableMs({ events }: Evidence, supplier: string, since: Ms, now: Ms): number {
  let [reachable, from] = [0, since]
  let isOut = false
  for (const { kind, at, supplier: about } of events) {
    if (about !== supplier || !/^supplier\.(unreachable|reachable|quarantined)$/.test(kind))
      continue
    const until = Math.max(from, at)
    if (!isOut) reachable += until - from
    isOut = kind === 'supplier.unreachable'
    from = until
  }
  return isOut ? reachable : reachable + now - from
}

function mayOwn(lease: Lease, rental: string): boolean {
  return lease.rental === null || lease.rental === rental
}

/**
 * [I2] A run buys one lease at a time: the next one only to replace the one before on purpose, or
 * after that one was given up. And what was settled as never bought was never bought.
 */
export function noDoubleBuy(evidence: Evidence): string[] {
  const replaced = new Map(evidence.leases.map(({ id, replaces }) => [id, replaces]))
  return [
    ...bySlot(evidence).flatMap((events) => overlaps(events, replaced)),
    ...wronglySettled(evidence),
  ]
}

function bySlot({ events }: Evidence): readonly (readonly Event[])[] {
  const ofLeases = events.filter(({ run, lease }) => run !== null && lease !== null)
  return [...Map.groupBy(ofLeases, ({ run }) => run).values()]
}

function overlaps(
  events: readonly Event[],
  replaced: ReadonlyMap<string, string | null>,
): string[] {
  const wanted = new Set<string>()
  const found: string[] = []
  for (const { kind, lease, run, facts } of events) {
    if (lease === null) continue
    if (kind === 'lease.intended') {
      for (const other of wanted) {
        if (replaced.get(lease) === other) continue
        found.push(`${lease} was intended for ${run} while ${other} was still wanted`)
      }
      wanted.add(lease)
    }
    if (kind === 'lease.unwanted' || kind === 'lease.gone') wanted.delete(lease)
    if (kind === 'lease.refused' && facts.settled === true) wanted.delete(lease)
  }
  return found
}

function wronglySettled(evidence: Evidence): string[] {
  const byKey = leasesByKey(evidence)
  return ours(evidence).flatMap(({ supplier, rental, excuse }) => {
    const lease = byKey.get(rental.key ?? '')
    if (lease?.state !== 'gone' || lease.goneAt === null) return []
    const isNothing = lease.end === 'void' || lease.end === 'refused' || lease.end === 'absent'
    if (isNothing && excuse === null) {
      return [`${lease.id} ended as ${lease.end}, and ${supplier} sold ${rental.id} for it`]
    }
    const endedAt = rental.endedAt ?? Number.POSITIVE_INFINITY
    return lease.rental === rental.id && endedAt > lease.goneAt + evidence.skewMs
      ? [`${lease.id} was ${lease.end} at ${lease.goneAt}, and ${rental.id} went on`]
      : []
  })
}

/** [I3] Whatever was sold was intended and announced before, and no more often than announced. */
export function intentFirst(evidence: Evidence): string[] {
  const byKey = leasesByKey(evidence)
  const intended = firstOf(evidence.events, 'lease.intended')
  const asked = Map.groupBy(
    evidence.events.filter(({ kind }) => kind === 'lease.asked'),
    ({ lease }) => lease,
  )
  const sales = Map.groupBy(ours(evidence), ({ rental }) => rental.key)
  return [...sales].flatMap(([key, sold]) => {
    const lease = byKey.get(key ?? '')
    const ids = sold.map(({ rental }) => rental.id).join(', ')
    if (!lease) return [`${ids} carry the key ${key}, which no lease has`]
    const first = Math.min(...sold.map(({ rental }) => rental.startedAt)) + evidence.skewMs
    const since = intended.get(lease.id)
    const calls = asked.get(lease.id) ?? []
    const counted = sold.filter(({ excuse }) => excuse !== 'copied').length
    return [
      ...(since !== undefined && since <= first ? [] : [`${ids} came before any intent`]),
      ...((calls[0]?.at ?? Number.POSITIVE_INFINITY) <= first
        ? []
        : [`${ids} of ${lease.id} came before any announced call`]),
      ...(counted <= calls.length
        ? []
        : [`${counted} rentals of ${lease.id} came from ${calls.length} announced calls`]),
    ]
  })
}

/**
 * [I4] Where a repeated key is safe, one key never buys twice; where a name is unique, it may be
 * taken again once its rental has ended.
 */
export function oneKeyOneRental(evidence: Evidence): string[] {
  const sales = Map.groupBy(ours(evidence), ({ rental }) => rental.key)
  return [...sales].flatMap(([key, sold]) => {
    const sorted = [...sold].sort((a, b) => a.rental.startedAt - b.rental.startedAt)
    return sorted.slice(1).flatMap(({ supplier, rental }, index) => {
      const supplierClass = evidence.promises[supplier]?.class
      const before = sorted[index]?.rental
      const isOver = before?.endedAt != null && before.endedAt <= rental.startedAt
      return supplierClass === 'C' || (supplierClass === 'B' && isOver)
        ? []
        : [`${supplier} sold ${before?.id} and ${rental.id} for ${key}`]
    })
  })
}

/** [I5] Where it is not, no call leaves for a lease while another may still take effect. */
export function oneOpenCall({ events, promises }: Evidence): string[] {
  const open = new Map<string, Ms>()
  const found: string[] = []
  for (const { kind, lease, supplier, at } of events) {
    if (lease === null || supplier === null) continue
    const promise = promises[supplier]
    if (promise?.class !== 'C') continue
    if (kind === 'lease.held' || kind === 'lease.gone') open.delete(lease)
    if (kind !== 'lease.asked') continue
    const since = open.get(lease)
    open.set(lease, at)
    if (since !== undefined && at - since < promise.lateEffectMs + promise.listLagMs) {
      found.push(`${lease} was asked for at ${at}, and the call of ${since} was still open`)
    }
  }
  return found
}

/** [I11] Nothing is swept away that a lease in force owns, or that we never ordered. */
export function noWrongfulRelease({ events }: Evidence): string[] {
  const owners = new Map<string, string>()
  const found: string[] = []
  for (const { kind, lease, supplier, facts } of events) {
    const rental = `${supplier}/${facts.rental}`
    if (kind === 'lease.held' && lease !== null) owners.set(rental, lease)
    if (kind === 'lease.gone') {
      for (const [id, owner] of owners) if (owner === lease) owners.delete(id)
    }
    if (kind !== 'orphan.releasing') continue
    const owner = owners.get(rental)
    if (lease === null) found.push(`${rental} was swept away, and was never ordered`)
    if (owner !== undefined) found.push(`${rental} was swept away, and ${owner} owned it`)
  }
  return found
}

function ours({ rentals, installation }: Evidence): readonly Sale[] {
  return (rentals ?? []).filter(({ rental }) => rental.owner === installation)
}

function leasesByKey({ leases }: Evidence): ReadonlyMap<string, Lease> {
  return new Map(leases.map((lease) => [lease.key, lease]))
}

function firstOf(events: readonly Event[], kind: Event['kind']): ReadonlyMap<string, Ms> {
  const first = new Map<string, Ms>()
  for (const event of events) {
    if (event.kind !== kind || event.lease === null || first.has(event.lease)) continue
    first.set(event.lease, event.at)
  }
  return first
}
