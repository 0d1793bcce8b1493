/**
 * Every way to say no, as one error with a code for programs and a message for people.
 */
import type { Failure, Fault } from './wire.ts'

const statuses: Readonly<Record<Failure['code'], number>> = {
  invalid: 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  gone: 410,
  'too-large': 413,
  'key-reused': 422,
  'too-many': 429,
  unavailable: 503,
  internal: 500,
}

export class Refused extends Error {
  readonly code: Failure['code']
  readonly faults: readonly Fault[] | undefined
  constructor(
    code: Failure['code'],
    message: string,
    { faults, cause }: { readonly faults?: readonly Fault[]; readonly cause?: unknown } = {},
  ) {
    super(message, { cause })
    this.name = 'Refused'
    this.code = code
    this.faults = faults
  }
}

export function statusOf(code: Failure['code']): number {
  return statuses[code]
}

export function failureOf({ code, message, faults }: Refused): Failure {
  return faults ? { code, message, faults: [...faults] } : { code, message }
}
