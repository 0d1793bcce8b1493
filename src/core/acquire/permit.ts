/**
 * Whether a lease may still be asked for, now: checked before every single call, not only once.
 *
 * Independent of the planner: it looks at the rules in force at this moment, not at the plan.
 */
import { barOf, type Law, signed } from '../contracts/law.ts'
import { type Lease, mayCost } from '../domain/lease.ts'
import { formatUsd, sum } from '../domain/money.ts'
import { type Policy, type SupplierSpec, standingOf } from '../domain/supplier.ts'
import type { WorkloadStatus } from '../domain/workload.ts'

export interface Rules {
  readonly policy: Policy
  readonly supplier: SupplierSpec | null
  readonly workload: WorkloadStatus | null
  readonly law: Law
}

/**
 * Why an intended lease may not be asked for any more, for all that is held or may be: something
 * turned out dearer, or the ceiling was lowered, since it was decided. Null where the money lasts.
 */
export function outOfMoney(lease: Lease, all: readonly Lease[], policy: Policy): string | null {
  const { name, pricePerHourMax: max } = policy
  if (max === null || mayCost(lease)) return null
  const isFirst = ({ state, wanted, id }: Lease) => state === 'intended' && wanted && id < lease.id
  const others = all.filter((each) => mayCost(each) || isFirst(each))
  const spent = sum(others.map((each) => each.pricePerHour ?? each.pricePerHourMax))
  if (spent + lease.pricePerHourMax <= max) return null
  return `the policy ${name} allows at most ${formatUsd(max)} an hour for everything`
}

/** Null where it may; else why it may not, in plain words. */
export function forbids(lease: Lease, { policy, supplier, workload, law }: Rules): string | null {
  if (!supplier) return `${lease.supplier} is no longer a supplier`
  const standing = standingOf(supplier)
  if (standing !== 'active') return `${lease.supplier} is ${standing}`
  if (!supplier.buying) return `buying at ${lease.supplier} is switched off`
  if (policy.suppliersDenied.includes(lease.supplier)) return `the policy denies ${lease.supplier}`
  if (policy.suppliersAllowed && !policy.suppliersAllowed.includes(lease.supplier)) {
    return `the policy does not allow ${lease.supplier}`
  }
  if (lease.endsAt !== undefined && lease.endsAt <= law.at) return 'its block is over'
  if (workload?.state !== 'active') return `${lease.workload} no longer wants capacity`
  const { spec } = workload
  if (spec.suppliers && !spec.suppliers.includes(lease.supplier)) {
    return `${lease.workload} does not allow ${lease.supplier}`
  }
  if (spec.pricePerHourMax !== null && lease.pricePerHourMax > spec.pricePerHourMax) {
    return `${lease.workload} allows at most ${formatUsd(spec.pricePerHourMax)} an hour`
  }
  const { pricePerHourMax: pricePerHour } = lease
  const buying = { ...lease, workload: spec, seller: supplier, pricePerHour }
  const bar = barOf(law, buying)
  if (bar) return `${bar.clause} forbids it: ${bar.because}`
  const due = signed(law, buying)
  if ('refused' in due) return due.refused
  const [first] = due.cases
  return first ? `it was decided before ${first.id}, and is not signed for under it` : null
}
