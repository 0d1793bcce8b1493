/**
 * What one accelerator costs per hour under the price clauses in force.
 */
import type { Clause, Price } from '../../domain/clause.ts'
import { clauseName } from '../../domain/clause.ts'
import { formatUsd, type Micros } from '../../domain/money.ts'
import { type Facts, isInScope } from '../scope.ts'

export interface Rate {
  readonly perHour: Micros
  readonly why: string
}

export interface RateQuestion {
  readonly supplier: string
  readonly facts: Facts
  /** Accelerators that we already hold under the clause. */
  readonly held: number
  /** Levels of indices, by name. */
  readonly indices: Readonly<Record<string, number>>
}

/** The lowest rate that a clause gives us; null where none does, so that the list price holds. */
export function rateOf(clauses: readonly Clause[], question: RateQuestion): Rate | null {
  const rates = clauses.flatMap((clause) => {
    if (clause.kind !== 'price' || clause.with !== question.supplier) return []
    const facts = { ...question.facts, supplier: [question.supplier] }
    const rate = isInScope(clause.scope, facts) ? rateUnder(clause, question) : null
    return rate ? [rate] : []
  })
  const [lowest] = rates.sort((a, b) => a.perHour - b.perHour || (a.why < b.why ? -1 : 1))
  return lowest ?? null
}

function rateUnder(clause: Price, { held, indices }: RateQuestion): Rate | null {
  const { pricing } = clause
  const by = (perHour: Micros, how: string) => {
    return { perHour, why: `${clauseName(clause)}: ${formatUsd(perHour)} an accelerator, ${how}` }
  }
  switch (pricing.form) {
    case 'fixed':
      return by(pricing.perHour, 'fixed')
    case 'tiered': {
      const tier = pricing.tiers.filter(({ accelerators }) => accelerators <= held).at(-1)
      return tier ? by(tier.perHour, `from ${tier.accelerators} on`) : null
    }
    case 'indexed': {
      const level = indices[pricing.index]
      // An index that nobody reported leaves the price at its ceiling: never plan on luck.
      if (level === undefined) return by(pricing.capPerHour, `${pricing.index} is not known`)
      const moved = Math.round((pricing.perHour * level) / pricing.base)
      const perHour = Math.min(Math.max(moved, pricing.floorPerHour), pricing.capPerHour)
      return by(perHour, `${pricing.index} at ${level}`)
    }
    default:
      return null
  }
}
