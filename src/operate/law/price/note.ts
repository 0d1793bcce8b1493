/**
 * Where an index stood, as somebody notes it: whether that can be meant, whether it was said
 * before, and what is kept of it. A level is never overwritten; one that is noted later corrects it
 * from then on.
 */
import type { Notes } from '../../../core/contracts/price/levels.ts'
import { type Clause, clauseName } from '../../../core/domain/clause.ts'
import type { LawRecord } from '../../../core/domain/contract.ts'
import { dayMs } from '../../../core/domain/day.ts'
import type { Ms } from '../../../core/domain/time.ts'

/** When it is noted is no matter of who notes it, and its last day is that of its levels. */
export type IndexOrder = Omit<Notes, 'id' | 'at' | 'notedAt'>

export function noteOf(order: IndexOrder, { id, now }: { id: string; now: Ms }): Notes {
  return { ...order, id, at: lastDay(order), notedAt: now }
}

/** What said all of it, unless something else was said of any of its days since. */
export function notedBefore(kept: readonly LawRecord[], order: IndexOrder): Notes | null {
  const { index, unit, document } = order
  const levels = textOf(order)
  const days = new Set(order.levels.map(({ at }) => at))
  const last = kept
    .filter((each): each is Notes => each.kind === 'index' && each.index === index)
    .filter((each) => each.levels.some(({ at }) => days.has(at)))
    .sort((a, b) => a.notedAt - b.notedAt || numberOf(a) - numberOf(b))
    .at(-1)
  const isSame = last?.unit === unit && last.document === document && textOf(last) === levels
  return last && isSame ? last : null
}

function textOf({ levels }: Pick<Notes, 'levels'>): string {
  return JSON.stringify(
    levels.map(({ at, value }) => [at, value]).sort(([a = 0], [b = 0]) => a - b),
  )
}

function numberOf({ id }: LawRecord): number {
  return Number(id.slice(1))
}

/** Days that are none, ahead or twice; an index that no clause names; a unit that does not fit. */
export function wrongNote(
  order: IndexOrder,
  { kept, clauses, now }: { kept: readonly LawRecord[]; clauses: readonly Clause[]; now: Ms },
): string | null {
  const { index, unit, levels } = order
  if (lastDay(order) > now) return 'it lies ahead; expected the day on which it happened'
  if (levels.some(({ at }) => at % dayMs !== 0)) return 'a level is of a whole day of UTC'
  if (new Set(levels.map(({ at }) => at)).size < levels.length) return 'it tells a day twice'
  const askers = clauses.flatMap(askerOf)
  const ours = askers.filter((each) => each.index === index)
  if (ours.length === 0) {
    const names = [...new Set(askers.map((each) => each.index))].sort()
    const known = names.length === 0 ? 'none asks for any' : `they ask for ${names.join(', ')}`
    return `no clause asks for ${index}; ${known}`
  }
  if (ours.some((each) => each.unit === unit)) return null
  const other = ours.find((each) => each.unit !== undefined)
  if (other) return `${other.clause} has ${index} in ${other.unit}, not in ${unit}`
  const before = kept.find((each): each is Notes => each.kind === 'index' && each.index === index)
  if (!before || before.unit === unit) return null
  const remedy = `if that was a slip, write unit: ${unit} in ${ours[0]?.clause}`
  return `${index} was noted in ${before.unit}, not in ${unit}; ${remedy}`
}

function lastDay({ levels }: IndexOrder): Ms {
  return Math.max(...levels.map(({ at }) => at))
}

interface Asker {
  readonly clause: string
  readonly index: string
  readonly unit?: string | undefined
}

function askerOf(clause: Clause): readonly Asker[] {
  if (clause.kind !== 'price') return []
  const { pricing } = clause
  const name = clauseName(clause)
  if (pricing.form === 'indexed')
    return [{ clause: name, index: pricing.index, unit: pricing.unit }]
  if (pricing.form !== 'auction' || pricing.index === undefined) return []
  return [{ clause: name, index: pricing.index }]
}
