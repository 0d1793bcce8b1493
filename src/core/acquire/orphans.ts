/**
 * Finds what a supplier lists under our owner tag and no lease of ours owns.
 *
 * A rental whose key we once issued is given back. A key that we never issued means that the ledger
 * lost data or that a second installation has our name: nothing is touched, and buying there stops.
 */
import type { Lease } from '../domain/lease.ts'
import type { Rental } from '../domain/rental.ts'
import { rentalOf } from './settle.ts'

/** Under our tag with a key that was never issued, or with none: not ours to touch. */
export function foreign(
  rentals: readonly Rental[],
  wasIssued: (key: string) => boolean,
): readonly Rental[] {
  return rentals.filter(({ key, state }) => state !== 'ended' && (key === null || !wasIssued(key)))
}

/**
 * Ours without doubt, and owned by no lease: to be given back if seen a second time. `leases` are
 * the supplier's, read after the listing was taken.
 */
export function strays(
  rentals: readonly Rental[],
  leases: readonly Lease[],
  wasIssued: (key: string) => boolean,
): readonly Rental[] {
  const owned = new Set(leases.flatMap((lease) => rentalOf(lease, rentals)?.id ?? []))
  // A lease whose purchase is still open may come to own it.
  const open = leases.filter(({ state, rental }) => state !== 'gone' && rental === null)
  const openKeys = new Set(open.map(({ key }) => key))
  return rentals.filter(
    ({ id, key, state }) =>
      state !== 'ended' && key !== null && !owned.has(id) && !openKeys.has(key) && wasIssued(key),
  )
}
