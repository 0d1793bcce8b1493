/**
 * What becomes of one request: who asks for what, and then its exchange with a replica.
 */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../ports/clock.ts'
import { type Address, addressOf } from './address.ts'
import { bodies } from './bodies.ts'
import { type Ended, exchanges } from './exchange.ts'
import { headersToReplica, requestIdOf } from './headers.ts'
import type { LoadMeter } from './load.ts'
import type { Metrics } from './metrics.ts'
import { refusals, refuse } from './refusal.ts'
import type { Call, Line } from './replicas/attempt.ts'
import type { Fleet } from './replicas/fleet.ts'
import type { Settings } from './settings.ts'

export interface Parts {
  readonly settings: Settings
  readonly isAccepted: (authorization: string | undefined) => boolean
  readonly fleet: Fleet
  readonly line: Line
  readonly clock: Clock
  readonly metrics: Metrics
  readonly load: LoadMeter
  readonly isClosing: () => boolean
}

export type Respond = (request: IncomingMessage, response: ServerResponse) => Promise<void>

export function responder(parts: Parts): Respond {
  const { isAccepted, fleet, metrics, isClosing } = parts
  const serve = server(parts)
  return async (request, response) => {
    if (isClosing()) response.setHeader('connection', 'close')
    const { url: target = '', headers } = request
    if (target === '/-/health') return tellHealth(response, parts)
    // Strangers learn nothing, not even what exists.
    const isKnown = isAccepted(headers.authorization)
    if (isKnown && target === '/-/metrics') {
      return tell(response, 200, metrics.contentType, await metrics.text())
    }
    const address = addressOf(target, headers.host)
    if (isKnown && address && fleet.has(address.service)) return serve(request, response, address)
    const isEarly = address !== null && !fleet.isKnown()
    const elsewhere = isEarly ? refusals.routesUnknown : refusals.unknown
    refuse(response, isKnown ? elsewhere : refusals.unauthorized)
    metrics.done({ service: '', supplier: null, outcome: 'refused', durationMs: 0 })
  }
}

function tellHealth(response: ServerResponse, { fleet, isClosing }: Parts): void {
  const status = isClosing() ? 'closing' : fleet.isKnown() ? 'ok' : 'waiting for routes'
  tell(response, status === 'ok' ? 200 : 503, 'application/json', JSON.stringify({ status }))
}

function tell(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'content-type': type }).end(text)
}

/** For requests that were let in, to services that exist. */
function server(parts: Parts) {
  const { clock, metrics, load, settings } = parts
  const exchange = exchanges(parts)
  const room = bodies(settings)

  return async (request: IncomingMessage, response: ServerResponse, address: Address) => {
    const { service, path } = address
    const startedMs = clock.steadyMs()
    const elapsedMs = () => clock.steadyMs() - startedMs
    const leaving = new AbortController()
    response.once('close', () => leaving.abort())
    const carryOut = async (): Promise<Ended> => {
      const body = await room.take(request)
      if (body === null) return { supplier: null, outcome: 'aborted' }
      if ('status' in body) {
        refuse(response, body)
        return { supplier: null, outcome: 'refused' }
      }
      const requestId = requestIdOf(request.headers['x-request-id'], randomUUID)
      const call = callOf({ request, path, requestId, body: body.bytes })
      const onFirstByte = (replicaMs: number) =>
        metrics.firstByte(service, { totalMs: elapsedMs(), replicaMs })
      const { signal } = leaving
      return exchange({ service, call, requestId, response, signal, onFirstByte }).finally(
        body.release,
      )
    }

    load.count(service)
    metrics.began(service)
    try {
      metrics.done({ service, ...(await carryOut()), durationMs: elapsedMs() })
    } finally {
      metrics.ended(service)
    }
  }
}

interface CallParts {
  readonly request: IncomingMessage
  readonly path: string
  readonly requestId: string
  readonly body: Buffer
}

const bodiless = ['GET', 'HEAD', 'DELETE', 'OPTIONS']

function callOf({ request, path, requestId, body }: CallParts): Call {
  const { method = 'GET', rawHeaders: headers } = request
  const bodyBytes = body.length === 0 && bodiless.includes(method) ? null : body.length
  const headersFor = (host: string) => headersToReplica({ headers, host, requestId, bodyBytes })
  return { method, path, headersFor, body }
}
