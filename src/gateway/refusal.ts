/**
 * What the gateway itself says no to, in the shape in which OpenAI's clients expect it.
 */
import type { ServerResponse } from 'node:http'

export interface Refusal {
  readonly status: 401 | 404 | 413 | 500 | 503
  readonly code: string
  readonly message: string
}

export const refusals = {
  unauthorized: {
    status: 401,
    code: 'invalid_api_key',
    message: 'the token is missing or not accepted; expected the header authorization: Bearer …',
  },
  // Says no name, neither asked for nor known: texts of callers are not for echoing.
  unknown: {
    status: 404,
    code: 'unknown_url',
    message: 'no service has this address; expected /SERVICE/v1/… with the name of a service',
  },
  routesUnknown: {
    status: 503,
    code: 'unavailable',
    message: 'the gateway has not heard yet where services are; try again shortly',
  },
  internal: {
    status: 500,
    code: 'internal_error',
    message: 'the gateway failed; its log says why',
  },
  bodiesFull: {
    status: 503,
    code: 'overloaded',
    message: 'the gateway holds as many request bodies as it may; try again shortly',
  },
  queueFull: {
    status: 503,
    code: 'overloaded',
    message: 'as many requests as may wait for this service do so already; try again shortly',
  },
} as const satisfies Readonly<Record<string, Refusal>>

export function tooLarge(bodyBytesMax: number): Refusal {
  const message = `the request body has more than ${bodyBytesMax} bytes, which is the limit`
  return { status: 413, code: 'request_too_large', message }
}

export function unavailable(message: string): Refusal {
  return { status: 503, code: 'unavailable', message }
}

export function refuse(response: ServerResponse, { status, code, message }: Refusal): void {
  const text = errorJson({ status, code, message })
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...(status === 401 && { 'www-authenticate': 'Bearer' }),
    ...(status === 503 && { 'retry-after': '1' }),
  })
  response.end(text)
}

export function errorJson({ status, code, message }: Omit<Refusal, 'status'> & { status: number }) {
  const type = status >= 500 ? 'server_error' : 'invalid_request_error'
  return JSON.stringify({ error: { message, type, param: null, code } })
}
