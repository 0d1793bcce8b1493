/**
 * The fields that specs are made of. Each says in one place what it reads, what it tells people
 * when it cannot, and what an editor shows of it.
 */
import { z } from 'zod'
import { type Micros, parseUsd } from '../domain/money.ts'
import { formatDuration, parseDuration } from '../domain/time.ts'
import { nearest } from './words.ts'

/** JSON Schema of what may be written. */
type Written = Readonly<Record<string, unknown>>

interface FieldOptions<T> {
  /** What people are told to write. */
  readonly expected: string
  readonly written: Written
  /** Undefined where the value is wrong. */
  readonly read: (value: unknown) => T | undefined
  readonly meant?: (value: unknown) => string | null
  /** What to say was found where the value itself must not be shown. */
  readonly found?: (value: unknown) => string | null
}

export function field<T>({ expected, written, read, meant, found }: FieldOptions<T>) {
  return z
    .unknown()
    .transform((value, context): T => {
      const result = read(value)
      if (result !== undefined) return result
      const params = { meant: meant?.(value) ?? null, found: found?.(value) ?? null }
      context.addIssue({ code: 'custom', message: expected, params })
      return z.NEVER
    })
    .meta(written)
}

/** A map with these keys and no others; about another key it tells the right ones. */
export function map<Shape extends z.ZodRawShape>(expected: string, shape: Shape) {
  const keys = Object.keys(shape).join(', ')
  return z.strictObject(shape, {
    error: ({ code }) => (code === 'unrecognized_keys' ? keys : expected),
  })
}

export function whole(min: number, max: number) {
  const isGood = (value: number) => Number.isSafeInteger(value) && value >= min && value <= max
  return field({
    expected: `a whole number from ${min} to ${max}`,
    written: { type: 'integer', minimum: min, maximum: max },
    read: (value) => (typeof value === 'number' && isGood(value) ? value : undefined),
    meant: (value) => {
      return typeof value === 'string' && /^\d+$/.test(value) && isGood(Number(value))
        ? String(Number(value))
        : null
    },
  })
}

export function positive(expected: string) {
  return field({
    expected,
    written: { type: 'number', exclusiveMinimum: 0 },
    read: (value) => (isPositive(value) ? value : undefined),
  })
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && Number.isFinite(value)
}

export const flag = field({
  expected: 'true or false',
  written: { type: 'boolean' },
  read: (value) => (typeof value === 'boolean' ? value : undefined),
  meant: (value) => {
    if (typeof value !== 'string') return null
    if (/^(yes|on|true)$/i.test(value)) return 'true'
    return /^(no|off|false)$/i.test(value) ? 'false' : null
  },
})

export function choice<const Choice extends string>(choices: readonly Choice[]) {
  return field({
    expected: choices.length === 1 ? `${choices[0]}` : `one of ${choices.join(', ')}`,
    written: { type: 'string', enum: choices },
    read: (value) => choices.find((each) => each === value),
    meant: (value) => (typeof value === 'string' ? nearest(value, choices) : null),
  })
}

/** A text that fits a pattern. */
export function text(expected: string, pattern: RegExp) {
  return field({
    expected,
    written: { type: 'string', pattern: pattern.source },
    read: (value) => (typeof value === 'string' && pattern.test(value) ? value : undefined),
    meant: (value) => (typeof value === 'number' ? `"${value}"` : null),
  })
}

const namePattern = /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/

export const name = field({
  expected: 'a name of at most 40 signs: a to z, 0 to 9 and inner hyphens',
  written: { type: 'string', pattern: namePattern.source, maxLength: 40 },
  read: (value) => (typeof value === 'string' && namePattern.test(value) ? value : undefined),
  meant: (value) => {
    if (typeof value !== 'string' && typeof value !== 'number') return null
    const near = String(value).toLowerCase().replace(/[ ._]/g, '-')
    if (!namePattern.test(near)) return null
    return typeof value === 'number' ? `"${near}"` : near
  },
})

/** Names of suppliers, each once. */
export const names = z
  .array(name, { error: 'a list of names' })
  .min(1, 'at least one name')
  .superRefine((list, context) => {
    list.forEach((each, index) => {
      if (list.indexOf(each) === index) return
      context.addIssue({ code: 'custom', message: 'every name once', path: [index] })
    })
  })

const durationPattern = '^(\\d+(\\.\\d+)?(ms|s|m|h|d))+$'

/** A span of time from `min` to `max`, in milliseconds. */
export function duration(minMs: number, maxMs: number) {
  const range = `from ${formatDuration(minMs)} to ${formatDuration(maxMs)}`
  return field({
    expected: `a duration such as 90s, 5m or 1h30m, ${range}`,
    written: { type: 'string', pattern: durationPattern },
    read: (value) => {
      const spanMs = typeof value === 'string' && value.length <= 40 ? parseDuration(value) : null
      return spanMs !== null && spanMs >= minMs && spanMs <= maxMs ? spanMs : undefined
    },
    meant: (value) => {
      const isSpan = typeof value === 'number' && value * 1_000 >= minMs && value * 1_000 <= maxMs
      return isSpan ? `${value}s` : null
    },
  })
}

const usdPattern = /^\$?\d{1,10}(\.\d{1,6})?(\/h)?$/

/** Dollars per hour. Comes as it was written, so that no float ever stands between. */
export const usdPerHour = field<Micros>({
  expected: 'dollars per hour such as 12 or 3.50, above 0 and with at most six decimals',
  written: { anyOf: [{ type: 'number' }, { type: 'string', pattern: usdPattern.source }] },
  read: (value) => {
    if (typeof value !== 'string' || !usdPattern.test(value)) return undefined
    return parseUsd(value.replace('/h', '')) || undefined
  },
})

/** Dollars. */
export const usd = field<Micros>({
  expected: 'dollars such as 12 or 3.50, above 0 and with at most six decimals',
  written: { anyOf: [{ type: 'number' }, { type: 'string', pattern: usdPattern.source }] },
  read: (value) => {
    if (typeof value !== 'string' || !usdPattern.test(value) || value.endsWith('/h'))
      return undefined
    return parseUsd(value) || undefined
  },
})
