/**
 * The fields that contracts are made of, as a summary sheet writes them: `$250B`, `99.9%`,
 * `10 business days`, `1 GW`, `2025-01-21`.
 */
import { z } from 'zod'
import type { Condition, Dimension, Operator, Range, Rung, Scope } from '../../domain/clause.ts'
import type { Quantity, Unit } from '../../domain/contract.ts'
import { parseMoment, type Weekday, type Window } from '../../domain/day.ts'
import type { Ms } from '../../domain/time.ts'
import { dataClasses, relations } from '../../domain/trust.ts'
import { quote } from '../fault.ts'
import { field, map, name } from '../field.ts'
import { nearest } from '../words.ts'

const momentPattern = String.raw`^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2}))?$`

/** A day, or a moment with its offset. */
export const moment = field({
  expected: 'a day such as 2025-01-21, or a moment such as 2025-01-21T17:00-08:00',
  written: { type: 'string', pattern: momentPattern },
  read: (value) => (typeof value === 'string' ? (parseMoment(value) ?? undefined) : undefined),
  meant: (value) => {
    const match =
      typeof value === 'string' ? /^(\d{4})[./](\d{1,2})[./](\d{1,2})$/.exec(value) : null
    return match && `${match[1]}-${match[2]?.padStart(2, '0')}-${match[3]?.padStart(2, '0')}`
  },
})

const scales = { '': 1, k: 1e3, M: 1e6, B: 1e9 } as const
const dollarsPattern = /^\$?(\d{1,3}(?:,\d{3})+|\d{1,15})(\.\d{1,9})?([kMB]?)$/

/** A whole number of dollars, however large. */
export const dollars = field({
  expected: 'whole dollars such as $300,000, $1.5M or $250B',
  written: { anyOf: [{ type: 'integer' }, { type: 'string', pattern: dollarsPattern.source }] },
  read: (value) => {
    if (typeof value === 'number')
      return Number.isSafeInteger(value) && value > 0 ? value : undefined
    const match = typeof value === 'string' ? dollarsPattern.exec(value) : null
    if (!match) return undefined
    const scale = scales[match[3] as keyof typeof scales]
    const digits = (match[2] ?? '.').slice(1)
    if (10 ** digits.length > scale) return undefined
    const whole = Number((match[1] ?? '').replaceAll(',', '')) * scale
    const amount = whole + Number(digits || 0) * (scale / 10 ** digits.length)
    return Number.isSafeInteger(amount) && amount > 0 ? amount : undefined
  },
  meant: (value) => {
    const match = typeof value === 'string' ? /^\$?([\d.]+) ?(bn|mn|m|b|K)$/.exec(value) : null
    return match && `$${match[1]}${{ bn: 'B', b: 'B', mn: 'M', m: 'M', K: 'k' }[match[2] ?? '']}`
  },
})

const percentPattern = /^(\d{1,3})(?:\.(\d{1,4}))?%$/

/** A share from 0% to 100%, in whole parts of a million. */
export const share = field({
  expected: 'a share from 0% to 100% such as 99.95%',
  written: { type: 'string', pattern: percentPattern.source },
  read: (value) => {
    const match = typeof value === 'string' ? percentPattern.exec(value) : null
    const ppm = Number(match?.[1] ?? 999) * 10_000 + Number((match?.[2] ?? '').padEnd(4, '0'))
    return ppm <= 1_000_000 ? ppm : undefined
  },
  meant: (value) => (typeof value === 'number' && value > 1 && value <= 100 ? `${value}%` : null),
})

const daysPattern = /^(\d{1,5}) ?(business |calendar )?(?:days?|d)$/

/** Days that are counted as they come. */
export const days = field({
  expected: 'days such as 30 days',
  written: { type: 'string', pattern: daysPattern.source },
  read: (value) => {
    const match = typeof value === 'string' ? daysPattern.exec(value) : null
    return match && match[2] !== 'business ' ? Number(match[1]) : undefined
  },
  meant: (value) => (Number.isSafeInteger(value) ? `${value} days` : null),
})

export const window = field<Window>({
  expected: 'a window such as 10 business days or 30 days',
  written: { type: 'string', pattern: daysPattern.source },
  read: (value) => {
    const match = typeof value === 'string' ? daysPattern.exec(value) : null
    if (!match || Number(match[1]) === 0) return undefined
    return { days: Number(match[1]), counted: match[2] === 'business ' ? 'business' : 'calendar' }
  },
  meant: (value) => (Number.isSafeInteger(value) ? `${value} days` : null),
})

const units: readonly Unit[] = [
  'accelerators',
  'nodes',
  'MW',
  'GW',
  'accelerator-hours',
  'node-hours',
]
const quantityPattern = /^(\d{1,3}(?:,\d{3})+|\d{1,15})(\.\d{1,6})? ?([A-Za-z-]{1,20})$/

export const quantity = field<Quantity>({
  expected: `a quantity such as 1 GW or 256 accelerators, in ${units.join(', ')}`,
  written: { type: 'string', pattern: quantityPattern.source },
  read: (value) => {
    const match = typeof value === 'string' ? quantityPattern.exec(value) : null
    const unit = units.find((each) => each === match?.[3])
    const amount = Number(`${match?.[1]?.replaceAll(',', '')}${match?.[2] ?? ''}`)
    return unit && amount > 0 ? { value: amount, unit } : undefined
  },
  meant: (value) => {
    const match = typeof value === 'string' ? quantityPattern.exec(value) : null
    const right = match ? nearest(match[3] ?? '', units) : null
    return match && right ? `${match[1]}${match[2] ?? ''} ${right}` : null
  },
})

const rangeExpected = 'one value, or a map with least, likely and most'

/** What we think of a value: one that is as good as sure, or three. */
export function range(of: z.ZodType<number>) {
  const bounds = map(rangeExpected, { least: of, likely: of, most: of }).superRefine(
    ({ least, likely, most }, context) => {
      const add = (key: string, than: string) => {
        context.addIssue({ code: 'custom', message: `no less than ${than}`, path: [key] })
      }
      if (likely < least) add('likely', 'least')
      if (most < likely) add('most', 'likely')
    },
  )
  return z.union([of, bounds], { error: rangeExpected }).transform((value): Range => {
    return typeof value === 'number' ? { least: value, likely: value, most: value } : value
  })
}

/** The days on which capacity came from one rung to the next. */
export const rungs = {
  energised: moment.optional(),
  delivered: moment.optional(),
  accepted: moment.optional(),
}

type Rungs = Partial<Readonly<Record<keyof typeof rungs, Ms>>>

/** No rung before the one below it. */
export function climb(
  { energised, delivered, accepted }: Rungs,
  context: z.core.$RefinementCtx,
): void {
  const object = (key: string, message: string) => {
    context.addIssue({ code: 'custom', message, path: [key] })
  }
  if (accepted !== undefined && delivered === undefined) {
    object('delivered', 'the day of delivery, because it was accepted')
  }
  if (accepted !== undefined && delivered !== undefined && accepted < delivered) {
    object('accepted', 'a day not before delivered')
  }
  if (energised !== undefined && delivered !== undefined && delivered < energised) {
    object('delivered', 'a day not before energised')
  }
}

export function reachedOf(reached: Rungs): Readonly<Record<Rung, Ms | null>> {
  const { energised, delivered, accepted } = reached
  return {
    energised: energised ?? null,
    delivered: delivered ?? null,
    accepted: accepted ?? null,
  }
}

/** A text for people: one line, shown as it was written. */
export const line = field({
  expected: 'a line of text, at most 500 signs',
  written: { type: 'string', maxLength: 500 },
  read: (value) => {
    return typeof value === 'string' && /\S/.test(value) && value.length <= 500 ? value : undefined
  },
})

/** A word of somebody else's: a region, a control, a jurisdiction, a name in a scope. */
export const word = field({
  expected: 'a text of at most 100 signs',
  written: { type: 'string', maxLength: 100 },
  read: (value) => {
    return typeof value === 'string' && /\S/.test(value) && value.length <= 100 ? value : undefined
  },
  meant: (value) => (typeof value === 'number' ? `"${value}"` : null),
})

export const words = z.array(word, { error: 'a list of texts' }).min(1, 'at least one')
export const parties = z.array(name, { error: 'a list of names' }).min(1, 'at least one name')

const operators: Readonly<Record<string, Operator>> = {
  in: 'In',
  not_in: 'NotIn',
  starts_with: 'StartsWith',
  not_starts_with: 'NotStartsWith',
  contains: 'Contains',
  not_contains: 'NotContains',
  ends_with: 'EndsWith',
}

const someWords = z
  .union([word.transform((only) => [only]), words], { error: 'a text or a list of texts' })
  .meta({ id: 'texts' })

const comparison = map('a map with an operator such as in, not_in or starts_with', {
  in: someWords.optional(),
  not_in: someWords.optional(),
  starts_with: someWords.optional(),
  not_starts_with: someWords.optional(),
  contains: someWords.optional(),
  not_contains: someWords.optional(),
  ends_with: someWords.optional(),
  exists: z.boolean({ error: 'true or false' }).optional(),
})

const test = z
  .union([word.transform((only) => [only]), words, comparison], {
    error: 'a text, a list of texts, or a map with an operator such as not_in or starts_with',
  })
  .meta({ id: 'test' })

/** Dimensions of which all values are known: another one can match nothing, now or ever. */
const closed: Readonly<Partial<Record<Dimension, readonly string[]>>> = {
  workload_kind: ['Job', 'Service'],
  supplier_relation: relations,
  data_class: dataClasses,
}

/** What a clause is about; dimensions are joined by and, the values of one of them by or. */
export const scope = map('a map of dimensions', {
  workload_kind: test.optional(),
  workload: test.optional(),
  product: test.optional(),
  region: test.optional(),
  accelerator: test.optional(),
  supplier: test.optional(),
  supplier_relation: test.optional(),
  data_class: test.optional(),
})
  .transform(
    (shape): Scope =>
      Object.entries(shape).flatMap(([key, each]) => {
        return each === undefined ? [] : conditionsOf(key as Dimension, each)
      }),
  )
  .superRefine((conditions, context) => {
    for (const { dimension, operator, values } of conditions) {
      const choices = closed[dimension]
      if (!choices) continue
      const wrong = values.find((each) => !isMatched(choices, operator, each))
      if (wrong === undefined) continue
      const params = { found: `the text ${quote(wrong)}`, meant: nearest(wrong, choices) }
      const message = `one of ${choices.join(', ')}`
      context.addIssue({ code: 'custom', path: [dimension], message, params })
    }
  })
  .meta({ id: 'scope' })

function isMatched(choices: readonly string[], operator: Operator, value: string): boolean {
  if (operator.endsWith('StartsWith')) return choices.some((each) => each.startsWith(value))
  if (operator.endsWith('Contains')) return choices.some((each) => each.includes(value))
  if (operator === 'EndsWith') return choices.some((each) => each.endsWith(value))
  return choices.includes(value)
}

function conditionsOf(dimension: Dimension, test: object): readonly Condition[] {
  if (Array.isArray(test)) return [{ dimension, operator: 'In', values: test }]
  return Object.entries(test).flatMap(([key, values]): readonly Condition[] => {
    if (values === undefined) return []
    if (typeof values === 'boolean') {
      return [{ dimension, operator: values ? 'Exists' : 'DoesNotExist', values: [] }]
    }
    const operator = operators[key]
    return operator ? [{ dimension, operator, values }] : []
  })
}

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
const offsetPattern = /^([+-])(\d{2}):(\d{2})$/

export const calendar = map('a map with offset, weekend and holidays', {
  offset: field({
    expected: 'an offset from UTC such as -08:00',
    written: { type: 'string', pattern: offsetPattern.source },
    read: (value) => {
      const match = typeof value === 'string' ? offsetPattern.exec(value) : null
      const minutes = Number(match?.[2]) * 60 + Number(match?.[3])
      if (!match || Number(match[3]) > 59 || minutes > 14 * 60) return undefined
      return match[1] === '-' ? -minutes : minutes
    },
  }).optional(),
  weekend: z
    .array(z.enum(weekdays, { error: `one of ${weekdays.join(', ')}` }), {
      error: 'a list of days',
    })
    .max(6, 'at least one day that is none')
    .transform((list) => list.map((each) => weekdays.indexOf(each) as Weekday))
    .optional(),
  holidays: z
    .array(
      field({
        expected: 'a day such as 2025-12-25',
        written: { type: 'string', pattern: String.raw`^\d{4}-\d{2}-\d{2}$` },
        read: (value) => {
          const isDay = typeof value === 'string' && value.length === 10
          return isDay && parseMoment(value) !== null ? value : undefined
        },
      }),
      { error: 'a list of days' },
    )
    .max(1_000, 'at most 1000 days')
    .optional(),
}).transform(({ offset = 0, weekend = [5, 6] as Weekday[], holidays = [] }) => ({
  offsetMinutes: offset,
  weekend,
  holidays,
}))
