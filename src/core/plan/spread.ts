/**
 * Keeps the replicas of a service with enough suppliers that one of them may fail.
 *
 * A preference, not a wall: a replica at a crowded supplier is better than none.
 */
import type { Demand } from '../domain/workload.ts'
import type { Tally } from './tally/tally.ts'
import type { View } from './view.ts'

/**
 * Suppliers at which one more replica would not help the spread that the service wants, with the
 * replicas they already have; empty where the spread is wide enough without this replica.
 */
export function crowded(
  view: View,
  tally: Tally,
  { run, workload }: Demand,
): ReadonlyMap<string, number> {
  if (workload.kind !== 'Service' || workload.spreadSuppliers < 2) return nobody
  const counts = new Map<string, number>()
  for (const [replica, supplier] of tally.seats.get(workload.name) ?? []) {
    if (replica !== run) counts.set(supplier, (counts.get(supplier) ?? 0) + 1)
  }
  const replicas = view.fleetOf.get(workload.name)?.replicas ?? 0
  return counts.size < Math.min(workload.spreadSuppliers, replicas) ? counts : nobody
}

const nobody: ReadonlyMap<string, number> = new Map()
