/**
 * What both ledgers agree on: how a commit is written down, which commits are bugs, and how a
 * stored row becomes a value again.
 *
 * Knows no database. Rows are frozen and shared, so a body is parsed once for each version.
 */
import { type LeaseState, leaseMoves, mayMove } from '../../core/domain/lease.ts'
import { mayRunMove, type RunState, runMoves } from '../../core/domain/run.ts'
import type { Commit, CommitOutcome, Kind, Put, Row, Snapshot } from '../../ports/ledger.ts'

export interface WrittenCommit {
  readonly epoch: number | null
  /** The versions that it was decided on, of rows that it puts and of others. */
  readonly checks: readonly Check[]
  readonly puts: readonly WrittenPut[]
  readonly events: readonly WrittenEvent[]
}

interface Check {
  readonly kind: Kind
  readonly id: string
  readonly version: number
}

interface WrittenPut extends Check {
  readonly live: boolean
  /** The state of a lease or a run; null for other kinds. */
  readonly state: string | null
  /** The states from which the row may come; null where any will do. */
  readonly from: readonly string[] | null
  readonly body: string
}

export interface WrittenEvent {
  readonly kind: string
  readonly workload: string | null
  readonly run: string | null
  readonly lease: string | null
  readonly supplier: string | null
  readonly facts: string
}

/** What a database says to a commit; `illegal` is a move that the lifecycle does not know. */
export type Verdict =
  | CommitOutcome
  | {
      readonly outcome: 'illegal'
      readonly kind: Kind
      readonly id: string
      readonly from: string
      readonly to: string
    }

export interface StoredRow {
  readonly kind: Kind
  readonly id: string
  readonly version: number
  readonly live: boolean
}

/** Writes a commit down; throws where it is a bug of the caller, before anything was sent. */
export function written({ epoch, expects = [], puts, events }: Commit): WrittenCommit {
  const names = puts.map(({ kind, id }) => `${kind} ${id}`)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new Error(`${twice} is put twice in one commit`)
  const checks = [...expects, ...puts].map(({ kind, id, version }) => {
    checkId(kind, id)
    checkCount(`version of ${kind} ${id}`, version)
    return { kind, id, version }
  })
  return {
    epoch: epoch ?? null,
    checks,
    puts: puts.map(writtenPut),
    events: events.map(({ kind, workload, run, lease, supplier, facts }) => {
      const subjects = { workload, run, lease, supplier }
      for (const [name, id] of Object.entries(subjects)) {
        if (id !== null) checkId(`${name} of event ${kind}`, id)
      }
      checkValue(`facts of event ${kind}`, facts)
      return { kind, ...subjects, facts: JSON.stringify(facts) }
    }),
  }
}

function writtenPut(put: Put): WrittenPut {
  const { kind, id, version, live, body } = put
  checkValue(`${kind} ${id}`, body)
  if (kind === 'lease' && live === (put.body.state === 'gone')) {
    throw new Error(`lease ${id} is ${put.body.state} and live: ${live}; live is what is not gone`)
  }
  const written = { kind, id, version, live, body: JSON.stringify(body) }
  if (kind === 'lease') {
    return { ...written, state: put.body.state, from: leaseOrigins.get(put.body.state) ?? [] }
  }
  if (kind === 'run') {
    return { ...written, state: put.body.state, from: runOrigins.get(put.body.state) ?? [] }
  }
  return { ...written, state: null, from: null }
}

/** The states from which each state may come. */
function originsOf<State extends string>(
  states: readonly State[],
  may: (from: State, to: State) => boolean,
): ReadonlyMap<State, readonly State[]> {
  return new Map(states.map((to) => [to, states.filter((from) => may(from, to))]))
}

const leaseOrigins = originsOf(Object.keys(leaseMoves) as LeaseState[], mayMove)
const runOrigins = originsOf(Object.keys(runMoves) as RunState[], mayRunMove)

/** Ids are keys of an index, and indexes hold no long ones. */
const idLengthMax = 600

export function checkId(what: string, id: string): void {
  if (id === '') throw new Error(`${what} has an empty id`)
  checkText(what, id)
  if (!id.isWellFormed()) throw new Error(`${what} ${JSON.stringify(id)} is not Unicode text`)
  if (id.length > idLengthMax) {
    throw new Error(`${what} has an id of ${id.length} characters; ${idLengthMax} at most`)
  }
}

export function checkCount(what: string, count: number): void {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new Error(`${what} is ${count}; a whole number from 0 was expected`)
  }
}

function checkText(what: string, text: string): void {
  if (text.includes('\0')) throw new Error(holdsNul(text)(what))
}

/** Only what JSON gives back as it was: no lost numbers, no lost fields. */
function checkValue(what: string, value: unknown): void {
  const fault = faultIn(value)
  if (fault) throw new Error(fault(what))
}

/** Says what is wrong once it is told where: most values are sound, and need no name. */
type Fault = (where: string) => string

function faultIn(value: unknown): Fault | null {
  if (value === null || typeof value === 'boolean') return null
  if (typeof value === 'string') return value.includes('\0') ? holdsNul(value) : null
  if (typeof value === 'number') {
    const isExact = Number.isFinite(value) && (Number.isSafeInteger(value) || value % 1 !== 0)
    return isExact ? null : itIs(`${value}, which cannot be held exactly`)
  }
  if (Array.isArray(value)) return faultInList(value)
  if (typeof value === 'object' && isPlain(value)) return faultInFields(value)
  return itIs(typeof value === 'object' ? 'no plain object' : typeof value)
}

function faultInList(list: readonly unknown[]): Fault | null {
  for (let index = 0; index < list.length; index += 1) {
    const fault = faultIn(list[index])
    if (fault) return at(`[${index}]`, fault)
  }
  return null
}

function faultInFields(fields: Readonly<Record<string, unknown>>): Fault | null {
  for (const name of Object.keys(fields)) {
    if (name.includes('\0')) return inName(holdsNul(name))
    const fault = faultIn(fields[name])
    if (fault) return at(`.${name}`, fault)
  }
  return null
}

function at(step: string, fault: Fault): Fault {
  return (where) => fault(`${where}${step}`)
}

function inName(fault: Fault): Fault {
  return (where) => fault(`a name in ${where}`)
}

function itIs(what: string): Fault {
  return (where) => `${where} is ${what}`
}

function holdsNul(text: string): Fault {
  return (where) => `${where} holds a NUL: ${JSON.stringify(text)}`
}

function isPlain(value: object): value is Record<string, unknown> {
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Turns the database's verdict into the port's answer. */
export function outcomeOf(verdict: Verdict): CommitOutcome {
  if (verdict.outcome !== 'illegal') return verdict
  const { kind, id, from, to } = verdict
  throw new Error(`${kind} ${id} may not move from ${from} to ${to}`)
}

export interface Picture {
  /** How many writes the ledger had seen; -1 for the picture before the first. */
  readonly writes: number
  readonly rows: Snapshot['rows']
}

export interface RowCache {
  /** The row as a frozen value; `body` is asked for only where this version was never seen. */
  row(stored: StoredRow, body: () => string): Row
  /** All live rows as of so many writes; from now on only they are kept in mind. */
  picture(writes: number, rows: readonly Row[]): Picture
  /** The picture before; good again where nothing was written since. */
  last(): Picture
}

export function rowCache(): RowCache {
  let known = new Map<string, Row>()
  let last = pictureOf(-1, [])
  return {
    row({ kind, id, version, live }, body) {
      const key = `${kind} ${id}`
      const seen = known.get(key)
      if (seen?.version === version) return seen
      const row = frozen({ kind, id, version, live, body: JSON.parse(body()) } as Row)
      if (live) known.set(key, row)
      return row
    },
    last: () => last,
    picture(writes, rows) {
      known = new Map(rows.map((row) => [`${row.kind} ${row.id}`, row]))
      last = pictureOf(writes, rows)
      return last
    },
  }
}

function pictureOf(writes: number, rows: readonly Row[]): Picture {
  const kinds = Map.groupBy(rows, ({ kind }) => kind)
  const lists = kindNames.map((kind) => [kind, Object.freeze(kinds.get(kind) ?? [])])
  return { writes, rows: Object.freeze(Object.fromEntries(lists)) }
}

const kindNames = Object.keys({
  workload: 0,
  supplier: 0,
  policy: 0,
  contract: 0,
  waiver: 0,
  exercise: 0,
  record: 0,
  law: 0,
  lease: 0,
  run: 0,
  node: 0,
  charge: 0,
  checkpoint: 0,
  pool: 0,
  outage: 0,
  plan: 0,
  token: 0,
  journal: 0,
  invoice: 0,
  right: 0,
  receipt: 0,
} satisfies Record<Kind, 0>) as Kind[]

export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value)) frozen(item)
    Object.freeze(value)
  }
  return value
}
