/**
 * What is held under a clause: what a tier counts.
 */
import type { Clause } from '../../domain/clause.ts'
import { type Lease, mayCost } from '../../domain/lease.ts'
import { factsOf, type Paid } from '../money/account.ts'
import { isInScope } from '../scope.ts'

/** What a lease, a charge and a part of one have in common. */
export type Held = Pick<
  Paid,
  'supplier' | 'accelerator' | 'workload' | 'workloadKind' | 'product' | 'region'
>

/** Whether a clause is surely about it, at whatever time. */
export function isUnder(clause: Clause, held: Held): boolean {
  const { supplier, accelerator } = held
  if (supplier !== clause.with) return false
  const known = { supplier: [supplier], accelerator: [accelerator ?? ''] }
  return isInScope(clause.scope, { ...factsOf(held), ...known })
}

/** Accelerators under a clause that may be charged for. */
export interface Standing {
  readonly held: number
  /** By the id of a lease: those of older ones, which stand in the tiers below it. */
  readonly before: ReadonlyMap<string, number>
}

export function standingOf(clause: Clause, leases: readonly Lease[]): Standing {
  const ours = leases
    .filter((each) => mayCost(each) && isUnder(clause, each))
    .sort((a, b) => a.intendedAt - b.intendedAt || (a.id < b.id ? -1 : 1))
  let held = 0
  const before = new Map<string, number>()
  for (const lease of ours) {
    before.set(lease.id, held)
    held += acceleratorsOf([lease])
  }
  return { held, before }
}

export function acceleratorsOf(leases: readonly Lease[]): number {
  return leases.reduce((sum, { perNode, nodes }) => sum + perNode * nodes, 0)
}
