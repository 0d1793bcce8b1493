/**
 * Invariant of contracts that prefer somebody: while the other side has nothing to sell, whoever
 * comes first in the order is bought from first, whatever it costs.
 *
 * Judges by what suppliers said, and only where all was still for long: what a control plane knew
 * when it decided is beyond doubt then. Shares no code with what plans.
 */
import { type Clause, clauseName, type PreferredOverflow } from '../domain/clause.ts'
import type { Contract } from '../domain/contract.ts'
import type { Event } from '../domain/event.ts'
import type { Lease } from '../domain/lease.ts'
import type { Offer } from '../domain/offer.ts'
import type { Policy, SupplierSpec } from '../domain/supplier.ts'
import type { Ms } from '../domain/time.ts'
import type { Job, Workload } from '../domain/workload.ts'
import { binding, holds, withLeftOut } from './clauses.ts'
import type { Evidence, Quote, Ruling } from './evidence.ts'

/** As long as the longest pause after a refusal, and as a few quotes. */
const stillMs = 30 * 60_000
/** A plan may be written so long after it was made. */
const lateMs = 60_000

interface Past {
  readonly law: Map<string, Contract>
  policy: Policy | null
  readonly suppliers: Map<string, SupplierSpec>
  readonly wishes: Map<string, Workload>
  /** Who leads. */
  holder: string
  /** When the law, the policy, a wish, or what is known of a supplier last changed. */
  readonly changedAt: Map<string, Ms>
}

/** [I17] Nothing is bought further down the order of a clause than where it could be had. */
export function preferenceIsKept(evidence: Evidence): string[] {
  const { events, contracts, quotes, rulings, leases } = evidence
  const isPreferred = contracts?.some(({ clauses }) => clauses.some(isPreference))
  if (!contracts || !isPreferred || !quotes || !rulings) return []
  const versions = new Map(contracts.map((each) => [`${each.name} ${each.generation}`, each]))
  const bought = new Map(leases.map((lease) => [lease.id, lease]))
  const past: Past = {
    ...{ law: new Map(), policy: null, suppliers: new Map(), wishes: new Map() },
    ...{ holder: '', changedAt: new Map() },
  }
  let next = 0
  return events.flatMap((event) => {
    for (; (rulings[next]?.after ?? event.seq) < event.seq; next += 1) {
      enact(past, rulings[next] as Ruling, event.at)
    }
    live(past, event, versions)
    const lease = bought.get(event.lease ?? '')
    if (event.kind !== 'lease.intended' || !lease) return []
    return passedOver({ lease, at: event.at, past, evidence })
  })
}

function enact(past: Past, ruling: Ruling, at: Ms): void {
  if ('policy' in ruling) {
    past.policy = ruling.policy
    past.changedAt.set('policy', at)
  } else if ('supplier' in ruling) {
    past.suppliers.set(ruling.supplier.name, ruling.supplier)
    past.changedAt.set(`supplier ${ruling.supplier.name}`, at)
  } else {
    const { spec } = ruling.workload
    if (past.wishes.has(spec.name)) past.changedAt.set(`wish ${spec.name}`, at)
    past.wishes.set(spec.name, spec)
  }
}

/** Whatever a supplier refuses, fails at or takes away may keep it from being asked for a while. */
function live(past: Past, event: Event, versions: ReadonlyMap<string, Contract>): void {
  const { kind, at, supplier, facts } = event
  if (kind === 'leadership.taken') past.holder = String(facts.holder)
  if (kind === 'contract.submitted') {
    const version = versions.get(`${facts.name} ${facts.generation}`)
    if (version) past.law.set(version.name, withLeftOut(version, past.law.get(version.name)))
  }
  if (/^(contract|waiver|law|option|rofr)\./.test(kind)) past.changedAt.set('law', at)
  const isLost = kind === 'lease.gone' && facts.end === 'lost'
  const isTrouble = isLost || /^(supplier\.|lease\.(refused|unwanted)$)/.test(kind)
  if (isTrouble) past.changedAt.set(`supplier ${supplier}`, at)
}

interface Purchase {
  readonly lease: Lease
  readonly at: Ms
  readonly past: Past
  readonly evidence: Evidence
}

function passedOver(purchase: Purchase): string[] {
  const { lease, past, at } = purchase
  const wish = past.wishes.get(lease.workload)
  const clause = preferenceAt(past, at)
  // What has a deadline goes by it, replicas are spread, and moves follow the price.
  if (!clause || wish?.kind !== 'Job' || wish.deadline || lease.replaces !== null) return []
  const isStill = ['law', 'policy', `wish ${wish.name}`].every((what) => wasStill(past, what, at))
  if (!isStill || !isFree(past.policy) || !isFull(clause.with, wish, purchase)) return []
  const place = clause.order.indexOf(lease.supplier)
  if (lease.supplier === clause.with) return []
  const before = place < 0 ? clause.order : clause.order.slice(0, place)
  const first = before.find((supplier) => isOpen(supplier, wish, purchase))
  if (first === undefined) return []
  return [`${lease.id} was intended at ${lease.supplier}, and ${clauseName(clause)} names ${first}`]
}

function isPreference(clause: Clause): clause is PreferredOverflow {
  return clause.kind === 'preferred_overflow' && clause.scope.length === 0
}

/** The one that held all the time, where nothing else was signed but what is about money. */
function preferenceAt({ law }: Past, at: Ms): PreferredOverflow | null {
  const { from, to } = spanTo(at)
  const near = binding([...law.values()], at).filter((clause) => {
    return clause.from <= to && (clause.to === null || from < clause.to) && !isMoney(clause)
  })
  const [clause, ...others] = near
  if (!clause || others.length > 0 || !isPreference(clause)) return null
  return holds(clause, from) && holds(clause, to) ? clause : null
}

function isMoney({ kind }: Clause): boolean {
  return kind === 'spend_commit' || kind === 'prepay' || kind === 'take_or_pay'
}

function spanTo(at: Ms): { readonly from: Ms; readonly to: Ms } {
  return { from: at - stillMs, to: at + lateMs }
}

function wasStill({ changedAt }: Past, what: string, at: Ms): boolean {
  return (changedAt.get(what) ?? Number.NEGATIVE_INFINITY) <= spanTo(at).from
}

/** Nothing of the house stands between a wish and a dear supplier. */
function isFree(policy: Policy | null): boolean {
  if (!policy) return true
  const { pricePerHourMax, budgets = [], quotas = [], trust } = policy
  return pricePerHourMax === null && budgets.length + quotas.length === 0 && !trust
}

/** What the leader heard of a supplier lately. */
function heardOf(supplier: string, { at, past, evidence }: Purchase): readonly Quote[] {
  const { from, to } = spanTo(at)
  return (evidence.quotes ?? []).filter((quote) => {
    const isOf = quote.supplier === supplier && quote.by === past.holder
    return isOf && quote.at >= from - lateMs && quote.at <= to
  })
}

/** It said all the time that it has nothing of what is wished for. */
function isFull(supplier: string, wish: Job, purchase: Purchase): boolean {
  const heard = heardOf(supplier, purchase)
  const mayFit = ({ accelerator, perNode, stock }: Offer) => {
    return wish.resources.some((each) => {
      if (each.accelerator !== accelerator || each.perNode !== perNode) return false
      return stock.kind !== 'count' || stock.nodes >= each.nodes
    })
  }
  return heard.length > 0 && heard.every(({ offers }) => offers && !offers.some(mayFit))
}

/** It might be asked, and said all the time that it has more than enough of the very same. */
function isOpen(supplier: string, wish: Job, purchase: Purchase): boolean {
  const { lease, at, past } = purchase
  const heard = heardOf(supplier, purchase)
  const [first] = heard
  if (!first || first.at > at - lateMs || !wasStill(past, `supplier ${supplier}`, at)) return false
  if (!mayBeAsked(supplier, wish, past)) return false
  const needed = lease.nodes + nodesAsked(supplier, purchase)
  return heard.every(({ offers }) => {
    return offers?.some(({ accelerator, perNode, market, stock, pricePerHour }) => {
      const isSame = accelerator === lease.accelerator && perNode === lease.perNode
      const isCheap = pricePerHour * lease.nodes <= (wish.pricePerHourMax ?? Infinity)
      const isThere = stock.kind === 'count' && stock.nodes >= needed
      return isSame && market === lease.market && isCheap && isThere
    })
  })
}

function mayBeAsked(supplier: string, wish: Job, { suppliers, policy }: Past): boolean {
  const seller = suppliers.get(supplier)
  if (!seller?.buying || (seller.standing?.state ?? 'active') !== 'active') return false
  const isAllowed = policy?.suppliersAllowed?.includes(supplier) ?? true
  if (!isAllowed || policy?.suppliersDenied.includes(supplier) || seller.scope) return false
  return wish.suppliers?.includes(supplier) ?? true
}

/** What a quote may not know of yet. */
function nodesAsked(supplier: string, { at, evidence }: Purchase): number {
  const { from, to } = spanTo(at)
  const asked = evidence.events.filter((event) => {
    const isCall = event.kind === 'lease.intended' || event.kind === 'lease.asked'
    return isCall && event.supplier === supplier && event.at >= from && event.at <= to
  })
  return asked.reduce((total, { facts }) => total + Number(facts.nodes ?? 0), 0)
}
