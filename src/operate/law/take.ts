/**
 * Contracts in the ledger: every version stays, and none comes in that contradicts what is there.
 *
 * What contradicts already, since it came in before anybody checked for that, holds up no contract
 * that is about something else. Purchases obey both sides of it.
 */
import { bindingClauses, lastVersions } from '../../core/contracts/as-of.ts'
import type { Contradiction } from '../../core/contracts/check/contradiction.ts'
import {
  contradictions,
  leftOut,
  phraseContradiction,
} from '../../core/contracts/check/contradictions.ts'
import { hushedRights } from '../../core/contracts/check/hushed.ts'
import {
  type KnownValues,
  mistypedScopes,
  unknownScopes,
} from '../../core/contracts/check/scopes.ts'
import { withTaken } from '../../core/contracts/rights/taken.ts'
import type { Contract } from '../../core/domain/contract.ts'
import type { Offer } from '../../core/domain/offer.ts'
import { type Spec, same } from '../../core/domain/spec.ts'
import type { SupplierSpec } from '../../core/domain/supplier.ts'
import type { Ms } from '../../core/domain/time.ts'
import type { Ledger, Put, Row, Snapshot } from '../../ports/ledger.ts'

/** The row that every change of the law writes. */
export const lawId = 'law'

export interface ContractDraft {
  readonly change: 'created' | 'changed' | 'unchanged'
  readonly generation: number
  readonly body: Contract
}

/** The version that submitting would make, after all that were there before. */
function versioned(wanted: Contract, history: readonly Contract[], now: Ms): ContractDraft {
  const old = history
    .filter(({ name }) => name === wanted.name)
    .reduce<Contract | null>((a, b) => (a && a.generation > b.generation ? a : b), null)
  if (!old) return { change: 'created', generation: 1, body: { ...wanted, generation: 1 } }
  const { generation } = old
  if (same(wanted, old)) return { change: 'unchanged', generation, body: old }
  // What stood there before was known until now, whatever day the new version is of.
  const recordedAt = Math.max(wanted.recordedAt, now)
  const body = { ...wanted, generation: generation + 1, recordedAt }
  return { change: 'changed', generation: generation + 1, body }
}

/** What a submission does to the law. */
export interface LawChange {
  readonly drafts: ReadonlyMap<string, ContractDraft>
  /** As it is before. */
  readonly mark: Row<'law'> | null
}

export const noChange: LawChange = { drafts: new Map(), mark: null }

export function isContract(spec: Spec): spec is Extract<Spec, { kind: 'Contract' }> {
  return spec.kind === 'Contract'
}

/**
 * Refused as a whole where it would make the law contradict itself, or leave it so, or where a
 * scope has a slip of the pen. `offers`: what is for sale, as far as that is known.
 */
export async function lawOf(
  ledger: Ledger,
  specs: readonly Spec[],
  { now, offers = [] }: { readonly now: Ms; readonly offers?: readonly Offer[] },
): Promise<LawChange | LawRefused> {
  const snapshot = await ledger.read()
  const history = signedOf(snapshot)
  const drafts = new Map(
    specs.filter(isContract).map(({ spec }) => [spec.name, versioned(spec, history, now)]),
  )
  const added = addedIn(drafts)
  const known = knownValues(snapshot, added, { specs, offers })
  const found = [...brokenBy(added, history), ...mistypedScopes(added, known, now)]
  if (found.length > 0) return { refused: found.map(phraseContradiction).join('; and '), found }
  return { drafts, mark: snapshot.rows.law.find(({ id }) => id === lawId) ?? null }
}

/** What cannot be meant that was not there before, or that a contract among these is about. */
function brokenBy(
  added: readonly Contract[],
  history: readonly Contract[],
): readonly Contradiction[] {
  if (added.length === 0) return []
  const found = contradictions([...history, ...added])
  // Where all of it is about what comes in, what was there before need not be known.
  if (found.every((each) => isAbout(each, added))) return found
  const before = new Set(contradictions(history).map(phraseContradiction))
  return found.filter((each) => isAbout(each, added) || !before.has(phraseContradiction(each)))
}

function isAbout({ clause, other }: Contradiction, contracts: readonly Contract[]): boolean {
  const sides = [clause, other ?? clause].map((side) => side.split('/', 1)[0])
  return contracts.some(({ name }) => sides.includes(name))
}

/** What cannot be meant: all of it in words, and one by one. */
export interface LawRefused {
  readonly refused: string
  readonly found: readonly Contradiction[]
}

/** The versions that would come to what is there. */
export function addedIn(drafts: LawChange['drafts']): readonly Contract[] {
  return [...drafts.values()].flatMap(({ change, body }) => (change === 'unchanged' ? [] : [body]))
}

/** What cannot be meant of what is there, in words. */
export function contradictionsIn(snapshot: Snapshot): readonly string[] {
  return contradictions(signedOf(snapshot)).map(phraseContradiction)
}

/** The same of what would be there: of the contracts that were named, and of all others. */
export function contradictionsBeside({ drafts }: LawChange, snapshot: Snapshot): Contradicting {
  const all = contradictions([...signedOf(snapshot), ...addedIn(drafts)])
  const named = [...drafts.values()].map(({ body }) => body)
  const ours = all.filter((each) => isAbout(each, named))
  const others = all.filter((each) => !ours.includes(each))
  return { ours: ours.map(phraseContradiction), others: others.map(phraseContradiction) }
}

export interface Contradicting {
  readonly ours: readonly string[]
  readonly others: readonly string[]
}

/**
 * What may be a slip in what is submitted, or stand in the way later, in words: scopes that nothing
 * fits which is known by then, rights whose holders may not be told what they ask, and what is only
 * left out.
 */
export function lawWarnings(
  { drafts }: LawChange,
  snapshot: Snapshot,
  more: { readonly specs: readonly Spec[]; readonly offers: readonly Offer[] },
): readonly string[] {
  const added = addedIn(drafts)
  const after = [...signedOf(snapshot), ...added]
  const named = added.flatMap((each) => lastVersions([each]))
  return [
    ...unknownScopes(named, knownValues(snapshot, added, more), snapshot.now),
    ...[...hushedRights(after), ...leftOut(after, snapshot.now)].filter((each) => {
      return isAbout(each, added)
    }),
  ].map(phraseContradiction)
}

/** The same of what is there, for as long as it is so. */
export function standingWarnings(snapshot: Snapshot, offers: readonly Offer[]): readonly string[] {
  const history = signedOf(snapshot)
  const told = [...hushedRights(history), ...leftOut(history, snapshot.now)]
  return [...told.map(phraseContradiction), ...unknownScopesIn(snapshot, offers)]
}

/** Scopes that nothing fits which is there: they may bind nobody, for as long as that is so. */
export function unknownScopesIn(snapshot: Snapshot, offers: readonly Offer[]): readonly string[] {
  const known = knownValues(snapshot, [], { specs: [], offers })
  const clauses = bindingClauses(signedOf(snapshot))
  return unknownScopes(clauses, known, snapshot.now).map(phraseContradiction)
}

/** What is there by then. */
function knownValues(
  snapshot: Snapshot,
  added: readonly Contract[],
  { specs, offers }: { readonly specs: readonly Spec[]; readonly offers: readonly Offer[] },
): KnownValues {
  const sellers = [
    ...snapshot.rows.supplier.map(({ body }) => body),
    ...specs.flatMap((each) => (each.kind === 'Supplier' ? [each.spec] : [])),
  ]
  const workloads = [
    ...snapshot.rows.workload.map(({ body }) => body.spec),
    ...specs.flatMap((each) => (each.kind === 'Job' || each.kind === 'Service' ? each.spec : [])),
  ]
  const parties = [...signedOf(snapshot), ...added].map(({ with: to }) => to)
  const values = {
    supplier: [...parties, ...sellers.flatMap(namesOf)],
    region: [
      ...offers.map(({ region }) => region),
      ...snapshot.rows.lease.map(({ body }) => body.region),
      ...sellers.flatMap(regionsOf),
    ],
    product: [
      ...workloads.flatMap(({ product }) => product ?? []),
      ...sellers.flatMap(({ scope }) => scope?.products ?? []),
    ],
    workload: workloads.map(({ name }) => name),
  }
  const known = Object.entries(values)
  return Object.fromEntries(known.map(([dimension, all]) => [dimension, [...new Set(all)].sort()]))
}

/** Its own, and of whoever runs a region for it. */
function namesOf({ name, hosts = {} }: SupplierSpec): readonly string[] {
  return [name, ...Object.values(hosts).flat()]
}

function regionsOf({ hosts = {}, jurisdictions = {}, scope }: SupplierSpec): readonly string[] {
  return [...Object.keys(hosts), ...Object.keys(jurisdictions), ...(scope?.regions ?? [])]
}

export function contractPut(body: Contract): Put {
  const id = `${body.name}@${String(body.generation).padStart(6, '0')}`
  return { kind: 'contract', id, version: 0, live: true, body }
}

/** Marks a change of the law, so that nobody buys under the old one any more. */
export function lawPut(law: Row<'law'> | null): Put {
  const changes = (law?.body.changes ?? 0) + 1
  return { kind: 'law', id: lawId, version: law?.version ?? 0, live: true, body: { changes } }
}

/** Every version of every contract, with what follows from the options that were taken. */
export function historyOf({ rows }: Pick<Snapshot, 'rows'>): readonly Contract[] {
  const exercises = rows.exercise.map(({ body }) => body)
  return withTaken(signedOf({ rows }), exercises)
}

/** Every version of every contract, as it was submitted. */
function signedOf({ rows }: Pick<Snapshot, 'rows'>): readonly Contract[] {
  return rows.contract.map(({ body }) => body)
}
