/**
 * The rules in force, as the sheet holds them.
 */
import { forbids, outOfMoney } from '../../core/acquire/permit.ts'
import { announceValidMs } from '../../core/acquire/settle.ts'
import { houseOf, type Law, lawAt } from '../../core/contracts/law.ts'
import { noRecords } from '../../core/contracts/rights/act.ts'
import { keptRecords } from '../../core/contracts/rights/kept.ts'
import { withTaken } from '../../core/contracts/rights/taken.ts'
import type { Purchase } from '../../core/contracts/rofr/open.ts'
import type { Lease } from '../../core/domain/lease.ts'
import { defaultPolicy } from '../../core/domain/supplier.ts'
import type { Ms } from '../../core/domain/time.ts'
import type { Expectation } from '../../ports/ledger.ts'
import { purchasesOf } from '../law/purchases.ts'
import { lawId } from '../law/take.ts'
import type { Memory } from '../memory.ts'
import type { Sheet } from './sheet.ts'

/** What contracts say now, as far as the ledger knows. */
export function lawOn(rows: Sheet, memory: Memory, now: Ms): Law {
  const contracts = withTaken(rows.all('contract'), rows.all('exercise'))
  const cases = rows.all('right')
  // What was bought lately counts where somebody may refuse first, and costs nothing elsewhere.
  const isAsked = contracts.some(({ clauses }) => clauses.some(({ kind }) => kind === 'rofr'))
  const purchases = isAsked ? boughtBy(memory) : []
  const kept = keptRecords(rows.all('record'))
  const records = { ...noRecords, ...kept, waivers: rows.all('waiver'), cases, purchases }
  const policy = rows.get('policy', 'policy')
  const house = houseOf(policy, rows.all('supplier'), rows.all('checkpoint'))
  return lawAt(contracts, now, { records, house, aheadMs: announceValidMs * 2 })
}

/** Leases of all times are gone through only once one of them has changed. */
function boughtBy(memory: Memory): readonly Purchase[] {
  memory.purchases ??= purchasesOf(memory.owners.values())
  return memory.purchases
}

/** Why a lease may no longer be asked for; null where it may. */
export function forbidden(rows: Sheet, lease: Lease, law: Law): string | null {
  return forbids(lease, {
    policy: rows.get('policy', 'policy') ?? defaultPolicy,
    supplier: rows.get('supplier', lease.supplier),
    workload: rows.get('workload', lease.workload),
    law,
  })
}

/** Why there is no money left for a lease that was never asked for; null where there is. */
export function unpaid(rows: Sheet, lease: Lease): string | null {
  const policy = rows.get('policy', 'policy') ?? defaultPolicy
  return outOfMoney(lease, rows.all('lease'), policy)
}

/** Whatever was decided before is decided anew before anything else is asked for. */
export function markLaw(rows: Sheet): void {
  const { changes } = rows.get('law', lawId) ?? { changes: 0 }
  rows.set('law', lawId, { changes: changes + 1 })
}

/**
 * The rules under which a purchase, or a start on it, was decided: none of them may change before
 * the call leaves or the start is written. Whoever hosts a seller there gets what the seller gets.
 */
export function expectations(rows: Sheet, lease: Lease): readonly Expectation[] {
  const hosts = rows.get('supplier', lease.supplier)?.hosts?.[lease.region] ?? []
  return [
    { kind: 'law', id: 'law', version: rows.version('law', 'law') },
    { kind: 'policy', id: 'policy', version: rows.version('policy', 'policy') },
    { kind: 'supplier', id: lease.supplier, version: rows.version('supplier', lease.supplier) },
    { kind: 'workload', id: lease.workload, version: rows.version('workload', lease.workload) },
    ...hosts.map(
      (id) => ({ kind: 'supplier', id, version: rows.version('supplier', id) }) as const,
    ),
  ]
}
