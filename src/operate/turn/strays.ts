/**
 * Sorts what suppliers list under our name and no lease of ours owns.
 *
 * Strays are given back once two listings showed them. A supplier that lists keys which we never
 * issued counts as out until it no longer does; its foreign rentals are never touched.
 */
import { foreign, strays } from '../../core/acquire/orphans.ts'
import { event } from '../../core/domain/event.ts'
import type { Ms } from '../../core/domain/time.ts'
import type { Outage } from '../../core/domain/world.ts'
import type { Memory } from '../memory.ts'
import type { Observed } from './observed.ts'
import type { Sheet } from './sheet.ts'

export interface Stray {
  /** `<supplier>/<rental>`. */
  readonly id: string
  readonly supplier: string
  readonly rental: string
  /** Seen in two listings, by whomever: it may be given back now. */
  readonly certain: boolean
}

export function findStrays(
  rows: Sheet,
  { sightings, straysSeen }: Observed,
  memory: Memory,
): readonly Stray[] {
  const all = new Map(
    [...rows.all('lease'), ...rows.changed('lease')].map((each) => [each.id, each]),
  )
  const leases = Map.groupBy(all.values(), ({ supplier }) => supplier)
  const wasIssued = (key: string) => memory.owners.has(key)
  return sightings.flatMap(({ supplier, listing }) =>
    strays(listing.rentals, leases.get(supplier) ?? [], wasIssued).map(({ id: rental, key }) => {
      const id = `${supplier}/${rental}`
      const lease = key === null ? null : (memory.owners.get(key)?.id ?? null)
      // Whoever listed it for another control plane, now gone, left a charge that nobody owned.
      const wasSeen = rows.get('charge', id)?.account === 'waste'
      const certain = wasSeen || straysSeen.has(id)
      if (certain) rows.events.push(event('orphan.releasing', { supplier, lease }, { rental }))
      return { id, supplier, rental, certain }
    }),
  )
}

/** Writes which suppliers are out, and why; says so once when it begins and once when it ends. */
export function noteOutages(rows: Sheet, observed: Observed, memory: Memory, now: Ms): void {
  const { outages, sightings } = observed
  const listings = new Map(sightings.map(({ supplier, listing }) => [supplier, listing]))
  for (const supplier of rows.all('supplier').map(({ name }) => name)) {
    const known = rows.get('outage', supplier)
    const listing = listings.get(supplier)
    const found = foreign(listing?.rentals ?? [], (key) => memory.owners.has(key))
    const silent = outages.find((outage) => outage.supplier === supplier) ?? null
    // Only a complete listing shows that they are gone.
    const isCleared = listing?.complete === true && found.length === 0
    const stillForeign = known?.cause === 'foreign-rentals' && !isCleared ? known : silent
    const next = found.length > 0 ? quarantine(supplier, found, now) : stillForeign
    write(rows, supplier, known, next)
  }
}

function quarantine(supplier: string, found: readonly { id: string }[], since: Ms): Outage {
  const said = `it lists ${found.map(({ id }) => id).join(', ')} under our name with unknown keys`
  return { supplier, cause: 'foreign-rentals', since, said }
}

function write(rows: Sheet, supplier: string, known: Outage | null, next: Outage | null): void {
  if (known && next && known.cause === next.cause) return
  if (next) {
    rows.set('outage', supplier, next)
    const kind = next.cause === 'silent' ? 'supplier.unreachable' : 'supplier.quarantined'
    rows.events.push(event(kind, { supplier }, { said: next.said }))
  } else if (known) {
    rows.set('outage', supplier, known, false)
    rows.events.push(event('supplier.reachable', { supplier }, {}))
  }
}
