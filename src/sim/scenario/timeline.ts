/**
 * The timeline of a scenario as people write it, and what it means: what suppliers and machines do,
 * and what people do about it.
 */
import { z } from 'zod'
import { type Standing, standingMoves } from '../../core/domain/supplier.ts'
import type { Ms } from '../../core/domain/time.ts'
import { moment as day } from '../../core/spec/contract/field.ts'
import {
  choice,
  duration,
  field,
  map,
  name,
  positive,
  text,
  usdPerHour,
  whole,
} from '../../core/spec/field.ts'
import type { Happening } from './scenario.ts'

const [secondMs, dayMs] = [1_000, 86_400_000]
const yearMs = 366 * dayMs
/** No scenario is longer, however seldom the control plane looks. */
export const longestMs = 10 * yearMs

export const span = duration(0, dayMs)
export const line = text('a line of text', /^\S.{0,200}$/)
export const offerName = text(
  'an offer such as rival/h100x8',
  /^[a-z0-9-]{1,40}\/[a-z0-9][a-z0-9.-]*$/,
)
export const rate = field({
  expected: 'requests per second, from 0 to 1000000',
  written: { type: 'number', minimum: 0 },
  read: (value) => {
    return typeof value === 'number' && value >= 0 && value <= 1_000_000 ? value : undefined
  },
})

const percentPattern = /^(\d{1,3}(?:\.\d{1,4})?)%$/
export const share = field({
  expected: 'a share from 0% to 100% such as 25%',
  written: { type: 'string', pattern: percentPattern.source },
  read: (value) => {
    const match = typeof value === 'string' ? percentPattern.exec(value) : null
    const percent = Number(match?.[1] ?? Number.NaN)
    return percent <= 100 ? percent / 100 : undefined
  },
  meant: (value) => (typeof value === 'number' ? `${value <= 1 ? value * 100 : value}%` : null),
})

const standings = Object.keys(standingMoves) as Standing[]
const reason = line.prefault('by the scenario').describe('Why')
const clauseName = text('a clause such as msa/alone', /^[a-z0-9-]{1,40}\/\S{1,80}$/)

const at = z
  .union(
    [
      duration(0, longestMs).transform((afterMs) => ({ afterMs, date: null })),
      day.transform((date) => ({ afterMs: 0, date })),
    ],
    { error: 'a duration from the start such as 90m or 12d, or a day such as 2025-01-21' },
  )
  .describe('How long after the start, or on which day')
const happenings = [
  happening('supplier-away', {
    supplier: name,
    for: duration(secondMs, yearMs).optional().describe('Until supplier-back by default'),
    machines: choice(['stay', 'die']).prefault('stay'),
  }),
  happening('supplier-back', { supplier: name }),
  happening('stock', { offer: offerName, nodes: whole(0, 100_000) }),
  happening('price', { offer: offerName, price_per_hour: usdPerHour }),
  happening('take-back', {
    offer: offerName,
    share: share.prefault('100%').describe('Of what is rented'),
    notice: span.optional().describe("The supplier's spot_notice by default"),
  }),
  happening('submit', { workload: name }),
  happening('delete', { workload: name }),
  happening('load', { service: name, requests_per_second: rate }),
  happening('kill-control-plane', {}),
  happening('apply', { file: line.describe('YAML to submit then, found beside the scenario') }),
  happening('supplier-standing', {
    supplier: name,
    state: choice(standings).describe('Where it comes, by every step on the way'),
    reason,
  }),
  happening('rofr-notice', {
    workload: name.describe('Whose purchase it is'),
    offer: offerName.describe('Where it would be bought'),
  }),
  happening('rofr-answer', {
    workload: name,
    offer: offerName,
    answer: choice(['decline', 'waive']).describe('Silence needs no line: it becomes a lapse'),
  }),
  happening('waive', {
    clause: clauseName,
    until: day.describe('The first moment at which it is no longer set aside'),
    kind: choice(['granted', 'override']).describe('By the other side, or by two of us'),
    reason,
  }),
  happening('record', {
    record: choice(['launch', 'inability']),
    product: line,
    supplier: name,
    document: line.describe('The paper that shows it'),
  }),
  happening('index', {
    index: line.describe('As the clause has it whose price moves with it'),
    value: positive('a number above 0').describe('On that day'),
    unit: line,
    document: line.describe('Who says so'),
  }),
] as const

function happening<const Do extends string, Shape extends z.ZodRawShape>(verb: Do, shape: Shape) {
  return map(`what ${verb} takes`, { at, do: z.literal(verb), ...shape })
}

const verbs = happenings.map((each) => each.shape.do.value)
export const timelineShape = z
  .array(
    z.discriminatedUnion('do', happenings, {
      error: ({ code }) => {
        return code === 'invalid_union' ? `one of ${verbs.join(', ')}` : 'a map with at and do'
      },
    }),
    { error: 'a list of happenings' },
  )
  .max(10_000, 'at most 10000 happenings')

export type TimelineShape = z.infer<typeof timelineShape>

/** What its times and notices go by. */
interface Setting {
  readonly startAt: Ms
  readonly suppliers: readonly { readonly name: string; readonly spot_notice: Ms }[]
}

/** So long after the start; before it, where it is less than nothing. */
export function afterStart({ at }: Pick<TimelineShape[number], 'at'>, startAt: Ms): Ms {
  return at.date === null ? at.afterMs : at.date - startAt
}

export function happeningOf(shape: TimelineShape[number], setting: Setting): Happening {
  const atMs = afterStart(shape, setting.startAt)
  switch (shape.do) {
    case 'supplier-away': {
      const { do: verb, supplier, machines, for: forMs = null } = shape
      return { atMs, do: verb, supplier, forMs, machines }
    }
    case 'price':
      return { atMs, do: 'price', offer: shape.offer, pricePerHour: shape.price_per_hour }
    case 'take-back': {
      const { do: verb, offer, share, notice } = shape
      const seller = setting.suppliers.find(({ name }) => offer.startsWith(`${name}/`))
      return { atMs, do: verb, offer, share, noticeMs: notice ?? seller?.spot_notice ?? 0 }
    }
    case 'load': {
      const { do: verb, service, requests_per_second: requestsPerSecond } = shape
      return { atMs, do: verb, service, requestsPerSecond }
    }
    default: {
      const { at: _, ...rest } = shape
      return { atMs, ...rest }
    }
  }
}
