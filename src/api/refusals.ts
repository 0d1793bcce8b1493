/**
 * Turns whatever goes wrong while a request is answered into a failure of our own shape. What
 * people should not see, a stack or what the ledger said, goes to the log under the request's id.
 */
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import type { z } from 'zod'
import { unholdable } from '../core/spec/limits.ts'
import { LedgerError } from '../ports/ledger.ts'
import { failureOf, Refused, statusOf } from './failure.ts'

export type Log = (level: 'info' | 'warn' | 'error', text: string) => void

export type Answer = (error: Error, request: FastifyRequest, reply: FastifyReply) => FastifyReply

export function answerWith(log: Log): Answer {
  return (error, request, reply) => {
    const refused = refusalOf(error)
    const { code } = refused
    const place = `${request.id} ${request.method} ${pathOf(request)}`
    if (code === 'internal') log('error', `${place}: ${error.stack}`)
    if (error instanceof LedgerError) log('warn', `${place}: ${error.message}`)
    if (code === 'unauthorized') reply.header('www-authenticate', 'Bearer')
    if (code === 'too-many' || code === 'unavailable') reply.header('retry-after', '1')
    return reply.status(statusOf(code)).type('application/json').send(failureOf(refused))
  }
}

export function answerNotFound(app: FastifyInstance, answer: Answer): void {
  app.setNotFoundHandler((request, reply) => {
    const message = `there is nothing at ${request.method} ${pathOf(request)}`
    return answer(new Refused('not-found', message), request, reply)
  })
}

/** What does not even look like HTTP gets the same shape, and the connection is closed. */
export function answerGarbage(error: Error & { readonly code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy()
  const status =
    { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 }[error.code ?? ''] ?? 400
  const body = JSON.stringify(failureOf(new Refused('invalid', 'this is no HTTP request')))
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/json\r\n` +
      `content-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  )
}

/** The path alone: a query may hold what is nobody's business in a log. */
export function pathOf({ url }: FastifyRequest): string {
  return url.split('?')[0] ?? ''
}

/** Refuses signs that no ledger holds, wherever they stand in what a shape has let through. */
export function holdable<T>(value: T, path = '$'): T {
  if (typeof value === 'string') {
    const bad = unholdable(value)
    if (bad)
      throw new Refused('invalid', `${path}: found ${bad.sign}; a text without it is expected`)
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) holdable(item, `${path}[${index}]`)
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      holdable(key, `a key of ${path}`)
      holdable(item, `${path}.${key}`)
    }
  }
  return value
}

export function parsed<Shape extends z.ZodType>(shape: Shape, value: unknown): z.output<Shape> {
  const result = shape.safeParse(value)
  if (result.success) return holdable(result.data)
  const [issue] = result.error.issues
  const { path = [], message = '' } = issue ?? {}
  throw new Refused('invalid', `${jsonPath(path.map(String))}: ${message}`)
}

function refusalOf(error: Error & Partial<FastifyError>): Refused {
  if (error instanceof Refused) return error
  if (error instanceof LedgerError) return new Refused('unavailable', ledgerSays[error.kind])
  if (hasZodFastifySchemaValidationErrors(error)) {
    const [first] = error.validation
    const part = partNames[error.validationContext ?? 'body'] ?? ''
    const path = jsonPath((first?.instancePath ?? '').split('/').filter((step) => step !== ''))
    return new Refused('invalid', `${part}${path}: ${first?.message ?? 'it does not fit'}`)
  }
  if (error.statusCode === 413) return new Refused('too-large', 'a request has 1 MB at most')
  if (error.statusCode !== undefined && error.statusCode < 500) {
    return new Refused('invalid', error.message)
  }
  return new Refused('internal', 'this is a fault of the server; its log says more')
}

const ledgerSays: Readonly<Record<LedgerError['kind'], string>> = {
  unavailable: 'the ledger does not answer; nothing was changed, ask again',
  unknown: 'the ledger did not confirm it; ask again with the same Idempotency-Key',
}

const partNames: Readonly<Record<string, string>> = {
  querystring: 'query ',
  params: 'path ',
  headers: 'headers ',
}

function jsonPath(steps: readonly string[]): string {
  return `$${steps.map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step}`)).join('')}`
}
