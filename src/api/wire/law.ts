/**
 * What is sent and answered about contracts.
 */
import { z } from 'zod'

export const ContractView = z.object({
  name: z.string(),
  generation: z.number().int(),
  with: z.string(),
  form: z.string(),
  bindingness: z.string(),
  from: z.number().int(),
  to: z.number().int().nullable(),
  recordedAt: z.number().int().describe('since when it is known'),
  clauses: z.array(z.string()).describe('<contract>/<clause>'),
})
export type ContractView = z.infer<typeof ContractView>

export const ClauseView = z.object({
  clause: z.string().describe('<contract>/<clause>'),
  kind: z.string(),
  with: z.string(),
  says: z.string(),
  about: z.string(),
  when: z.string(),
  source: z.string(),
  assumed: z.string().nullable(),
  silent: z.string().nullable().describe('why it does not bind; null where it does'),
})
export type ClauseView = z.infer<typeof ClauseView>

export const DateView = z.object({
  at: z.number().int(),
  clause: z.string(),
  what: z.string(),
  by: z.string().nullable().describe('whose turn it is: us, a party, or nobody'),
  isNear: z.boolean(),
  assumed: z.array(z.string()),
})
export type DateView = z.infer<typeof DateView>

export const GapView = z.object({
  clause: z.string(),
  assumed: z.array(z.string()),
  confidence: z.string(),
})
export type GapView = z.infer<typeof GapView>

export const CheckReply = z.object({
  contradictions: z.array(z.string()).describe('what cannot be meant, and what would help'),
  warnings: z
    .array(z.string())
    .describe('what may be a slip, and what contradicts elsewhere already'),
  gaps: z.array(GapView).describe('what nobody outside us ever confirmed'),
})
export type CheckReply = z.infer<typeof CheckReply>

export const WaiverView = z.object({
  id: z.string(),
  clause: z.string(),
  kind: z.enum(['granted', 'override']),
  by: z.array(z.string()),
  from: z.number().int(),
  until: z.number().int(),
  reason: z.string(),
  isInForce: z.boolean(),
})
export type WaiverView = z.infer<typeof WaiverView>

export const WaiverOrder = z.strictObject({
  clause: z.string().min(1).max(200),
  kind: z.enum(['granted', 'override']).describe('by the other side, or by two of us'),
  until: z.number().int(),
  reason: z.string().min(1).max(500),
})

const happened = {
  at: z.number().int().describe('when it happened'),
  document: z.string().min(1).max(500).describe('the paper that shows it'),
}
const aboutProduct = {
  kind: z.enum(['launch', 'inability']),
  product: z.string().min(1).max(200),
  supplier: z.string().min(1).max(200),
}
const aboutClause = {
  kind: z.literal('first-look'),
  clause: z.string().min(1).max(200).describe('<contract>/<clause>'),
  releasedAt: z.number().int().nullable().describe('when they let us go; null where they did not'),
}
const aboutDowntime = {
  kind: z.literal('excuse'),
  supplier: z.string().min(1).max(200),
  cause: z.enum(['maintenance', 'force-majeure', 'our-fault']),
  until: z.number().int(),
}

const aboutIndex = {
  kind: z.literal('index'),
  index: z.string().min(1).max(200).describe('its name, as a clause has it'),
  unit: z.string().min(1).max(50).describe('such as USD/MWh'),
  levels: z
    .array(
      z.object({
        at: z.number().int().describe('a day of UTC'),
        value: z.number().min(-1e12).max(1e12),
      }),
    )
    .min(1)
    .max(4_000)
    .describe('what it stood at; of two for one day the one that was noted last holds'),
}

export const RecordOrder = z.union([
  z.strictObject({ ...aboutProduct, ...happened }),
  z.strictObject({ ...aboutClause, ...happened }),
  z.strictObject({ ...aboutDowntime, ...happened }),
  z.strictObject({ ...aboutIndex, document: happened.document }),
])
export type RecordOrder = z.infer<typeof RecordOrder>

const noted = { id: z.string(), by: z.string() }
export const RecordView = z.union([
  z.object({ ...noted, ...aboutProduct, ...happened }),
  z.object({ ...noted, ...aboutClause, ...happened }),
  z.object({ ...noted, ...aboutDowntime, ...happened }),
  z.object({
    ...{ ...noted, ...aboutIndex, ...happened },
    notedAt: z.number().int().describe('since when it is known'),
  }),
])
export type RecordView = z.infer<typeof RecordView>

export const VerdictView = z.object({
  offer: z.string(),
  standing: z.string().describe('how its supplier stood with us on that day'),
  relations: z.array(z.string()).describe('what its supplier, and whoever hosts it, was to us'),
  bar: z
    .object({
      clause: z.string(),
      because: z.string(),
      remedy: z.string(),
      source: z.string(),
    })
    .nullable()
    .describe('null where no clause forbids it'),
  says: z
    .array(z.object({ clause: z.string(), says: z.string() }))
    .describe('more bars, what is owed where it is free, who is preferred, what is paid for'),
})
export type VerdictView = z.infer<typeof VerdictView>
