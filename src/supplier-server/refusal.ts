/**
 * A request that the supplier turns down, as the protocol says it: a status and a `Problem`.
 */
import type { z } from 'zod'
import type { Problem } from '../protocol/supplier.ts'

export class Refusal extends Error {
  readonly code: Problem['code']
  readonly status: number
  constructor(code: Problem['code'], detail: string, status: number = statusOf[code]) {
    super(detail)
    this.name = 'Refusal'
    this.code = code
    this.status = status
  }
}

const statusOf: Readonly<Record<Problem['code'], number>> = {
  'no-stock': 409,
  quota: 403,
  'too-dear': 409,
  invalid: 400,
  unauthorized: 401,
  'not-found': 404,
  'name-taken': 409,
  'key-reused': 409,
  throttled: 429,
  internal: 500,
}

export function problemOf({ code, message }: Refusal): Problem {
  return { code, detail: message.slice(0, 2_000) }
}

/** What a request carries, as a shape of the protocol; says in a sentence or two what is wrong. */
export function read<Shape extends z.ZodType>(shape: Shape, body: unknown): z.infer<Shape> {
  const { success, data, error } = shape.safeParse(body)
  if (success) return data
  const faults = error.issues.slice(0, 5).map(({ path, message }) => {
    return path.length > 0 ? `${path.join('.')}: ${message}` : `body: ${message}`
  })
  throw new Refusal('invalid', faults.join('; '))
}
