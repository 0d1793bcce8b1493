/**
 * What may leave for a party, by the contracts, the policy and the list of suppliers in the ledger;
 * and what a job has saved, for whoever asks for it on capacity of another.
 */
import { announceValidMs } from '../../core/acquire/settle.ts'
import { type Clearance, clearanceOf, keptFrom } from '../../core/contracts/clearance.ts'
import { copyBar, houseOf, lawAt } from '../../core/contracts/law.ts'
import { noRecords, outsiders } from '../../core/contracts/rights/act.ts'
import { keptRecords } from '../../core/contracts/rights/kept.ts'
import { withTaken } from '../../core/contracts/rights/taken.ts'
import type { Checkpoint } from '../../core/domain/checkpoint.ts'
import type { Lease } from '../../core/domain/lease.ts'
import type { SupplierSpec } from '../../core/domain/supplier.ts'
import type { Ms } from '../../core/domain/time.ts'
import type { Bodies, Kind, Ledger, Snapshot } from '../../ports/ledger.ts'
import { every } from '../memory.ts'
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

/**
 * Why what a job has saved may not be copied to a lease, by what the ledger has at the very moment
 * of the question; null where it may. Where a job starts from its own the loop has asked already.
 */
export function keptBackBy(ledger: Ledger) {
  return async (saved: Checkpoint, { supplier, region, accelerator }: Lease) => {
    const now = await ledger.now()
    const [status, policy] = await ledger.pick([
      { kind: 'workload', id: saved.workload },
      { kind: 'policy', id: 'policy' },
    ])
    const contracts = withTaken(await all(ledger, 'contract'), await all(ledger, 'exercise'))
    if (!policy?.body.trust && contracts.length === 0) return null
    if (!status) return `nobody knows what ${saved.workload} is`
    const suppliers = await all(ledger, 'supplier')
    const kept = keptRecords(await all(ledger, 'record'))
    const records = { ...noRecords, ...kept, waivers: await all(ledger, 'waiver') }
    const house = houseOf(policy?.body ?? null, suppliers, [saved])
    const law = lawAt(contracts, now, { records, house, aheadMs: announceValidMs * 2 })
    const seller = suppliers.find(({ name }) => name === supplier) ?? null
    const copying = { workload: status.body.spec, supplier, region, accelerator, seller }
    const bar = copyBar(law, copying)
    return bar && `${bar.clause} forbids it: ${bar.because}`
  }
}

async function all<K extends Kind>(ledger: Ledger, kind: K): Promise<readonly Bodies[K][]> {
  const found: Bodies[K][] = []
  for await (const { live, body } of every(ledger, kind)) if (live) found.push(body)
  return found
}
