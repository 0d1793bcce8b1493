/**
 * What agents and the control plane say to each other. Shapes only.
 *
 * Requests carry `authorization: Bearer <secret>`, `x-calumet-key: <key>` and
 * `x-calumet-node: <index>`.
 *
 *   POST /v1/agent/sync              AgentSync → AgentSyncReply
 *   POST /v1/agent/logs?run=&epoch=&rank=&offset=   raw bytes → { offset }
 *   POST /v1/agent/checkpoint        CheckpointCommit → 204, 409 when the epoch is fenced off
 *   GET  /v1/agent/checkpoint/:job   → { uri, step }, 404 while there is none
 *
 * 401: the proof is wrong. 410: the lease is over; the agent stops its work and powers off.
 */
import { z } from 'zod'

const name = z.string().max(100)
const count = z.number().int().min(0)

export const RankSaid = z.strictObject({
  run: name,
  epoch: count,
  rank: count,
  state: z.enum(['starting', 'running', 'exited']),
  exitCode: z.number().int().min(-1).max(255).nullable(),
  endpoint: z.string().max(200).nullable(),
})
export type RankSaid = z.infer<typeof RankSaid>

export const AgentSync = z.strictObject({
  /** The supplier's own name of this machine. */
  machine: z.string().max(200),
  /** Where the other machines of the lease reach this one. */
  address: z.string().max(200),
  ports: z.strictObject({ service: count.max(65_535), master: count.max(65_535) }).nullable(),
  ranks: z.array(RankSaid).max(64),
  /** When it was sent, by the machine's own count since its start: a late request says nothing. */
  sent: z.strictObject({ boot: z.string().max(64), atMicros: count }),
  /** Wait so long for news before answering; the answer comes at once when work changed. */
  waitMs: count.max(30_000),
  /**
   * The digest of the last answer as it came; null at first. Ranks that answers before it asked for
   * are reported with it, or never begin.
   */
  workSeen: z.string().max(64).nullable(),
})
export type AgentSync = z.infer<typeof AgentSync>

export const Work = z.strictObject({
  run: name,
  epoch: count,
  rank: count,
  worldSize: count,
  setup: z.string().nullable(),
  command: z.string(),
  envs: z.record(z.string(), z.string()),
  grantMs: count.nullable(),
  probe: z
    .strictObject({
      port: count,
      path: z.string(),
      periodMs: count,
      timeoutMs: count,
      initialDelayMs: count,
    })
    .nullable(),
})
export type Work = z.infer<typeof Work>

/** `work` is all that this node shall run; whatever else it runs, it stops. */
export const AgentSyncReply = z.strictObject({
  work: z.array(Work),
  workSeen: z.string(),
  /** How often to sync, at the least. */
  beatMs: count,
})
export type AgentSyncReply = z.infer<typeof AgentSyncReply>

export const CheckpointCommit = z.strictObject({
  run: name,
  epoch: count,
  uri: z.string().min(1).max(2_000),
  step: count,
})
export type CheckpointCommit = z.infer<typeof CheckpointCommit>
