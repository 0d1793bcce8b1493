/**
 * What may be supposed, and how the plan would differ. Shapes only: nothing here acts.
 */
import { z } from 'zod'
import { Document, ReasonView } from '../wire.ts'

const micros = z.number().int().describe('whole micro-dollars')
const ms = z.number().int().describe('milliseconds since 1970-01-01T00:00:00Z')
const name = z.string().min(1).max(63)

const offerPath = z
  .string()
  .regex(/^[^/]+\/.+$/)
  .max(300)
  .describe('<supplier>/<offer>')

const NewOffer = z.strictObject({
  supplier: name,
  id: z.string().min(1).max(200),
  accelerator: z.string().min(1).max(100),
  perNode: z.number().int().min(1).max(100_000),
  region: z.string().max(100),
  market: z.enum(['on-demand', 'spot']),
  pricePerHour: micros.min(0).describe('whole micro-dollars, of one node'),
})

export const WhatIfRequest = z.strictObject({
  documents: z.array(Document).max(50).default([]).describe('taken as submitted on both sides'),
  supposed: z
    .array(Document)
    .max(50)
    .default([])
    .describe('taken as submitted where it is supposed, and not as it is'),
  suppositions: z
    .array(
      z.discriminatedUnion('suppose', [
        z.strictObject({ suppose: z.literal('without'), supplier: name }),
        z.strictObject({
          suppose: z.literal('stock'),
          offer: offerPath,
          nodes: z.number().int().min(0).max(1_000_000),
        }),
        z.strictObject({
          suppose: z.literal('price'),
          offer: offerPath,
          pricePerHour: micros.min(0).describe('whole micro-dollars, of one node'),
        }),
        z.strictObject({
          suppose: z.literal('offers').describe('others sell too, as price lists say'),
          offers: z.array(NewOffer).min(1).max(10_000),
          asOf: ms.describe('when these prices were seen'),
        }),
      ]),
    )
    .max(50)
    .default([]),
})
export type WhatIfRequest = z.infer<typeof WhatIfRequest>

const PlaceView = z.object({
  supplier: z.string(),
  offer: z.string(),
  accelerators: z.string().describe('for example H100:8 x2'),
  market: z.string(),
  pricePerHour: micros.describe('of the whole gang'),
})
const Outlook = z.object({
  pricePerHour: micros.describe('of all gangs, once the plan is carried out'),
  addedPerHour: micros.describe(
    'what of it is really added, by prices of contracts and by what is committed to anyway',
  ),
  waiting: z.array(z.string()).describe('runs that shall run and have no place'),
})
const Wait = z.object({
  aboutMs: z
    .number()
    .int()
    .nullable()
    .describe('it is as likely over by then as not, by what was learnt; null: nothing tells'),
})
export const WhatIfReply = z.object({
  before: Outlook,
  after: Outlook,
  shifts: z
    .array(z.object({ run: z.string(), before: PlaceView.nullable(), after: PlaceView.nullable() }))
    .describe('of the runs whose place or price differs'),
  waits: z
    .array(z.object({ run: z.string(), before: Wait.nullable(), after: Wait.nullable() }))
    .describe('of the runs that wait; null on a side where one does not'),
  reasons: z.array(ReasonView).describe('why they would be there, or wait'),
})
export type WhatIfReply = z.infer<typeof WhatIfReply>
