/**
 * Invariants of contracts: what was signed is kept by every single call.
 *
 * Reads clauses by itself, and shares no code with what plans, permits or reads them elsewhere.
 */
import {
  type Clause,
  type Condition,
  clauseName,
  type LaunchFirst,
  type Rofo,
  type Rofr,
  type Scope,
} from '../domain/clause.ts'
import type { Contract } from '../domain/contract.ts'
import { deadlineOf } from '../domain/day.ts'
import type { Event } from '../domain/event.ts'
import type { SupplierSpec } from '../domain/supplier.ts'
import type { Ms } from '../domain/time.ts'
import type { Evidence } from './evidence.ts'

/** What is known of a purchase; what is missing is not known. */
type Facts = Readonly<Record<string, string | undefined>>

/** [I16] No call left for what somebody may refuse first and was not asked about. */
export function holdersAreAsked(evidence: Evidence): string[] {
  return brokenPromises(evidence, ['rofr'])
}

/** [I17] No call left for what somebody was promised alone or first, or where it must not run. */
export function promisesAreKept(evidence: Evidence): string[] {
  return brokenPromises(evidence, [
    ...['exclusivity', 'launch_first', 'rofo'],
    ...['residency', 'security', 'export'],
  ])
}

/** What was known when an event was written. */
interface Past {
  readonly law: Map<string, Contract>
  readonly waivers: Event[]
  /** What happened, as people noted it. */
  readonly noted: Event[]
  readonly suppliers: Map<string, SupplierSpec>
}

function brokenPromises(evidence: Evidence, kinds: readonly string[]): string[] {
  const { events, contracts, rulings } = evidence
  if (!contracts?.some(({ clauses }) => clauses.some(({ kind }) => kinds.includes(kind)))) return []
  const versions = new Map(contracts.map((each) => [`${each.name} ${each.generation}`, each]))
  const past: Past = { law: new Map(), waivers: [], noted: [], suppliers: new Map() }
  let next = 0
  return events.flatMap((event) => {
    for (; (rulings?.[next]?.after ?? event.seq) < event.seq; next += 1) {
      const ruling = rulings?.[next]
      if (ruling && 'supplier' in ruling) past.suppliers.set(ruling.supplier.name, ruling.supplier)
    }
    if (event.kind === 'contract.submitted') {
      const version = versions.get(`${event.facts.name} ${event.facts.generation}`)
      if (version) past.law.set(version.name, withLeftOut(version, past.law.get(version.name)))
    }
    if (event.kind === 'waiver.given' && event.facts.inForce === true) past.waivers.push(event)
    if (event.kind === 'law.recorded') past.noted.push(event)
    if (event.kind !== 'lease.asked') return []
    return brokenBy(event, kinds, past, evidence).map((clause) => {
      return `${event.lease} was asked for at ${event.supplier}, against ${clauseName(clause)}`
    })
  })
}

/** What a newer version only leaves out goes on: it was never repealed. */
export function withLeftOut(version: Contract, before: Contract | undefined): Contract {
  const isSaid = (id: string) => version.clauses.some((each) => each.id === id)
  const left = before?.clauses.filter(({ id }) => !isSaid(id)) ?? []
  return left.length === 0 ? version : { ...version, clauses: [...version.clauses, ...left] }
}

/** The clauses of these kinds in force that the call broke, and that nobody set aside. */
function brokenBy(
  event: Event,
  kinds: readonly string[],
  past: Past,
  evidence: Evidence,
): readonly Clause[] {
  const at = Number(event.facts.calledAt ?? event.at)
  const facts = factsOf(event, evidence)
  return binding([...past.law.values()], at).filter((clause) => {
    if (!kinds.includes(clause.kind) || !holds(clause, at)) return false
    if (matches(clause.scope, facts) === false || isOfRelation(clause)) return false
    if (keeps(clause, { event, at, facts, past, evidence })) return false
    return isPlace(clause) || !isWaived(clause, event, past)
  })
}

/** How suppliers stood to us on a day is not in the evidence, so nothing is concluded of it. */
function isOfRelation({ scope }: Clause): boolean {
  return scope.some(({ dimension }) => dimension === 'supplier_relation')
}

function isWaived(clause: Clause, { at }: Event, { waivers }: Past): boolean {
  return waivers.some(({ facts }) => {
    return facts.clause === clauseName(clause) && at < Number(facts.until)
  })
}

/** What a law or a customer demands of a place; none of us sets it aside. */
function isPlace({ kind }: Clause): boolean {
  return kind === 'residency' || kind === 'security' || kind === 'export'
}

interface Call {
  readonly event: Event
  readonly at: Ms
  readonly facts: Facts
  readonly past: Past
  readonly evidence: Evidence
}

function keeps(clause: Clause, { event, at, facts, past, evidence }: Call): boolean {
  // Where nobody kept how suppliers were described, nothing is concluded of places.
  if (isPlace(clause) && !evidence.rulings) return true
  const seller = past.suppliers.get(event.supplier ?? '')
  if (clause.kind === 'residency') {
    const place = seller?.jurisdictions?.[facts.region ?? '']
    return place !== undefined && clause.jurisdictions.includes(place)
  }
  if (clause.kind === 'export') {
    const place = seller?.jurisdictions?.[facts.region ?? '']
    const isBarred = place === undefined || clause.jurisdictions.includes(place)
    if (clause.jurisdictions.length > 0 && isBarred) return false
    const wish = evidence.workloads.find(({ spec }) => spec.name === event.workload)?.spec
    const serves = wish?.endUsers?.every((each) => !clause.endUsers.includes(each)) ?? false
    return clause.endUsers.length === 0 || serves
  }
  if (clause.kind === 'security') {
    const proven = (seller?.controls ?? []).filter(({ until }) => at < until)
    return clause.controls.every((each) => proven.some(({ control }) => control === each))
  }
  if (clause.with === event.supplier) return true
  if (clause.kind === 'rofr') return wasAsked(clause, event, at, evidence)
  if (clause.kind === 'exclusivity') {
    return clause.except.some((scope) => matches(scope, facts) === true)
  }
  if (clause.kind === 'launch_first') return mayStart(clause, facts.product, at, past)
  return clause.kind === 'rofo' && mayAskOthers(clause, at, past)
}

/** It started there long enough ago, or cannot. What is no product starts nothing. */
function mayStart(clause: LaunchFirst, product: string | undefined, at: Ms, { noted }: Past) {
  if (product === undefined) return true
  const lagMs = clause.lagDays * 86_400_000
  return noted.some(({ facts }) => {
    if (facts.about !== product || facts.supplier !== clause.with) return false
    if (facts.record === 'inability') return Number(facts.happenedAt) <= at
    return facts.record === 'launch' && Number(facts.happenedAt) + lagMs <= at
  })
}

/** Whoever may offer first was asked, and let us go or was silent for its time. */
function mayAskOthers(clause: Rofo, at: Ms, { noted }: Past): boolean {
  return noted.some(({ facts }) => {
    if (facts.record !== 'first-look' || facts.about !== clauseName(clause)) return false
    const { releasedAt } = facts
    if (typeof releasedAt === 'number' && releasedAt <= at) return true
    return at > deadlineOf(Number(facts.happenedAt), clause.window, clause.calendar)
  })
}

/** What was signed and replaced by nothing else, whether or not it is in force on that day. */
export function binding(law: readonly Contract[], at: Ms): readonly Clause[] {
  return law
    .filter((contract) => isBinding(contract, at) && !isReplaced(contract, law, at))
    .flatMap(({ clauses }) => clauses.filter((clause) => !isOutdated(clause, clauses, at)))
}

/** The same clause once more, recorded later and known by then, stands in its place. */
function isOutdated({ id, recordedAt }: Clause, clauses: readonly Clause[], at: Ms): boolean {
  return clauses.some((each) => {
    return each.id === id && each.recordedAt > recordedAt && each.recordedAt <= at
  })
}

/** The holder let this purchase go before, or it is too small to be asked about. */
function wasAsked(clause: Rofr, { lease, supplier, workload }: Event, at: Ms, evidence: Evidence) {
  const bought = evidence.leases.find(({ id }) => id === lease)
  if (!bought || bought.perNode * bought.nodes < clause.acceleratorsMin) return true
  return (evidence.rights ?? []).some((right) => {
    const isAbout = clauseName(right.clause) === clauseName(clause) && right.thirdParty === supplier
    const isSigned = right.purchases.includes(workload ?? '')
    const wentFree = right.evidence.some((move) => {
      return (move.to === 'free' || move.to === 'waived') && move.at <= at
    })
    return isAbout && isSigned && wentFree
  })
}

function factsOf({ lease, supplier, workload }: Event, { leases, workloads }: Evidence): Facts {
  const bought = leases.find(({ id }) => id === lease)
  const wish = workloads.find(({ spec }) => spec.name === workload)?.spec
  return {
    workload_kind: wish?.kind,
    workload: workload ?? undefined,
    accelerator: bought?.accelerator,
    region: bought?.region,
    supplier: supplier ?? undefined,
    product: wish?.product,
    data_class: wish?.dataClass,
  }
}

function isBinding({ bindingness, recordedAt }: Contract, at: Ms): boolean {
  return recordedAt <= at && (bindingness === 'definitive' || bindingness === 'terminated')
}

function isReplaced({ name }: Contract, law: readonly Contract[], at: Ms): boolean {
  return law.some((each) => {
    return isBinding(each, at) && each.from <= at && each.supersedes.includes(name)
  })
}

export function holds({ from, to, recordedAt, repeal }: Clause, at: Ms): boolean {
  const isRepealed = repeal !== null && repeal.recordedAt <= at && repeal.at <= at
  return recordedAt <= at && from <= at && (to === null || at < to) && !isRepealed
}

/** Null where it cannot be told. */
export function matches(scope: Scope, facts: Facts): boolean | null {
  const answers = scope.map((condition) => meets(condition, facts[condition.dimension]))
  if (answers.includes(false)) return false
  return answers.includes(null) ? null : true
}

function meets({ operator, values }: Condition, fact: string | undefined): boolean | null {
  if (fact === undefined) return null
  const tests: Readonly<Record<Condition['operator'], boolean>> = {
    In: values.includes(fact),
    NotIn: !values.includes(fact),
    StartsWith: values.some((value) => fact.startsWith(value)),
    NotStartsWith: !values.some((value) => fact.startsWith(value)),
    Contains: values.some((value) => fact.includes(value)),
    NotContains: !values.some((value) => fact.includes(value)),
    EndsWith: values.some((value) => fact.endsWith(value)),
    Exists: true,
    DoesNotExist: false,
  }
  return tests[operator]
}
