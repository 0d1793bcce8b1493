/**
 * What all clauses have in common when they are written: their times, scope, source, and which of
 * their values are ours. A value that is not written is ours too, and is marked so.
 */
import { z } from 'zod'
import type { Clause, ClauseCommon, ClauseKind, ClauseOf, Scope } from '../../domain/clause.ts'
import type { Conversion, Source } from '../../domain/contract.ts'
import type { BusinessCalendar } from '../../domain/day.ts'
import { choice, map, name } from '../field.ts'
import { nearest } from '../words.ts'
import type { Canonical } from '../workload.ts'
import { line, moment, scope } from './field.ts'

/** What a clause takes from the contract that it stands in. */
export interface Frame {
  readonly name: string
  readonly with: string
  readonly from: number
  readonly to: number | null
  readonly recordedAt: number
  readonly source: Source
  readonly calendar: BusinessCalendar
  readonly conversions: readonly Conversion[]
  readonly canonical: Canonical
}

/** A clause that still has to be told in which contract it stands. */
export type ClauseShape = (frame: Frame) => Clause

/** Takes what was written, or what is assumed in its place. */
type Given = <T>(key: string, written: T | undefined, assumed: T) => T

const confidences = ['signed', 'primary', 'press', 'weak', 'unverified'] as const
const sourceExpected = 'a line of text, or a map with document, section, quote and confidence'

export const source = z
  .union(
    [
      line.transform((document): Source => {
        return { document, section: null, quote: null, confidence: 'unverified' }
      }),
      map(sourceExpected, {
        document: line,
        section: line.optional(),
        quote: line.optional(),
        confidence: choice(confidences).prefault('unverified'),
      }).transform(({ document, section = null, quote = null, confidence }): Source => {
        return { document, section, quote, confidence }
      }),
    ],
    { error: sourceExpected },
  )
  .meta({ id: 'source' })

const common = {
  id: name.optional().describe('Unique in the contract; its kind by default'),
  scope: scope.optional().describe('What it is about; everything by default'),
  from: moment.optional(),
  to: moment.optional(),
  recorded: moment.optional().describe('When we knew of it'),
  repealed: map('a map with by, on and recorded', {
    by: name.describe('The contract that repeals it'),
    on: moment,
    recorded: moment.optional().describe('When we knew of it; by default the same day'),
  }).optional(),
  source: source.optional(),
  assumed: z
    .array(z.string({ error: 'the key of a value' }), { error: 'a list of keys' })
    .optional()
    .describe('Keys whose values are ours, and not in the document'),
}

export function clauseKind<Kind extends ClauseKind, Shape extends z.ZodRawShape>(
  kind: Kind,
  terms: Shape,
  meaning: (
    terms: z.infer<z.ZodObject<Shape>>,
    given: Given,
    canonical: Canonical,
  ) => Omit<ClauseOf<Kind>, keyof ClauseCommon | 'kind'>,
) {
  const keys = Object.keys(terms)
  return map('a clause', { kind: z.literal(kind), ...common, ...terms })
    .superRefine((written, context) => {
      const shape = written as Written
      if (shape.from !== undefined && shape.to !== undefined && shape.to <= shape.from) {
        context.addIssue({ code: 'custom', message: 'a day after from', path: ['to'] })
      }
      shape.assumed?.forEach((key, index) => {
        if (keys.includes(key)) return
        const message = keys.length > 0 ? `one of ${keys.join(', ')}` : 'no key: it has no values'
        const params = { meant: nearest(key, keys) }
        context.addIssue({ code: 'custom', message, path: ['assumed', index], params })
      })
    })
    .transform((written): ClauseShape => {
      return (frame) => {
        const assumed = new Set((written as Written).assumed ?? [])
        const given: Given = (key, value, ours) => {
          if (value !== undefined) return value
          assumed.add(key)
          return ours
        }
        const own = meaning(written as z.infer<z.ZodObject<Shape>>, given, frame.canonical)
        const told = commonOf(kind, written as Written, frame)
        return { ...told, ...own, kind, assumed: [...assumed].sort() } as unknown as Clause
      }
    })
}

interface Written {
  readonly id?: string
  readonly scope?: Scope
  readonly from?: number
  readonly to?: number
  readonly recorded?: number
  readonly repealed?: { readonly by: string; readonly on: number; readonly recorded?: number }
  readonly source?: Source
  readonly assumed?: readonly string[]
}

function commonOf(kind: ClauseKind, written: Written, frame: Frame): Omit<ClauseCommon, 'assumed'> {
  const { repealed } = written
  return {
    id: written.id ?? kind.replaceAll('_', '-'),
    contract: frame.name,
    with: frame.with,
    scope: canonicalScope(written.scope ?? [], frame.canonical),
    from: written.from ?? frame.from,
    to: written.to ?? frame.to,
    recordedAt: written.recorded ?? frame.recordedAt,
    repeal: repealed
      ? { by: repealed.by, at: repealed.on, recordedAt: repealed.recorded ?? repealed.on }
      : null,
    source: written.source ?? frame.source,
    calendar: frame.calendar,
    conversions: frame.conversions,
  }
}

export function canonicalScope(scope: Scope, canonical: Canonical): Scope {
  return scope.map((each) => {
    const isName = each.dimension === 'accelerator' && /^(Not)?In$/.test(each.operator)
    return isName ? { ...each, values: each.values.map(canonical) } : each
  })
}
