/**
 * Invariant of trust: data went nowhere that it might not go when a call left or work began.
 *
 * Reads the rules by itself; of the room that judges it shares only the list of usual rules.
 */
import type { Event } from '../domain/event.ts'
import type { Policy, SupplierSpec } from '../domain/supplier.ts'
import type { Workload } from '../domain/workload.ts'
import { standardTrust } from '../trust/standard.ts'
import type { Evidence } from './evidence.ts'

/**
 * [I15] Trust is asked at every purchase, and at every start, which copies weights and data: of the
 * class that the work names, of that of what it reads, and of each that it ever saved under.
 */
export function dataGoesWhereItMay({ events, rulings, leases }: Evidence): string[] {
  if (!rulings?.some((each) => 'policy' in each && each.policy.trust)) return []
  const suppliers = new Map<string, SupplierSpec>()
  const wishes = new Map<string, Workload>()
  const regions = new Map(leases.map(({ id, region }) => [id, region]))
  const saved = new Map<string, ReadonlySet<string>>()
  const waivers: Event[] = []
  let policy: Policy | null = null
  let next = 0
  return events.flatMap((event) => {
    for (; (rulings[next]?.after ?? event.seq) < event.seq; next += 1) {
      const ruling = rulings[next]
      if (!ruling) break
      if ('policy' in ruling) policy = ruling.policy
      else if ('supplier' in ruling) suppliers.set(ruling.supplier.name, ruling.supplier)
      else wishes.set(ruling.workload.spec.name, ruling.workload.spec)
    }
    const { kind, lease, facts } = event
    if (kind === 'waiver.given' && facts.inForce === true) waivers.push(event)
    const places = kind === 'lease.asked' || kind === 'run.started'
    const wish = wishes.get(event.workload ?? '')
    if (kind === 'checkpoint.accepted' && wish?.dataClass) {
      saved.set(wish.name, new Set([...(saved.get(wish.name) ?? []), wish.dataClass]))
    }
    const seller = suppliers.get(String(event.supplier ?? facts.supplier ?? ''))
    if (!places || !policy?.trust || !wish || !seller) return []
    const own = wish.dataClass ?? policy.trust.unclassified
    const read = wish.data?.dataClass ? [wish.data.dataClass] : []
    const classes = new Set([own, ...read, ...(saved.get(wish.name) ?? [])])
    // What is written late was decided before; a call that is late is not sent any more.
    const at = Number(facts.calledAt ?? facts.startedAt ?? event.at)
    const relations = parties(seller, regions.get(lease ?? '') ?? '', at, suppliers)
    const isWaived = (rule: string) =>
      waivers.some(({ facts: { clause, until } }) => clause === rule && at < Number(until))
    return [...classes].flatMap((data) => {
      const broken = relations.find((each) => !mayGo(policy as Policy, data, each, seller, at))
      const rule = `trust/${data}-${broken}`
      if (broken === undefined || isWaived(rule)) return []
      return [`event ${event.seq}: ${wish.name} went to ${seller.name}, against ${rule}`]
    })
  })
}

function parties(
  seller: SupplierSpec,
  region: string,
  at: number,
  suppliers: ReadonlyMap<string, SupplierSpec>,
): readonly string[] {
  const chain = (seller.hosts?.[region] ?? []).map((name) => suppliers.get(name))
  return [seller, ...chain].flatMap((party) => {
    if (!party) return ['unknown']
    const now = (party.relations ?? [])
      .filter(({ from, to }) => !(from !== null && at < from) && !(to !== null && to <= at))
      .map(({ relation }) => relation)
    return now.length > 0 ? now : ['neutral']
  })
}

function mayGo(
  { trust }: Policy,
  data: string,
  relation: string,
  { controls = [] }: SupplierSpec,
  at: number,
): boolean {
  const rules = [...(trust?.rules ?? []), ...(trust?.isUsual ? standardTrust : [])]
  for (const rule of rules) {
    const isAbout =
      rule.data.join().includes(data) && rule.relations.some((one) => one === relation)
    if (!isAbout) continue
    const isHeld = (name: string) => controls.some((one) => one.control === name && at < one.until)
    return rule.verdict === 'allow' && rule.controls.every(isHeld)
  }
  return false
}
