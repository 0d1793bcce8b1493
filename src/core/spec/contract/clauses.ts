/**
 * Every kind of clause that may be written. A kind that is not here is a fault, never ignored.
 */
import { z } from 'zod'
import { delivery } from './delivery.ts'
import { money } from './money.ts'
import { rights } from './rights.ts'

const all = [...rights, ...money, ...delivery] as const

export const clauseKinds = all.map((each) => each.in.shape.kind.value)

export const clause = z.discriminatedUnion('kind', all, {
  error: ({ code }) => {
    return code === 'invalid_union' ? `one of ${clauseKinds.join(', ')}` : 'a clause with its kind'
  },
})
