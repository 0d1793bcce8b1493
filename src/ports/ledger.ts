/**
 * The socket of the ledger: current rows beside append-only events, written together or not at all.
 *
 * Every write names the row version that it was decided on, so a late or repeated write changes
 * nothing. Writes of the loop are conditional on leadership too.
 */

import type { Charge, Invoice, JournalHead } from '../core/domain/charge.ts'
import type { Checkpoint } from '../core/domain/checkpoint.ts'
import type { Contract, Exercise, LawRecord, RofrCase, Waiver } from '../core/domain/contract.ts'
import type { Event, EventDraft } from '../core/domain/event.ts'
import type { Lease } from '../core/domain/lease.ts'
import type { Plan } from '../core/domain/plan.ts'
import type { Node, Run } from '../core/domain/run.ts'
import type { Policy, SupplierSpec } from '../core/domain/supplier.ts'
import type { Ms } from '../core/domain/time.ts'
import type { Token } from '../core/domain/token.ts'
import type { WorkloadStatus } from '../core/domain/workload.ts'
import type { Outage, Pool } from '../core/domain/world.ts'

/** The kinds of row and what each holds. */
export interface Bodies {
  readonly workload: WorkloadStatus
  readonly supplier: SupplierSpec
  readonly policy: Policy
  /** Every version of every contract, `<name>@<generation>`; all of them are live. */
  readonly contract: Contract
  readonly waiver: Waiver
  /** Options that we take; all of them are live. */
  readonly exercise: Exercise
  /** What happened that clauses ask for; all of them are live. */
  readonly record: LawRecord
  /** A case of a right of first refusal; live until it is over. */
  readonly right: RofrCase
  /** One row, `law`, that is written whenever anything that contracts say may have changed. */
  readonly law: LawMark
  readonly lease: Lease
  readonly run: Run
  readonly node: Node
  readonly charge: Charge
  /** One row, `journal`: the last entry of all closed charges. */
  readonly journal: JournalHead
  readonly checkpoint: Checkpoint
  readonly pool: Pool
  readonly outage: Outage
  readonly plan: Plan
  readonly token: Token
  /** Never live: nothing that the loop does depends on it. */
  readonly invoice: Invoice
  readonly receipt: Receipt
}

/** So many changes of the law there were; whoever buys under one expects its version. */
export interface LawMark {
  readonly changes: number
}

/** What was answered to a request that named an idempotency key. */
export interface Receipt {
  readonly requestHash: string
  readonly reply: string
}

export type Kind = keyof Bodies

export interface Row<K extends Kind = Kind> {
  readonly kind: K
  readonly id: string
  /** From 1, one more with every write. */
  readonly version: number
  /** Live rows are what the loop reads; the others are history. */
  readonly live: boolean
  readonly body: Bodies[K]
}

/** A write of one row; applied only if its version is still `version` (0: it does not exist). */
export type Put = {
  readonly [K in Kind]: {
    readonly kind: K
    readonly id: string
    readonly version: number
    readonly live: boolean
    readonly body: Bodies[K]
  }
}[Kind]

/** A row that a commit was decided on without changing it. */
export interface Expectation {
  readonly kind: Kind
  readonly id: string
  /** 0: it does not exist. */
  readonly version: number
}

/** All of it is applied, or none. */
export interface Commit {
  /** Set by the loop: refused unless this leadership is in force. */
  readonly epoch?: number
  readonly expects?: readonly Expectation[]
  readonly puts: readonly Put[]
  readonly events: readonly EventDraft[]
}

/** `stale`: a version had moved on. `deposed`: leadership is not in force. Nothing was applied. */
export type CommitOutcome =
  | { readonly outcome: 'done'; readonly lastSeq: number }
  | { readonly outcome: 'stale'; readonly kind: Kind; readonly id: string }
  | { readonly outcome: 'deposed' }

export interface Leadership {
  readonly holder: string
  /** Rises whenever the holder changes. */
  readonly epoch: number
  readonly until: Ms
}

/** One consistent picture of all live rows, and the ledger's time at which it was taken. */
export interface Snapshot {
  readonly now: Ms
  readonly rows: { readonly [K in Kind]: readonly Row<K>[] }
}

export interface RowQuery {
  /** Also rows that are not live. */
  readonly all?: boolean
  /** Only ids after this one. */
  readonly after?: string
  /** At most this many, 1,000 by default. */
  readonly limit?: number
}

export interface EventQuery {
  /** Only events with a higher number; oldest first. */
  readonly after?: number
  /** Only events with a lower number; the newest `limit` of them, still oldest first. */
  readonly before?: number
  readonly workload?: string
  readonly lease?: string
  readonly supplier?: string
  readonly limit?: number
}

/**
 * Ids and texts hold no NUL. Rejections are `LedgerError`s: `unavailable` means nothing was
 * applied, `unknown` means that a commit may have been.
 */
export interface RowName<K extends Kind = Kind> {
  readonly kind: K
  readonly id: string
}

/** A row for each name; null where there is none. */
export type RowsOf<Names extends readonly RowName[]> = {
  readonly [At in keyof Names]: Row<Names[At]['kind']> | null
}

export interface Ledger {
  /** The name of this installation: the owner tag on everything that it buys. Never changes. */
  readonly installation: string
  /** The ledger's time: the only clock that decisions compare. */
  now(): Promise<Ms>
  /** Takes or renews leadership for `ttlMs`; null while somebody else has it. */
  lead(holder: string, ttlMs: number): Promise<Leadership | null>
  /** Gives leadership up at once, so that the next one need not wait. */
  resign(holder: string): Promise<void>
  read(): Promise<Snapshot>
  get<K extends Kind>(kind: K, id: string): Promise<Row<K> | null>
  /** All as of one moment, in the order that they were asked for. */
  pick<const Names extends readonly RowName[]>(names: Names): Promise<RowsOf<Names>>
  /** In order of id. */
  list<K extends Kind>(kind: K, query?: RowQuery): Promise<readonly Row<K>[]>
  commit(commit: Commit): Promise<CommitOutcome>
  events(query: EventQuery): Promise<readonly Event[]>
  /** Checks what the driver can check of its own storage; returns what is wrong, in plain words. */
  verify(): Promise<readonly string[]>
  close(): Promise<void>
}

export class LedgerError extends Error {
  readonly kind: 'unavailable' | 'unknown'
  constructor(kind: LedgerError['kind'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'LedgerError'
    this.kind = kind
  }
}
