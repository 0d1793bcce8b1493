/**
 * What was promised to come, what may come besides, and what may stand in for it, on the wire.
 */
import { z } from 'zod'

const ms = z.number().int().describe('milliseconds since 1970-01-01T00:00:00Z')
const clause = z.string().describe('<contract>/<clause>')
const accelerators = z.number().nullable().describe('null where nobody said what the unit comes to')
const amount = z
  .string()
  .regex(/^-?\d+$/)
  .describe('whole micro-dollars, however many')
const perHour = z.number().int().describe('whole micro-dollars an hour of one accelerator')

export const TrancheView = z.object({
  tranche: z.string().describe('<contract>/<clause>/<tranche>'),
  with: z.string(),
  accelerator: z.string(),
  accelerators,
  rung: z.enum(['rumoured', 'announced', 'contracted', 'energised', 'delivered', 'accepted']),
  dueAt: ms,
  likelyAt: ms.describe('as likely as not accepted by then'),
  lateAt: ms.describe('nine times in ten accepted by then'),
  late: z
    .object({
      clause,
      days: z.number().int().describe('whole days after the grace'),
      credit: amount.nullable().describe('null where no clause tells a price'),
      mayEndFrom: ms,
      ends: z.enum(['tranche', 'agreement']),
    })
    .nullable(),
})
export type TrancheView = z.infer<typeof TrancheView>

export const VestingView = z.object({
  clause,
  with: z.string(),
  vestedShares: z.number(),
  shares: z.number(),
  missing: z.number().nullable().describe('accelerators until the next milestone'),
})
export type VestingView = z.infer<typeof VestingView>

export const RampView = z.object({
  clause,
  with: z.string(),
  promised: z.number().describe('accelerators, as far as their unit converts'),
  accepted: z.number(),
  expected: z.array(
    z.object({
      days: z.number().int().describe('from now'),
      accelerators: z.number().describe('as likely as each tranche is by then'),
    }),
  ),
})
export type RampView = z.infer<typeof RampView>

export const DeliveryReply = z.object({
  tranches: z.array(TrancheView),
  ramps: z.array(RampView),
  vesting: z.array(VestingView),
})
export type DeliveryReply = z.infer<typeof DeliveryReply>

const worth = z.object({
  value: amount,
  breakEvenPerHour: perHour
    .nullable()
    .describe('from which market price on all of it pays, if what is unused is paid as well'),
})

export const OptionView = z.object({
  clause,
  with: z.string(),
  accelerator: z.string(),
  accelerators,
  strikePerHour: perHour,
  marketPerHour: perHour.nullable().describe('the cheapest for sale on demand now, by contract'),
  marketOffer: z.string().nullable().describe('<supplier>/<offer>, whose that is'),
  breakEvenPerHour: perHour.describe('of the market, if all of it is used'),
  termDays: z.number(),
  value: amount.nullable().describe("at today's market, if all of it is used"),
  forecast: z
    .object({
      from: ms.describe('where its term begins'),
      least: worth,
      likely: worth,
      most: worth,
    })
    .nullable()
    .describe('what it saves as we forecast it; null where nobody did'),
  until: ms.nullable().describe('the last moment to take it'),
  asked: z
    .array(
      z.object({ quantity: z.number(), dueAt: ms, paper: z.string(), by: z.array(z.string()) }),
    )
    .describe('what one of us said, and a second has not said yet'),
  assumed: z.array(z.string()),
})
export type OptionView = z.infer<typeof OptionView>

export const BackstopView = z.object({
  clause,
  with: z.string(),
  accelerators,
  expectedAccelerators: accelerators.describe('null where nobody said what to expect'),
  worst: amount.describe('what it costs if nothing else is sold'),
  expected: amount.nullable().describe('what we expect it to cost; null where nobody said'),
  until: ms.nullable(),
  assumed: z.array(z.string()),
})
export type BackstopView = z.infer<typeof BackstopView>

export const ContingentReply = z.object({
  options: z.array(OptionView),
  backstops: z.array(BackstopView),
})
export type ContingentReply = z.infer<typeof ContingentReply>

export const ExerciseOrder = z.strictObject({
  clause: z.string().min(3).max(300).describe('<contract>/<clause>'),
  quantity: z.number().positive().max(1e15).describe('in the unit of the option'),
  dueAt: ms.describe('when it is to come'),
  paper: z.string().min(1).max(500).describe('our letter that says so'),
})

export const ExerciseView = z.object({
  id: z.string(),
  clause,
  quantity: z.number(),
  dueAt: ms,
  paper: z.string(),
  by: z.array(z.string()),
  takenAt: ms.nullable().describe('null until a second person says so'),
})
export type ExerciseView = z.infer<typeof ExerciseView>

const LeavingView = z.object({
  at: ms,
  because: z
    .array(
      z.object({
        why: z.enum(['today', 'notice', 'interval', 'milestone', 'payment', 'terms', 'end']),
        clause,
      }),
    )
    .describe('why this day is told; between two of them it stays, or goes evenly'),
  remaining: amount.describe('to be paid yet'),
  fee: amount.describe('what leaving costs of it'),
  back: amount.describe('comes back of what was paid ahead'),
  ways: z
    .array(z.object({ way: z.enum(['leave', 'cancel', 'resale', 'pause']), costs: amount }))
    .describe('the cheapest first'),
  before: amount.describe('comes due from now until then, if nothing more is used'),
  total: amount.describe('that, and the cheapest way out'),
  isCheapest: z.boolean(),
})
export type LeavingView = z.infer<typeof LeavingView>

export const ExitView = z.object({
  clause,
  with: z.string(),
  remaining: amount.nullable().describe('to be paid yet; null where a commitment has no end'),
  fee: amount.nullable().describe('what leaving now costs of it'),
  owed: amount.describe('for what is over and was not used, whatever is done'),
  noticeBy: ms.nullable(),
  curve: z.array(LeavingView).describe('from now to the end; empty where a commitment has no end'),
  assignment: z.enum(['free', 'consent', 'forbidden']),
  assumed: z.array(z.string()),
})
export type ExitView = z.infer<typeof ExitView>

const figure = z.union([z.number(), z.string()])

export const SubstitutionOrder = z.strictObject({
  clause: z.string().min(3).max(300).describe('<contract>/<clause>'),
  delivered: z.record(z.string().min(1).max(100), figure).describe('figures, as measured'),
})

export const SubstitutionReply = z.object({
  clause,
  with: z.string(),
  verdict: z.enum(['accept', 'consent', 'refuse']),
  differences: z.array(
    z.object({ figure: z.string(), agreed: figure, delivered: figure.nullable() }),
  ),
  meetBy: ms.nullable().describe('by when to meet about it, where consent is needed'),
})
export type SubstitutionReply = z.infer<typeof SubstitutionReply>
