/**
 * The socket of a runtime: how work gets onto a lease, and what is known of its ranks.
 *
 * On machines our agent pulls its work at the agents' desk; nothing is pushed.
 */
import type { Node } from '../core/domain/run.ts'
import type { NodeSight } from '../core/domain/world.ts'
import type { AgentSync, AgentSyncReply, CheckpointCommit } from '../protocol/agent.ts'

export interface Runtime {
  /** How long ago each of these was heard; `nodes` are all that there are. */
  observe(nodes: readonly Node[]): readonly NodeSight[]
}

/** Who an agent says it is: its lease's key and secret, and which of the lease's nodes it is. */
export interface AgentIdentity {
  readonly key: string
  readonly secret: string
  readonly index: number
}

/**
 * Where agents report and pull. `unauthorized`: the proof is wrong. `gone`: the lease is over, or
 * this node is not of it. `stale`: the epoch is fenced off.
 */
export type DeskAnswer<T> =
  | { readonly outcome: 'ok'; readonly value: T }
  | { readonly outcome: 'unauthorized' | 'gone' | 'stale'; readonly why: string }

export interface AgentDesk {
  sync(who: AgentIdentity, sync: AgentSync): Promise<DeskAnswer<AgentSyncReply>>
  commitCheckpoint(who: AgentIdentity, commit: CheckpointCommit): Promise<DeskAnswer<null>>
  /** The newest accepted checkpoint of a job, or null. */
  newestCheckpoint(
    who: AgentIdentity,
    job: string,
  ): Promise<DeskAnswer<{ readonly uri: string; readonly step: number } | null>>
  /** Appends a rank's log from `offset`; answers the offset up to which it is safely stored. */
  appendLog(
    who: AgentIdentity,
    log: {
      readonly run: string
      readonly epoch: number
      readonly rank: number
      readonly offset: number
    },
    bytes: Uint8Array,
  ): Promise<DeskAnswer<number>>
}
