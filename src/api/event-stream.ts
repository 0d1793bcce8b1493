/**
 * Events as they happen, as server-sent events: none is missed and none comes twice.
 *
 * A reader that does not keep up is let go; it comes back with the last number that it saw. So is
 * one whose token was revoked.
 */
import { once } from 'node:events'
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { setImmediate as turn } from 'node:timers/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { eventView } from '../core/report/views.ts'
import type { Clock } from '../ports/clock.ts'
import type { EventQuery, Ledger } from '../ports/ledger.ts'
import { authorizationOf } from './door.ts'
import { Refused } from './failure.ts'
import type { Gate } from './tokens.ts'

/** Wakes who waits for something new in the ledger. */
export interface News {
  /** Resolves at the next news, after so long without any, or when the signal fires. */
  next(withinMs: number, signal?: AbortSignal): Promise<void>
}

export interface EventStreamOptions {
  readonly ledger: Ledger
  readonly news: News
  readonly gate: Gate
  readonly clock: Clock
}

export type EventStream = (request: FastifyRequest, reply: FastifyReply) => Promise<void>

const pageSize = 500
/** Other control planes write to the same ledger without our hearing of it. */
const lookEveryMs = 1_000
const heartbeatMs = 15_000
/** A reader that takes nothing for so long is let go. */
const stuckMs = 30_000

/** Answers who asks for a stream; everybody else passes. The caller was let in before. */
export function eventStream({ ledger, news, gate, clock }: EventStreamOptions): EventStream {
  return async (request, reply) => {
    const wantsStream = request.headers.accept?.includes('text/event-stream')
    if (!wantsStream || request.method !== 'GET') return
    const { workload, lease, supplier, after = 0 } = request.query as EventQuery
    const from = lastEventId(request) ?? after
    reply.header('content-type', 'text/event-stream').header('cache-control', 'no-store')
    reply.hijack()
    reply.raw.writeHead(200, reply.getHeaders() as OutgoingHttpHeaders)
    const gone = new AbortController()
    reply.raw.once('close', () => gone.abort())
    const mayStay = async () => (await gate.admit(authorizationOf(request))) !== null
    await send(reply.raw, { workload, lease, supplier, after: from }, mayStay, gone.signal)
  }

  async function send(
    raw: ServerResponse,
    query: EventQuery & { readonly after: number },
    mayStay: () => Promise<boolean>,
    gone: AbortSignal,
  ): Promise<void> {
    raw.write(': events\n\n')
    let { after } = query
    let saidAtMs = clock.steadyMs()
    // While the ledger is away the stream is quiet; whoever reads it need not know.
    while (!gone.aborted && (await mayStay().catch(() => true))) {
      const events = await ledger.events({ ...query, after, limit: pageSize }).catch(() => [])
      for (const event of events) {
        raw.write(`id: ${event.seq}\ndata: ${JSON.stringify(eventView(event))}\n\n`)
        after = event.seq
      }
      const isQuiet = events.length === 0 && clock.steadyMs() - saidAtMs >= heartbeatMs
      if (isQuiet) raw.write(': still here\n\n')
      if (isQuiet || events.length > 0) saidAtMs = clock.steadyMs()
      if (raw.writableNeedDrain && !(await drained(raw, gone))) return void raw.destroy()
      if (events.length === pageSize) await turn()
      else await news.next(lookEveryMs, gone)
    }
    raw.end()
  }

  async function drained(raw: ServerResponse, gone: AbortSignal): Promise<boolean> {
    const settled = new AbortController()
    const signal = AbortSignal.any([gone, settled.signal])
    const isDrained = once(raw, 'drain', { signal }).then(
      () => true,
      () => false,
    )
    try {
      return await Promise.race([isDrained, clock.sleep(stuckMs, signal).then(() => false)])
    } finally {
      settled.abort()
    }
  }
}

/** What a browser sends when it comes back; it knows better than the address it first asked. */
function lastEventId({ headers }: FastifyRequest): number | null {
  const given = headers['last-event-id']
  if (given === undefined) return null
  if (typeof given === 'string' && /^\d{1,15}$/.test(given)) return Number(given)
  throw new Refused('invalid', `headers $.last-event-id: ${given} is no event number`)
}

/** News that one process tells itself. */
export function newsBoard(): News & { tell(): void } {
  const waiting = new Set<() => void>()
  return {
    tell() {
      for (const wake of waiting) wake()
    },
    next(withinMs, signal) {
      return new Promise((resolve) => {
        const wake = () => {
          clearTimeout(timer)
          waiting.delete(wake)
          signal?.removeEventListener('abort', wake)
          resolve()
        }
        const timer = setTimeout(wake, withinMs)
        waiting.add(wake)
        signal?.addEventListener('abort', wake)
        if (signal?.aborted) wake()
      })
    },
  }
}
