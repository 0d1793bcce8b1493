/**
 * What we were bound by on a day, as it was known on a day; and for every clause that did not bind,
 * why not.
 *
 * Nothing is ever overwritten: a newer version, a repeal or a new contract is one more record.
 */
import { type Clause, clauseName } from '../domain/clause.ts'
import type { Contract } from '../domain/contract.ts'
import type { Ms } from '../domain/time.ts'

export type Silence =
  | { readonly why: 'not-known'; readonly recordedAt: Ms }
  | { readonly why: 'newer-version'; readonly recordedAt: Ms }
  | { readonly why: 'not-binding'; readonly bindingness: Contract['bindingness'] }
  | { readonly why: 'not-begun'; readonly from: Ms }
  | { readonly why: 'ended'; readonly to: Ms }
  | { readonly why: 'repealed'; readonly at: Ms; readonly by: string }
  | { readonly why: 'superseded'; readonly at: Ms; readonly by: string }
  /** An option that was exercised: what was agreed stands in a clause of its own. */
  | { readonly why: 'taken'; readonly at: Ms; readonly by: readonly string[] }

export interface SilentClause {
  readonly clause: Clause
  readonly silence: Silence
}

export interface AsOf {
  readonly validAt: Ms
  readonly knownAt: Ms
  /** In force, in order of their names. */
  readonly inForce: readonly Clause[]
  readonly silent: readonly SilentClause[]
}

/** `history` holds every version of every contract that was ever recorded, in any order. */
export function asOf(history: readonly Contract[], validAt: Ms, knownAt: Ms): AsOf {
  const known = latestOf(history.filter((each) => each.recordedAt <= knownAt))
  const successors = successorsOf(known)
  const records = recordsOf(history)
  const inForce: Clause[] = []
  const silent: SilentClause[] = []
  records.forEach((record, index) => {
    const silence =
      unknown(record, records[index + 1], knownAt) ??
      silenceOf(record.clause, { known, successors, validAt, knownAt })
    if (silence) silent.push({ clause: record.clause, silence })
    else inForce.push(record.clause)
  })
  return { validAt, knownAt, inForce, silent }
}

/**
 * Whatever binds or will: of each clause the version that was recorded last, up to the day of its
 * repeal. A contract that takes the place of another repeals what of it has not ended by then.
 */
export function bindingClauses(history: readonly Contract[]): readonly Clause[] {
  const found = bound.get(history) ?? boundBy(history)
  bound.set(history, found)
  return found
}

/** A memo and nothing else: each turn asks the same contracts. */
const bound = new WeakMap<readonly Contract[], readonly Clause[]>()

function boundBy(history: readonly Contract[]): readonly Clause[] {
  const known = latestOf(history)
  const successors = successorsOf(known)
  return lastVersions(history).flatMap((clause) => {
    if (!binds(known.get(clause.contract))) return []
    const repeal = repealOf(clause, successors.get(clause.contract))
    const isEarly = repeal && repeal.at <= (clause.to ?? repeal.at)
    return isEarly ? { ...clause, repeal, to: repeal.at } : clause
  })
}

/** Whichever comes first, and before the clause is over. */
function repealOf({ to, repeal }: Clause, successor: Contract | undefined): Clause['repeal'] {
  const end = Math.min(to ?? Number.POSITIVE_INFINITY, repeal?.at ?? Number.POSITIVE_INFINITY)
  if (!successor || successor.from >= end) return repeal
  return { by: successor.name, at: successor.from, recordedAt: successor.recordedAt }
}

/** Every clause once, as it was recorded last, in order of their names; whether or not it binds. */
export function lastVersions(history: readonly Contract[]): readonly Clause[] {
  const records = recordsOf(history)
  return records.flatMap(({ clause, name }, index) => {
    return records[index + 1]?.name === name ? [] : [clause]
  })
}

/** What is in force at a moment, as it is known then; the same list as long as nothing changes. */
export function inForceAt(history: readonly Contract[], at: Ms): readonly Clause[] {
  const known = spans.get(history) ?? { turns: turnsOf(history), inForce: new Map() }
  spans.set(history, known)
  const span = known.turns.findLastIndex((turn) => turn <= at)
  const inForce = known.inForce.get(span) ?? asOf(history, at, at).inForce
  known.inForce.set(span, inForce)
  return inForce
}

interface Spans {
  readonly turns: readonly Ms[]
  /** By the number of the turn that the span follows. */
  readonly inForce: Map<number, readonly Clause[]>
}

/** A memo and nothing else: the same law is asked for again and again, now and a little ahead. */
const spans = new WeakMap<readonly Contract[], Spans>()

/** Every moment at which a clause may begin or cease to bind, in order. */
function turnsOf(history: readonly Contract[]): readonly Ms[] {
  const turns = history.flatMap(({ recordedAt, from, clauses }) => {
    return [
      ...[recordedAt, from],
      ...clauses.flatMap(({ recordedAt: heardAt, from: begins, to, repeal }) => {
        return [heardAt, begins, to ?? [], repeal ? [repeal.at, repeal.recordedAt] : []].flat()
      }),
    ]
  })
  return [...new Set(turns)].sort((a, b) => a - b)
}

/** The contracts in the version that was recorded last, by name. */
export function latestOf(history: readonly Contract[]): ReadonlyMap<string, Contract> {
  return new Map(inOrder(history).map((each) => [each.name, each]))
}

/** As they were recorded, one after another. */
function inOrder(history: readonly Contract[]): readonly Contract[] {
  return [...history].sort((a, b) => {
    return (
      a.recordedAt - b.recordedAt || a.generation - b.generation || (text(a) < text(b) ? -1 : 1)
    )
  })
}

interface Version {
  readonly clause: Clause
  readonly name: string
  /** Since when both the clause and the contract that says so are known. */
  readonly knownFrom: Ms
  readonly generation: number
}

/** A memo and nothing else. */
const filed = new WeakMap<readonly Contract[], readonly Version[]>()

/** The versions of every clause, by name and by age, whatever the order of the history. */
function recordsOf(history: readonly Contract[]): readonly Version[] {
  const records = filed.get(history) ?? versionsOf(history)
  filed.set(history, records)
  return records
}

function versionsOf(history: readonly Contract[]): readonly Version[] {
  const versions: Version[] = []
  const standing = new Map<string, ReadonlySet<string>>()
  for (const { name: contract, clauses, recordedAt, generation } of inOrder(history)) {
    // A version stands again in every later record of its contract, and is no new one for that;
    // what comes back after another took its place is.
    const before = standing.get(contract)
    for (const clause of clauses.filter((each) => !before?.has(text(each)))) {
      const knownFrom = Math.max(recordedAt, clause.recordedAt)
      versions.push({ clause, name: clauseName(clause), knownFrom, generation })
    }
    standing.set(contract, new Set(clauses.map(text)))
  }
  return versions.sort((a, b) => {
    if (a.name !== b.name) return a.name < b.name ? -1 : 1
    if (a.knownFrom !== b.knownFrom) return a.knownFrom - b.knownFrom
    if (a.generation !== b.generation) return a.generation - b.generation
    if (a.clause.recordedAt !== b.clause.recordedAt) {
      return a.clause.recordedAt - b.clause.recordedAt
    }
    return text(a.clause) < text(b.clause) ? -1 : 1
  })
}

/** A memo and nothing else: what was recorded never changes. */
const texts = new WeakMap<object, string>()

function text(value: object): string {
  const known = texts.get(value) ?? JSON.stringify(value)
  texts.set(value, known)
  return known
}

function unknown(version: Version, next: Version | undefined, knownAt: Ms): Silence | null {
  if (version.knownFrom > knownAt) return { why: 'not-known', recordedAt: version.knownFrom }
  if (next?.name !== version.name) return null
  if (next.knownFrom > knownAt) return null
  return { why: 'newer-version', recordedAt: next.knownFrom }
}

interface Moment {
  /** Contracts by their names, as they are known then. */
  readonly known: ReadonlyMap<string, Contract>
  readonly successors: ReadonlyMap<string, Contract>
  readonly validAt: Ms
  readonly knownAt: Ms
}

function silenceOf(
  clause: Clause,
  { known, successors, validAt, knownAt }: Moment,
): Silence | null {
  const contract = known.get(clause.contract)
  if (!binds(contract)) {
    return { why: 'not-binding', bindingness: contract?.bindingness ?? 'rumoured' }
  }
  if (validAt < clause.from) return { why: 'not-begun', from: clause.from }
  const taken = clause.kind === 'expansion_option' ? clause.taken : undefined
  if (taken && taken.at <= Math.min(validAt, knownAt)) return { why: 'taken', ...taken }
  if (clause.to !== null && validAt >= clause.to) return { why: 'ended', to: clause.to }
  const { repeal } = clause
  if (repeal && repeal.recordedAt <= knownAt && repeal.at <= validAt) {
    return { why: 'repealed', at: repeal.at, by: repeal.by }
  }
  const successor = successors.get(clause.contract)
  return successor && successor.from <= validAt
    ? { why: 'superseded', at: successor.from, by: successor.name }
    : null
}

function binds(contract: Contract | undefined): boolean {
  return contract?.bindingness === 'definitive' || contract?.bindingness === 'terminated'
}

/** By the name of each contract that others put an end to, the first of those. */
function successorsOf(known: ReadonlyMap<string, Contract>): ReadonlyMap<string, Contract> {
  const all = [...known.values()]
    .filter((each) => each.supersedes.length > 0 && binds(each))
    .sort((a, b) => b.from - a.from || (a.name < b.name ? 1 : -1))
  return new Map(all.flatMap((each) => each.supersedes.map((name) => [name, each] as const)))
}
