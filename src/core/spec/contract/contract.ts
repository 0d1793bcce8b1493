/**
 * Contracts as people write them, close to a lawyer's summary sheet, and what they mean.
 *
 * Whether contracts get along with each other is not judged here.
 */
import { z } from 'zod'
import type { Contract } from '../../domain/contract.ts'
import { choice, map, name, positive } from '../field.ts'
import type { Canonical } from '../workload.ts'
import { clause } from './clauses.ts'
import { calendar, line, moment, parties, word, words } from './field.ts'
import { type ClauseShape, source } from './terms.ts'

const forms = ['LOI', 'MOU', 'MSA', 'order', 'amendment'] as const
const firmness = ['rumoured', 'announced', 'non-binding', 'definitive', 'terminated'] as const

const conversion = map('a map with from, accelerator and accelerators', {
  from: choice(['nodes', 'MW', 'GW']),
  accelerator: word,
  accelerators: positive('how many accelerators one such unit comes to'),
  source: line.optional().describe('Who says so; without it, it is an assumption'),
})

/** How many clauses one contract may have; more is a book, and no summary. */
const clausesMax = 200

export const contractShape = map('a contract', {
  kind: z.literal('Contract').describe('What was agreed with one party'),
  name,
  with: name.describe('The other side: a supplier, or a party that supplies nothing yet'),
  form: choice(forms).describe('What the paper is'),
  bindingness: choice(firmness).describe('Only definitive binds, and terminated until its end'),
  signed: moment.optional().describe('When it was signed'),
  from: moment.describe('From when on it holds'),
  to: moment.optional().describe('The first moment at which it holds no more'),
  recorded: moment.optional().describe('When we knew of it; by default when it was signed'),
  supersedes: parties.optional().describe('Contracts that end where this one begins'),
  coming: words.optional().describe('Names in its scopes that are not there yet, and are meant'),
  source: source.describe('Where its clauses are written, unless they say otherwise'),
  calendar: calendar.prefault({}).describe('What a business day is; Saturday and Sunday are none'),
  conversions: z.array(conversion, { error: 'a list of conversions' }).optional(),
  clauses: z
    .array(clause, { error: 'a list of clauses' })
    .max(clausesMax, `at most ${clausesMax} clauses`),
}).superRefine((shape, context) => {
  const object = (path: readonly string[], message: string) => {
    context.addIssue({ code: 'custom', message, path: [...path] })
  }
  const { from, to, signed, bindingness } = shape
  if (to !== undefined && to <= from) object(['to'], 'a day after from')
  if (bindingness === 'definitive' && signed === undefined) {
    object(['signed'], 'the day of signing, because it is definitive')
  }
  if (bindingness === 'terminated' && to === undefined) {
    object(['to'], 'the day on which it ended, because it is terminated')
  }
})

export function contractOf(shape: z.infer<typeof contractShape>, canonical: Canonical): Contract {
  const frame = {
    name: shape.name,
    with: shape.with,
    from: shape.from,
    to: shape.to ?? null,
    recordedAt: shape.recorded ?? shape.signed ?? shape.from,
    calendar: shape.calendar,
    conversions: (shape.conversions ?? []).map((each) => ({
      ...each,
      accelerator: canonical(each.accelerator),
      source: each.source ?? null,
    })),
  }
  return {
    ...frame,
    generation: 0,
    form: shape.form,
    bindingness: shape.bindingness,
    signedAt: shape.signed ?? null,
    supersedes: shape.supersedes ?? [],
    ...(shape.coming && { coming: shape.coming }),
    clauses: shape.clauses.map((each: ClauseShape) =>
      each({ ...frame, source: shape.source, canonical }),
    ),
  }
}
