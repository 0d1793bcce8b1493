/**
 * What the agent says to the control plane, and what became of it. Every request ends within a
 * bound. Nothing is retried here.
 */
import type { AgentSync, AgentSyncReply, CheckpointCommit } from '../protocol/agent.ts'
import type { RankId } from './rank-files.ts'
import type { Settings } from './settings.ts'

export type Answer<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | {
      readonly kind:
        | 'gone' // the lease is over
        | 'stale' // the epoch is fenced off
        | 'none' // there is no such thing yet
        | 'away' // nobody answered, or not so that it makes sense
      readonly why: string
    }

export interface DeskClient {
  sync(said: AgentSync, signal: AbortSignal): Promise<Answer<AgentSyncReply>>
  /** Answers how far the log is then stored. */
  ship(rank: RankId, offset: number, bytes: Uint8Array<ArrayBuffer>): Promise<Answer<number>>
  commit(checkpoint: CheckpointCommit): Promise<Answer<null>>
  newest(job: string): Promise<Answer<{ readonly uri: string; readonly step: number }>>
}

/** A control plane that has nothing to wait for answers within so long. */
const answerMs = 5_000

interface Request {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly json?: object
  readonly bytes?: Uint8Array<ArrayBuffer>
  readonly waitMs?: number
  readonly signal?: AbortSignal
}

export function deskClient({ server, key, secret, node }: Settings): DeskClient {
  const proof = {
    authorization: `Bearer ${secret}`,
    'x-calumet-key': key,
    'x-calumet-node': `${node}`,
  }

  async function ask(request: Request): Promise<Answer<unknown>> {
    const { method, path, json, bytes, waitMs = 0, signal } = request
    const timeout = AbortSignal.timeout(waitMs + answerMs)
    const type = json ? 'application/json' : 'application/octet-stream'
    try {
      const response = await fetch(`${server}/v1/agent/${path}`, {
        method,
        headers: { ...proof, ...(method === 'POST' && { 'content-type': type }) },
        body: json ? JSON.stringify(json) : bytes,
        redirect: 'error',
        signal: signal ? AbortSignal.any([timeout, signal]) : timeout,
      })
      const text = await response.text()
      if (response.ok) return { kind: 'ok', value: text === '' ? null : JSON.parse(text) }
      const why = `${server} answered ${response.status} ${text.slice(0, 300)}`
      return { kind: kindOf(response.status), why }
    } catch (error) {
      return { kind: 'away', why: `${server} does not answer (${messageOf(error)})` }
    }
  }

  return {
    async sync(said, signal) {
      const { waitMs } = said
      const request = { method: 'POST', path: 'sync', json: said, waitMs, signal } as const
      return sensible(await ask(request), isReply)
    },
    async ship({ run, epoch, rank }, offset, bytes) {
      const at = { run, epoch: `${epoch}`, rank: `${rank}`, offset: `${offset}` }
      const path = `logs?${new URLSearchParams(at)}`
      const answer = sensible(await ask({ method: 'POST', path, bytes }), hasOffset)
      return answer.kind === 'ok' ? { kind: 'ok', value: answer.value.offset } : answer
    },
    async commit(checkpoint) {
      const answer = await ask({ method: 'POST', path: 'checkpoint', json: checkpoint })
      return answer.kind === 'ok' ? { kind: 'ok', value: null } : answer
    },
    async newest(job) {
      const path = `checkpoint/${encodeURIComponent(job)}`
      return sensible(await ask({ method: 'GET', path }), isCheckpoint)
    },
  }
}

function kindOf(status: number): Exclude<Answer<never>['kind'], 'ok'> {
  if (status === 404) return 'none'
  if (status === 409) return 'stale'
  if (status === 410) return 'gone'
  return 'away'
}

/** Something else may answer at that address: a proxy, or a page that asks to log in. */
function sensible<T>(answer: Answer<unknown>, isOne: (value: unknown) => value is T): Answer<T> {
  if (answer.kind !== 'ok') return answer
  const { value } = answer
  if (isOne(value)) return { kind: 'ok', value }
  return { kind: 'away', why: `the answer makes no sense: ${JSON.stringify(value)?.slice(0, 300)}` }
}

type Fields<T> = { readonly [K in keyof T]?: unknown } | null

function isReply(value: unknown): value is AgentSyncReply {
  const reply = value as Fields<AgentSyncReply>
  return Array.isArray(reply?.work) && typeof reply.workSeen === 'string' && isMs(reply.beatMs)
}

function isMs(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) > 0
}

function hasOffset(value: unknown): value is { readonly offset: number } {
  return Number.isSafeInteger((value as Fields<{ offset: number }>)?.offset)
}

function isCheckpoint(value: unknown): value is { readonly uri: string; readonly step: number } {
  const checkpoint = value as Fields<{ uri: string; step: number }>
  return typeof checkpoint?.uri === 'string' && typeof checkpoint.step === 'number'
}

function messageOf(error: unknown): string {
  const { cause = error } = error instanceof Error ? error : {}
  return cause instanceof Error ? cause.message : String(cause)
}
