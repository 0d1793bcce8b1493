/**
 * A workload living on a lease: a gang of ranks that start together and stop together.
 *
 * A job has one run; a service has one for each replica. Epochs fence: work of an older epoch may
 * not run beside work of a newer one.
 */
import type { Ms } from './time.ts'
import type { Readiness } from './workload.ts'

export type RunState = 'waiting' | 'running' | 'fencing' | 'draining' | 'done' | 'failed'

/** The life of a run. A move that is not in this table is a bug, and the ledger refuses it. */
export const runMoves: Readonly<Record<RunState, readonly RunState[]>> = {
  waiting: ['running', 'done', 'failed'],
  running: ['fencing', 'draining', 'done', 'failed'],
  fencing: ['waiting', 'done', 'failed'],
  draining: ['fencing', 'waiting', 'done', 'failed'],
  // A workload that is submitted again goes on counting its epochs and attempts.
  done: ['waiting'],
  failed: ['waiting'],
}

export interface Run {
  /** `<workload>.<slot>`; slot is 0 for a job and the replica's number for a service. */
  readonly id: string
  readonly workload: string
  readonly slot: number
  /** The revision of the workload that the current epoch was started from. */
  readonly revision: number
  readonly state: RunState
  /** Rises by one at every start; 0 before the first. */
  readonly epoch: number
  /** The lease that the current epoch runs on. */
  readonly lease: string | null
  /** Purchases tried so far; the next lease of this run is number `attempts + 1`. */
  readonly attempts: number
  /** Starts after a failure of the work itself; losses of capacity do not count. */
  readonly retries: number
  /** No start before this moment: back-off after a failure. */
  readonly notBefore: Ms
  readonly startedAt: Ms | null
  /**
   * While draining or fencing: from this moment on no work of the old epoch can be running. Null
   * until the stop was seen in the ledger.
   */
  readonly fencedAt: Ms | null
  readonly endedAt: Ms | null
  readonly exitCode: number | null
  readonly why: string | null
}

/** What one rank of a run is to do; pulled by its agent or handed to an engine. */
export interface RankWork {
  readonly run: string
  readonly epoch: number
  readonly rank: number
  readonly worldSize: number
  readonly setup: string | null
  readonly command: string
  readonly envs: Readonly<Record<string, string>>
  /**
   * For how long the rank may go on after the last request of its agent that was granted; null for
   * replicas, which go on while the control plane is away.
   */
  readonly grantMs: number | null
  /** Set for a service: the replica must answer here before it gets requests. */
  readonly probe: (Readiness & { readonly port: number }) | null
}

export type RankState = 'starting' | 'running' | 'exited'

/** What a rank last said of itself, as its runtime knows it. */
export interface RankReport {
  readonly run: string
  readonly epoch: number
  readonly lease: string
  readonly rank: number
  readonly state: RankState
  readonly exitCode: number | null
  /** Where a ready replica answers, for example `http://127.0.0.1:8123`; null until it does. */
  readonly endpoint: string | null
}

/** A rented machine with one agent, as the agent last described it. */
export interface Node {
  /** `<lease>/<index>`. */
  readonly id: string
  readonly lease: string
  readonly index: number
  readonly machine: string
  /** Where other nodes of the gang reach it. */
  readonly address: string
  /** Free ports of a machine that shares its address with others; null where it has its own. */
  readonly ports: { readonly service: number; readonly master: number } | null
  readonly firstSeenAt: Ms
  readonly ranks: readonly RankReport[]
  /**
   * When the report that last changed this row left, by the machine's own count since its start: an
   * older one that arrives later says nothing. Not in rows that earlier versions wrote.
   */
  readonly sent?: { readonly boot: string; readonly atMicros: number }
}

export function mayRunMove(from: RunState, to: RunState): boolean {
  return from === to || runMoves[from].includes(to)
}
