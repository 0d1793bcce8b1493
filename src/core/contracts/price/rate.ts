/**
 * What accelerators cost per hour under the price clauses in force.
 */
import type { Clause, Price, PriceTier } from '../../domain/clause.ts'
import { clauseName } from '../../domain/clause.ts'
import { formatUsd, type Micros } from '../../domain/money.ts'
import { type Facts, isInScope } from '../scope.ts'
import { type Indexed, type Levels, phraseReading } from './levels.ts'

export interface Rate {
  /** `<contract>/<clause>`. */
  readonly clause: string
  /** Of all accelerators that were asked about. */
  readonly pricePerHour: Micros
  /** By what it is so much, in words for people. */
  readonly how: string
}

/** So many accelerators, beside those that are held under the same clause. */
export interface Batch {
  readonly held: number
  readonly accelerators: number
}

export interface RateQuestion {
  readonly supplier: string
  readonly facts: Facts
  readonly accelerators: number
  readonly heldUnder: (clause: Price) => number
  readonly levels: Levels
}

/** The lowest that a clause gives us; null where none does, so that what is quoted holds. */
export function rateOf(clauses: readonly Clause[], question: RateQuestion): Rate | null {
  const { supplier, accelerators, heldUnder, levels } = question
  const rates = clauses.flatMap((clause) => {
    if (clause.kind !== 'price' || clause.with !== supplier) return []
    if (!isInScope(clause.scope, { ...question.facts, supplier: [supplier] })) return []
    return rateUnder(clause, { held: heldUnder(clause), accelerators }, levels) ?? []
  })
  const [lowest] = rates.sort((a, b) => {
    return a.pricePerHour - b.pricePerHour || (a.clause < b.clause ? -1 : 1)
  })
  return lowest ?? null
}

/** Whether a clause says what an hour costs; the best price and an auction do not. */
export function hasRate({ pricing: { form } }: Price): boolean {
  return form === 'fixed' || form === 'tiered' || form === 'indexed'
}

/** Null where the clause says nothing of them, or not of all of them. */
export function rateUnder(clause: Price, batch: Batch, levels: Levels): Rate | null {
  const { pricing } = clause
  const by = (pricePerHour: Micros, how: string): Rate => {
    return { clause: clauseName(clause), pricePerHour, how }
  }
  switch (pricing.form) {
    case 'fixed':
      return by(pricing.perHour * batch.accelerators, 'fixed')
    case 'tiered': {
      const pricePerHour = tiersOf(pricing.tiers, batch)
      return pricePerHour === null ? null : by(pricePerHour, `with ${batch.held} held`)
    }
    case 'indexed': {
      const { perHour, how } = moved(pricing, levels)
      return by(perHour * batch.accelerators, how)
    }
    default:
      return null
  }
}

export function phraseRate(
  { clause, pricePerHour, how }: Rate,
  { accelerators }: Pick<Batch, 'accelerators'>,
): string {
  return `${clause}: ${formatUsd(Math.round(pricePerHour / accelerators))} an accelerator, ${how}`
}

/** Each accelerator at the price of the tier that it comes to stand in, the next one first. */
function tiersOf(tiers: readonly PriceTier[], { held, accelerators }: Batch): Micros | null {
  const [first] = tiers
  // Nothing is promised for what stands below the first tier.
  if (!first || held < first.accelerators) return null
  const end = held + accelerators
  return tiers.reduce((sum, { accelerators: from, perHour }, index) => {
    const to = tiers[index + 1]?.accelerators ?? Number.POSITIVE_INFINITY
    return sum + perHour * Math.max(0, Math.min(end, to) - Math.max(held, from))
  }, 0)
}

/**
 * From how many accelerators on a clause is cheapest, where its tiers rise anywhere; `held` where
 * they only fall. Plans are told that price of what is held: by a dearer one they would leave it,
 * find the lower tiers empty, and come back.
 */
export function cheapestFrom({ pricing }: Price, held: number): number {
  if (pricing.form !== 'tiered') return held
  const { tiers } = pricing
  const [cheapest] = [...tiers].sort((a, b) => a.perHour - b.perHour)
  const rises = tiers.some(({ perHour }, index) => perHour > (tiers[index - 1]?.perHour ?? perHour))
  return rises && cheapest ? cheapest.accelerators : held
}

function moved(
  pricing: Indexed,
  levels: Levels,
): { readonly perHour: Micros; readonly how: string } {
  const { index, perHour, base, floorPerHour, capPerHour } = pricing
  const standing = levels(pricing)
  // An index that nobody knows leaves the price at its ceiling: never plan on luck.
  const capped = (why: string) => ({ perHour: capPerHour, how: `its cap, since ${why}` })
  if (standing.is === 'unknown') return capped(`${index} is not known`)
  const told = phraseReading(index, standing.reading)
  if (standing.is === 'stale') return capped(`${told} is too old`)
  const free = Math.round((perHour * standing.reading.value) / base)
  const bound = Math.min(Math.max(free, floorPerHour), capPerHour)
  return { perHour: bound, how: bound === free ? told : `${told}, within its bounds` }
}
