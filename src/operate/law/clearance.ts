/**
 * What may leave for a party, by the contracts, the policy and the list of suppliers in the ledger.
 */
import { type Clearance, clearanceOf, keptFrom } from '../../core/contracts/clearance.ts'
import { houseOf, lawAt } from '../../core/contracts/law.ts'
import { outsiders } from '../../core/contracts/rights/act.ts'
import type { SupplierSpec } from '../../core/domain/supplier.ts'
import type { Ms } from '../../core/domain/time.ts'
import type { Snapshot } from '../../ports/ledger.ts'
import { historyOf } from './take.ts'

export function clearanceFor(
  { rows, now }: Pick<Snapshot, 'rows' | 'now'>,
  to: string,
  at: Ms = now,
): Clearance {
  const sellers = rows.supplier.map(({ body }) => body)
  const house = houseOf(rows.policy[0]?.body ?? null, sellers)
  return clearanceOf(lawAt(historyOf({ rows }), at, { house }), to)
}

/** The suppliers of whom outsiders may know that we deal with them. */
export function publicList(snapshot: Snapshot): readonly SupplierSpec[] {
  const clearance = clearanceFor(snapshot, outsiders)
  const suppliers = snapshot.rows.supplier.map(({ body }) => body)
  return suppliers.filter(({ name }) => !keptFrom(clearance, { fact: 'existence', about: name }))
}
