/**
 * What an index stood at on a day, as it was known on a day, by what people noted of it. What
 * nobody noted, or noted too long ago, is not guessed.
 */
import type { Pricing } from '../../domain/clause.ts'
import type { LawRecord, Level } from '../../domain/contract.ts'
import { dayMs, formatDay } from '../../domain/day.ts'
import type { Ms } from '../../domain/time.ts'

export type Indexed = Extract<Pricing, { readonly form: 'indexed' }>
export type Notes = Extract<LawRecord, { readonly kind: 'index' }>

/** A level with the note that it comes from. */
export interface Reading extends Level {
  readonly unit: string
  readonly document: string
}

/** Whether an index is known well enough to price by it, in words for people as well. */
export type Standing =
  | { readonly is: 'known'; readonly reading: Reading }
  /** The last reading is too old to count. */
  | { readonly is: 'stale'; readonly reading: Reading }
  | { readonly is: 'unknown' }

/** A reading counts for so many days where a contract does not say how many; ours. */
export const staleDaysElse = 100

/** Asks where an index stands on the day that it was made for. */
export type Levels = (pricing: Pick<Indexed, 'index' | 'unit' | 'staleDays'>) => Standing

/** With what was noted by `known`; a memo besides, since a clause is asked about often. */
export function levelsAt(
  records: readonly LawRecord[],
  { at, known }: { readonly at: Ms; readonly known: Ms },
): Levels {
  const notes = records.filter((each): each is Notes => {
    return each.kind === 'index' && each.notedAt <= known
  })
  const found = new Map<object, Standing>()
  return (pricing) => {
    const standing = found.get(pricing) ?? standingOf(pricing, notes, at)
    found.set(pricing, standing)
    return standing
  }
}

function standingOf(
  { index, unit, staleDays = staleDaysElse }: Parameters<Levels>[0],
  notes: readonly Notes[],
  at: Ms,
): Standing {
  const ours = notes.filter((each) => {
    return each.index === index && (unit === undefined || each.unit === unit)
  })
  const reading = newest(ours, at)
  if (!reading) return { is: 'unknown' }
  return { is: at - reading.at < staleDays * dayMs ? 'known' : 'stale', reading }
}

/** Of the last day that is due; of two for that day the one that was noted last. */
function newest(notes: readonly Notes[], at: Ms): Reading | null {
  let best: (Reading & Pick<Notes, 'notedAt' | 'id'>) | null = null
  for (const { levels, unit, document, notedAt, id } of notes) {
    for (const level of levels) {
      if (level.at > at || (best && !isNewer({ ...level, notedAt, id }, best))) continue
      best = { ...level, unit, document, notedAt, id }
    }
  }
  return best
}

type Age = Level & Pick<Notes, 'notedAt' | 'id'>

/** Two notes of one moment are told apart by their number, so that no order of reading counts. */
function isNewer(a: Age, b: Age): boolean {
  if (a.at !== b.at) return a.at > b.at
  if (a.notedAt !== b.notedAt) return a.notedAt > b.notedAt
  return Number(a.id.slice(1)) > Number(b.id.slice(1))
}

/** `power at 104 USD/MWh on 2026-11-01`. */
export function phraseReading(index: string, { value, unit, at }: Reading): string {
  return `${index} at ${value} ${unit} on ${formatDay(at)}`
}
