/**
 * What a supplier may be told, and what it was told, on the wire.
 */
import { z } from 'zod'
import { secrets } from '../../core/domain/clause.ts'
import { relations } from '../../core/domain/trust.ts'

const at = z.number().int().describe('milliseconds since 1970-01-01T00:00:00Z')

export const ToldView = z.union([
  z.object({
    at,
    what: z.literal('ask'),
    key: z.string().describe('what the supplier knows the purchase by'),
    call: z.number().int().describe('how often it was asked for under this key by then'),
    offer: z.string(),
    accelerators: z.string(),
    region: z.string(),
    market: z.string(),
    pricePerHourMax: z.number().int().describe('whole micro-dollars, for all machines together'),
  }),
  z.object({ at, what: z.literal('release'), rental: z.string() }),
  z.object({
    at,
    what: z.literal('notice'),
    clause: z.string().describe('<contract>/<clause>'),
    channel: z.string(),
    terms: z
      .record(z.string(), z.string())
      .nullable()
      .describe('null where only their digest is left'),
    answerWithin: z.string(),
    digest: z.string(),
  }),
])
export type ToldView = z.infer<typeof ToldView>

export const ToldReply = z.object({
  supplier: z.string(),
  as: z.string().describe('the name under which the supplier knows this installation'),
  told: z.array(ToldView).describe('oldest first'),
  isWhole: z.boolean().describe('false: there was more before'),
})
export type ToldReply = z.infer<typeof ToldReply>

export const ClearanceReply = z.object({
  to: z.string(),
  at,
  relations: z.array(z.enum(relations)).describe('what it is to us'),
  withheld: z.array(
    z.object({
      fact: z.enum(secrets),
      about: z.string().nullable().describe('whose dealings with us; null: of everybody else'),
      isScoped: z.boolean().describe('only of the deals that the clause is about'),
      because: z.string(),
      remedy: z.string(),
      source: z.string().describe('<contract>/<clause>, or whose policy it is'),
    }),
  ),
})
export type ClearanceReply = z.infer<typeof ClearanceReply>
