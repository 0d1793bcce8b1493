/**
 * What rentals come to at the prices that contracts give, whatever their suppliers charge: the
 * price of each moment, and the moments at which it may change. Of what is held together the
 * oldest stands in the first tier.
 */
import type { Clause, Price } from '../../domain/clause.ts'
import type { LawRecord } from '../../domain/contract.ts'
import { dayMs } from '../../domain/day.ts'
import type { Ms } from '../../domain/time.ts'
import type { Paid } from '../money/account.ts'
import { isUnder } from './held.ts'
import { type Levels, levelsAt } from './levels.ts'
import { hasRate, type Rate, rateUnder } from './rate.ts'

/** All of a rental, from its beginning to its end. */
export type Rented = Omit<Paid, 'amount' | 'since'>

export interface Agreed {
  /** Between two of them the price of a rental stays as it is, within a day of UTC. */
  readonly turns: (rental: string) => readonly Ms[]
  /** The lowest that a clause gives for it, by its name; null where none does. */
  readonly rateAt: (rental: string, at: Ms) => Rate | null
}

export const nothingAgreed: Agreed = { turns: () => [], rateAt: () => null }

/** A rental that a clause is about, with those under it that were there before. */
interface Covered {
  readonly clause: Price
  readonly rental: Rented
  readonly elders: readonly Rented[]
}

/** `clauses`: those that ever bound, each to its end. Indices stand as they are known now. */
export function agreed(
  clauses: readonly Clause[],
  rentals: readonly Rented[],
  records: readonly LawRecord[],
): Agreed {
  const prices = clauses.filter((each): each is Price => each.kind === 'price' && hasRate(each))
  if (prices.length === 0) return nothingAgreed
  const covered = Map.groupBy(
    prices.flatMap((clause) => coveredBy(clause, rentals)),
    ({ rental }) => rental.id,
  )
  const levelsOn = levelsByDay(records)
  return {
    turns: (id) => (covered.get(id) ?? []).flatMap(turnsOf),
    rateAt(id, at) {
      const levels = levelsOn(at)
      const rates = (covered.get(id) ?? []).flatMap((each) => rateIn(each, at, levels) ?? [])
      return rates.reduce<Rate | null>((a, b) => (a && isLower(a, b) ? a : b), null)
    },
  }
}

function isLower(a: Rate, b: Rate): boolean {
  return (
    a.pricePerHour < b.pricePerHour || (a.pricePerHour === b.pricePerHour && a.clause < b.clause)
  )
}

/** Rentals under a clause, each with the older ones that it meets; only tiers ask for these. */
function coveredBy(clause: Price, rentals: readonly Rented[]): readonly Covered[] {
  const ours = rentals
    .filter((each) => each.accelerators !== null && isUnder(clause, each))
    .sort((a, b) => a.from - b.from || (a.id < b.id ? -1 : 1))
  if (clause.pricing.form !== 'tiered') {
    return ours.map((rental) => ({ clause, rental, elders: [] }))
  }
  let running: readonly Rented[] = []
  return ours.map((rental) => {
    const elders = running.filter(({ to }) => to > rental.from)
    running = [...elders, rental]
    return { clause, rental, elders }
  })
}

function turnsOf({ clause, elders }: Covered): readonly Ms[] {
  return [clause.from, ...(clause.to === null ? [] : [clause.to]), ...elders.map(({ to }) => to)]
}

function rateIn({ clause, rental, elders }: Covered, at: Ms, levels: Levels): Rate | null {
  if (at < clause.from || (clause.to !== null && at >= clause.to)) return null
  const held = elders.reduce((sum, each) => sum + (each.to > at ? (each.accelerators ?? 0) : 0), 0)
  return rateUnder(clause, { held, accelerators: rental.accelerators ?? 0 }, levels)
}

function levelsByDay(records: readonly LawRecord[]): (at: Ms) => Levels {
  const known = new Map<number, Levels>()
  return (at) => {
    const day = Math.floor(at / dayMs)
    const levels = known.get(day) ?? levelsAt(records, { at, known: Number.POSITIVE_INFINITY })
    known.set(day, levels)
    return levels
  }
}
