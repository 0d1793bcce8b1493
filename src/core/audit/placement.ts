/**
 * Invariants of where capacity is bought: the rules in force at the moment of a call, not those at
 * the moment of its plan.
 *
 * Shares no code with what plans or permits, so that an error there is not made here as well.
 */
import type { Event } from '../domain/event.ts'
import type { Policy, SupplierSpec } from '../domain/supplier.ts'
import type { WorkloadStatus } from '../domain/workload.ts'
import type { Evidence, Ruling } from './evidence.ts'

interface Rules {
  policy: Policy | null
  readonly suppliers: Map<string, SupplierSpec>
  readonly workloads: Map<string, WorkloadStatus>
}

/** [I15] Each announced call was allowed by every rule that was in force just then. */
export function callsAreAllowed({ events, rulings }: Evidence): string[] {
  if (!rulings) return []
  const rules: Rules = { policy: null, suppliers: new Map(), workloads: new Map() }
  let next = 0
  return events.flatMap((event) => {
    for (; (rulings[next]?.after ?? event.seq) < event.seq; next += 1) {
      enact(rules, rulings[next] as Ruling)
    }
    if (event.kind !== 'lease.asked') return []
    const why = faultOf(rules, event)
    return why === null ? [] : [`${event.lease} was asked for, though ${why}`]
  })
}

/** [I15] Nothing is asked for once nobody wants it any more. */
export function onlyTheWantedIsAskedFor({ events }: Evidence): string[] {
  const dropped = new Set<string>()
  return events.flatMap(({ kind, lease, seq }) => {
    if (lease === null) return []
    if (kind === 'lease.unwanted') dropped.add(lease)
    const isWrong = kind === 'lease.asked' && dropped.has(lease)
    return isWrong ? [`event ${seq}: ${lease} was asked for, and nobody wanted it`] : []
  })
}

/** [I15] What is held back, so that it tells less of us, is asked for at its moment or later. */
export function heldBackIsHeldBack({ events }: Evidence): string[] {
  const moments = new Map<string, number>()
  return events.flatMap(({ kind, lease, facts, at }) => {
    if (lease === null) return []
    if (kind === 'lease.intended' && typeof facts.notBefore === 'number') {
      moments.set(lease, facts.notBefore)
    }
    const notBefore = moments.get(lease)
    return kind === 'lease.asked' && notBefore !== undefined && at < notBefore
      ? [`${lease} was asked for at ${at}, and was held back until ${notBefore}`]
      : []
  })
}

function enact(rules: Rules, ruling: Ruling): void {
  if ('policy' in ruling) rules.policy = ruling.policy
  else if ('supplier' in ruling) rules.suppliers.set(ruling.supplier.name, ruling.supplier)
  else rules.workloads.set(ruling.workload.spec.name, ruling.workload)
}

function faultOf(rules: Rules, { supplier, workload, facts }: Event): string | null {
  const wish = rules.workloads.get(workload ?? '')
  const seller = rules.suppliers.get(supplier ?? '')
  if (supplier === null || !seller) return `${supplier} is no supplier`
  if (!seller.buying) return `buying at ${supplier} was off`
  const state = seller.standing?.state ?? 'active'
  if (state !== 'active') return `${supplier} was ${state}`
  if (rules.policy?.suppliersDenied.includes(supplier)) return `the policy denied ${supplier}`
  if (rules.policy?.suppliersAllowed?.includes(supplier) === false) {
    return `the policy did not name ${supplier}`
  }
  if (wish?.state !== 'active') return `${workload} was ${wish?.state ?? 'never submitted'}`
  const { suppliers, pricePerHourMax } = wish.spec
  if (suppliers?.includes(supplier) === false) return `${workload} did not name ${supplier}`
  const isDear = pricePerHourMax !== null && Number(facts.pricePerHour) > pricePerHourMax
  return isDear ? `${workload} had a ceiling of ${pricePerHourMax} per hour` : null
}

/** [E3] Nothing is planned at a supplier that does not answer or lists what we never ordered. */
export function nothingBoughtWhereOut({ events }: Evidence): string[] {
  const out = new Set<string>()
  return events.flatMap(({ kind, supplier, lease }) => {
    if (supplier === null) return []
    if (kind === 'supplier.unreachable' || kind === 'supplier.quarantined') out.add(supplier)
    if (kind === 'supplier.reachable') out.delete(supplier)
    const isWrong = kind === 'lease.intended' && out.has(supplier)
    return isWrong ? [`${lease} was intended at ${supplier}, which was out`] : []
  })
}
