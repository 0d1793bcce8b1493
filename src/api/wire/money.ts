/**
 * Commitments, rights of first refusal, invoices and FOCUS on the wire. Shapes only.
 */
import { z } from 'zod'

const ms = z.number().int().describe('milliseconds since 1970-01-01T00:00:00Z')
const micros = z.number().int().describe('whole micro-dollars')
const amount = z
  .string()
  .regex(/^-?\d+$/)
  .describe('whole micro-dollars, however many')
const name = z.string().min(1).max(63)

export const PurseView = z.object({
  of: z.enum(['everything', 'team', 'workload', 'supplier']),
  name: z.string(),
  per: z.enum(['day', 'month', 'year']),
  amount: micros,
  spent: micros,
  left: micros,
  until: ms,
})
export type PurseView = z.infer<typeof PurseView>

export const BurnDownView = z.object({
  clause: z.string().describe('<contract>/<clause>'),
  with: z.string(),
  kind: z.enum(['spend_commit', 'take_or_pay', 'prepay']),
  at: ms.nullable().describe('the milestone, or the end of the present interval'),
  due: amount,
  used: amount,
  owed: amount.describe('for what ended before and was not used, in the first row of it'),
  shortfall: amount.describe('what will be missing at the present pace'),
  neededPerDay: amount,
  warns: z.boolean(),
  wayOut: z
    .object({ way: z.enum(['cancel', 'resale', 'pause']), amount })
    .nullable()
    .describe('what the best way out of what will be missing brings back'),
  credits: z
    .object({
      earnedHours: z.number(),
      usedHours: z.number(),
      expiredHours: z.number(),
      leftHours: z.number(),
    })
    .nullable()
    .describe('accelerator-hours that were paid for and not used, where they may be made up'),
})
export type BurnDownView = z.infer<typeof BurnDownView>

export const ExposureView = z.object({
  supplier: z.string(),
  held: amount.describe('paid ahead, deposited, lent or to be made up, and not used up'),
  supported: amount.describe('what guarantors stand for'),
  atRisk: amount,
  mayCome: z
    .object({
      worst: amount,
      expected: amount.nullable().describe('null where nobody said what to expect'),
      until: ms.nullable().describe('from then on none of it can come'),
      capacity: z
        .array(
          z.object({
            accelerator: z.string(),
            accelerators: z.number().nullable(),
            expectedAccelerators: z.number().nullable(),
          }),
        )
        .describe('what we would get for it'),
    })
    .describe('what backstops may have us pay it, beside what is at risk'),
  limit: amount.nullable().describe('what the policy allows to be at risk'),
})
export type ExposureView = z.infer<typeof ExposureView>

export const RightView = z.object({
  id: z.string(),
  clause: z.string(),
  holder: z.string(),
  thirdParty: z.string(),
  about: z.string().describe('what is to be bought, in words'),
  step: z.string(),
  why: z.string(),
  deadline: ms.nullable(),
  freeUntil: ms.nullable(),
  acceleratorsFree: z.number().int(),
})
export type RightView = z.infer<typeof RightView>

const id = z.string().min(1).max(300)

export const RightOrder = z.strictObject({
  workload: name,
  offer: z.string().min(3).max(300).describe('<supplier>/<offer>'),
})

export const NoticeOrder = z.strictObject({
  id,
  proof: z.string().min(1).max(500).describe('how its delivery is proven'),
})

export const NoticeReply = z.object({
  to: z.string(),
  channel: z.string(),
  terms: z.record(z.string(), z.string()).describe('what the clause obliges us to tell'),
  answerWithin: z.string(),
  digest: z.string().describe('commits us to all terms'),
  right: RightView,
})
export type NoticeReply = z.infer<typeof NoticeReply>

const why = z.string().min(1).max(500)

export const RateView = z.object({
  clause: z.string().describe('<contract>/<clause>'),
  with: z.string(),
  form: z.enum(['fixed', 'tiered', 'indexed', 'mfn', 'auction']),
  accelerator: z.string().nullable().describe('null where any is meant'),
  perHour: z.number().int().nullable().describe('of the next accelerator; null where not said'),
  because: z.string().describe('by which reading or tier, or why nothing is said'),
  held: z.number().int().describe('accelerators that were charged for under the clause'),
  reviewAt: z.number().int().nullable(),
  bestPrice: z.array(z.string()).describe('clauses that promise the best price for it'),
  assumed: z.array(z.string()),
})
export type RateView = z.infer<typeof RateView>

export const ClaimView = z.object({
  clause: z.string(),
  with: z.string(),
  kind: z.enum(['sla_credit', 'price']),
  from: ms.describe('the beginning of the month'),
  to: ms,
  up: z
    .object({
      countedMs: z.number().int().describe('milliseconds of machines'),
      downMs: z.number().int(),
      availabilityPpm: z.number().int(),
    })
    .nullable()
    .describe('null where the claim is about a price'),
  bill: z.string().describe('micro-dollars'),
  credit: z.string().nullable().describe('micro-dollars; null where the promise was kept'),
  deadline: ms.nullable().describe('the last moment to claim; null where the clause sets none'),
  isNear: z.boolean(),
  evidence: z.array(z.string()),
  excluded: z.array(z.string()).describe('only what was recorded of it was left out'),
  withheld: z.array(z.string()).describe('prices that were not compared with, and why; for us'),
  assumed: z.array(z.string()),
  proof: z
    .object({
      digest: z.string().describe('SHA-256 of the nonce and what prices were compared with'),
      nonce: z.string().describe('stays in the house'),
    })
    .nullable(),
})
export type ClaimView = z.infer<typeof ClaimView>

export const DecisionOrder = z.strictObject({
  id,
  move: z.discriminatedUnion('event', [
    z.strictObject({ event: z.literal('decline') }),
    z.strictObject({ event: z.literal('take'), accelerators: z.number().int().min(1) }),
    z.strictObject({ event: z.literal('match'), pricePerHour: micros.min(1) }),
    z.strictObject({ event: z.literal('waive'), digest: why }),
    z.strictObject({ event: z.literal('dispute'), why }),
    z.strictObject({
      event: z.literal('settle'),
      as: z.enum(['declined', 'waived', 'upheld']),
    }),
    z.strictObject({ event: z.literal('withdraw'), why }),
    z.strictObject({ event: z.literal('sign-with-holder'), digest: why }),
    z.strictObject({ event: z.literal('fail'), why }),
  ]),
})
export type DecisionOrder = z.infer<typeof DecisionOrder>

export const EvidenceReply = z.object({
  case: z.string(),
  clause: z.string(),
  holder: z.string(),
  source: z.string(),
  assumed: z.array(z.string()),
  summary: z.string(),
  entries: z.array(
    z.object({
      at: ms,
      from: z.string().nullable(),
      to: z.string(),
      actor: z.string(),
      why: z.string(),
      digest: z.string().nullable(),
      proof: z.string().nullable(),
      chain: z.string().describe('SHA-256 of the entry and the one before'),
    }),
  ),
})
export type EvidenceReply = z.infer<typeof EvidenceReply>

export const FocusReply = z.object({
  dataset: z.string(),
  rows: z.array(z.record(z.string(), z.string().nullable())),
})
export type FocusReply = z.infer<typeof FocusReply>

export const InvoiceOrder = z.strictObject({
  supplier: name,
  file: z.string().min(1).max(200).describe('for faults'),
  text: z.string().max(5_000_000).describe('a table with commas, in FOCUS or plain'),
})

export const InvoiceView = z.object({
  supplier: z.string(),
  number: z.string(),
  from: ms,
  to: ms,
  lines: z.number().int(),
  billed: micros,
  importedAt: ms,
  by: z.string(),
})
export type InvoiceView = z.infer<typeof InvoiceView>

export const ComparisonView = z.object({
  line: z.number().int().nullable().describe('of the file; null where no line asks for it'),
  rental: z.string().describe('empty where it is about none'),
  clause: z.string().nullable().describe('what was promised; null where it is about a rental'),
  verdict: z.enum([
    'same',
    'dearer',
    'cheaper',
    'more hours',
    'fewer hours',
    'billed twice',
    'out of period',
    'not then',
    'not ours',
    'unknown',
    'tax',
    'credit',
    'adjustment',
    'not billed',
  ]),
  before: z
    .string()
    .nullable()
    .describe('what asks for it or a part of it before: an invoice, or a line of this one'),
  billed: micros,
  charged: micros.describe('what is owed of it, in whole micro-dollars'),
  hours: z
    .object({
      billed: z.number(),
      charged: z.number(),
      byHours: micros.describe('what of the difference the hours make'),
      byPrice: micros.describe('what of the difference the price makes'),
    })
    .nullable()
    .describe('null where the line does not say how long'),
  ahead: micros.describe('what of it was paid ahead, and is not owed again'),
  aboveRate: micros.describe('what was charged beyond the price of a contract, and is not owed'),
  rates: z.array(z.string()).describe('the clauses that give those prices'),
})

export const InvoiceReply = z.object({
  invoice: InvoiceView,
  comparison: z.array(ComparisonView).describe('those that differ most first'),
})
export type InvoiceReply = z.infer<typeof InvoiceReply>

export const PublicSupplier = z.object({
  name: z.string(),
  since: ms.nullable().describe('when it was approved; null where nobody judged it'),
  products: z.array(z.string()).nullable().describe('null: all, or not said'),
  regions: z.array(z.string()).nullable(),
  jurisdictions: z.array(z.string()),
})
export type PublicSupplier = z.infer<typeof PublicSupplier>

export const ScoreView = z.object({
  supplier: z.string(),
  asked: z.number().int(),
  refused: z.number().int(),
  unanswered: z.number().int(),
  readyMsMedian: z.number().int().nullable(),
  readyMsP90: z.number().int().nullable(),
  dead: z.number().int().describe('held, and given back because its machines never worked'),
  takenBack: z.number().int(),
  dearer: z.number().int().describe('asked for more than it had quoted'),
  tranches: z.number().int().describe('that came or had to come by now'),
  late: z.number().int().describe('of these: accepted after their day, or not yet'),
})
export type ScoreView = z.infer<typeof ScoreView>
