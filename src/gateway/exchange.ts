/**
 * One request from its last byte to the end of its answer: choose, ask, ask another, pass on.
 *
 * Until a byte of an answer was passed on, a failure stays between the gateway and its replicas.
 */
import type { ServerResponse } from 'node:http'
import type { Clock } from '../ports/clock.ts'
import { headersToClient } from './headers.ts'
import type { Metrics, RequestOutcome } from './metrics.ts'
import { type Refusal, refusals, refuse, unavailable } from './refusal.ts'
import { relay } from './relay.ts'
import type { Answered, Call, Line } from './replicas/attempt.ts'
import type { Fleet, Replica } from './replicas/fleet.ts'
import type { Settings } from './settings.ts'

export interface Exchange {
  readonly service: string
  readonly call: Call
  readonly requestId: string
  readonly response: ServerResponse
  /** Fires when the client leaves. */
  readonly signal: AbortSignal
  /** Called as the first byte goes out, with how long this replica took to send it. */
  readonly onFirstByte: (replicaMs: number) => void
}

export interface Ended {
  /** Who was asked last. */
  readonly supplier: string | null
  readonly outcome: RequestOutcome
}

export interface ExchangeOptions {
  readonly fleet: Fleet
  readonly line: Line
  readonly clock: Clock
  readonly metrics: Metrics
  readonly settings: Settings
}

/** Returns the function that carries out one exchange after the other. */
export function exchanges({ fleet, line, clock, metrics, settings }: ExchangeOptions) {
  const queue = waitingRoom({ fleet, clock, metrics, settings })

  return async (exchange: Exchange): Promise<Ended> => {
    const { service, call, response, signal } = exchange
    const failed: Replica[] = []
    const patience = { leftMs: settings.queueTimeoutMs }
    const end = (outcome: RequestOutcome): Ended => {
      return { supplier: failed.at(-1)?.supplier ?? null, outcome }
    }
    while (failed.length < settings.replicasPerRequestMax) {
      const turn = await queue({ service, failed, patience, signal })
      if (turn.kind === 'left') return end('aborted')
      if (turn.kind === 'refused') {
        refuse(response, turn.refusal)
        return end('unavailable')
      }
      const { replica } = turn
      if (failed.length > 0) metrics.retried(service, replica.supplier)
      const startedMs = clock.steadyMs()
      const answer = await line.attempt(replica, call, signal)
      if (answer.kind === 'answered') {
        exchange.onFirstByte(clock.steadyMs() - startedMs)
        const outcome = await passOn({ exchange, answer, replica, settings })
        return { supplier: replica.supplier, outcome }
      }
      failed.push(replica)
      if (answer.kind === 'aborted') return end('aborted')
    }
    refuse(response, unavailable(`${failed.length} replicas were asked and none gave an answer`))
    return end('unavailable')
  }
}

interface PassOn {
  readonly exchange: Exchange
  readonly answer: Answered
  readonly replica: Replica
  readonly settings: Settings
}

async function passOn({ exchange, answer, replica, settings }: PassOn): Promise<RequestOutcome> {
  const { requestId, response } = exchange
  const { rawHeaders, statusCode = 502 } = answer.message
  const servedBy = settings.debugHeaders ? `${replica.supplier}/${replica.lease}` : null
  const ending = await relay({
    answer,
    response,
    headers: headersToClient({ headers: rawHeaders, requestId, servedBy }),
    stallTimeoutMs: settings.stallTimeoutMs,
    onData: () => {
      replica.heard = true
    },
  })
  if (ending !== 'whole') return ending
  return statusCode >= 500 ? 'error' : 'ok'
}

interface Turn {
  readonly service: string
  readonly failed: readonly Replica[]
  /** Waiting counts against one request in all, however often it waits. */
  readonly patience: { leftMs: number }
  readonly signal: AbortSignal
}

type Called =
  | { readonly kind: 'replica'; readonly replica: Replica }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'left' }

/** Where requests stand while no replica is ready; each service has a queue of its own. */
function waitingRoom({ fleet, clock, metrics, settings }: Omit<ExchangeOptions, 'line'>) {
  const lengths = new Map<string, number>()
  const grow = (service: string, by: number) => {
    const length = (lengths.get(service) ?? 0) + by
    lengths.set(service, length)
    metrics.waiting(service, length)
  }
  const late = unavailable(
    `no replica of this service was ready within ${settings.queueTimeoutMs / 1_000} s`,
  )

  return async ({ service, failed, patience, signal }: Turn): Promise<Called> => {
    const first = fleet.choose(service, failed)
    if (first) return { kind: 'replica', replica: first }
    if ((lengths.get(service) ?? 0) >= settings.queueLengthMax) {
      return { kind: 'refused', refusal: refusals.queueFull }
    }
    grow(service, 1)
    try {
      while (patience.leftMs > 0) {
        const startedMs = clock.steadyMs()
        await fleet.wait({ service, durationMs: patience.leftMs, signal })
        patience.leftMs -= clock.steadyMs() - startedMs
        if (signal.aborted) return { kind: 'left' }
        const replica = fleet.choose(service, failed)
        if (replica) return { kind: 'replica', replica }
      }
      return { kind: 'refused', refusal: late }
    } finally {
      grow(service, -1)
    }
  }
}
