/**
 * How late a tranche may be: a stated date is a first guess, and its error has a heavy tail.
 *
 * A share is on time; the rest is late by a Lomax law, whose tail falls as a power and not as an
 * exponential. What a supplier did before moves both; the law itself is an assumption of ours.
 */
import type { Tranche } from '../../domain/clause.ts'
import { dayMs } from '../../domain/day.ts'
import type { Ms } from '../../domain/time.ts'

export interface SlipLaw {
  /** Share that is accepted by its date, 0 to 1. */
  readonly onTime: number
  /** Where the tail begins to bend, in days. */
  readonly scaleDays: number
}

/** How steeply the tail falls; below 2 the spread has no bound, as history suggests. */
const steepness = 1.5

/** Assumed of a supplier that nobody knows: a third on time, half of the rest past 53 days. */
export const slipPrior: SlipLaw = { onTime: 0.33, scaleDays: 90 }

/** So many past tranches count as much as the prior. */
const priorWeight = 4

/** The law for a supplier whose past tranches were accepted so many days late. */
export function learnt(slipsDays: readonly number[], prior: SlipLaw = slipPrior): SlipLaw {
  const late = slipsDays.filter((days) => days > 0)
  const onTime = slipsDays.length - late.length
  const total = late.reduce((sum, days) => sum + days, 0)
  return {
    onTime: (prior.onTime * priorWeight + onTime) / (priorWeight + slipsDays.length),
    scaleDays:
      (prior.scaleDays * priorWeight + total * (steepness - 1)) / (priorWeight + late.length),
  }
}

/** The probability that a slip is longer than so many days. */
function longerThan({ onTime, scaleDays }: SlipLaw, days: number): number {
  return days < 0 ? 1 : (1 - onTime) * (1 + days / scaleDays) ** -steepness
}

/** The probability, as seen now, that a tranche is accepted by a moment. */
export function acceptedBy(tranche: Tranche, at: Ms, now: Ms, law: SlipLaw): number {
  const { accepted } = tranche.reached
  if (accepted !== null && accepted <= now) return accepted <= at ? 1 : 0
  if (at <= now) return 0
  const after = longerThan(law, (at - tranche.dueAt) / dayMs)
  return 1 - after / longerThan(law, (now - tranche.dueAt) / dayMs)
}

/** The day by which a tranche is accepted with this probability, as seen now. */
export function acceptedAt(tranche: Tranche, probability: number, now: Ms, law: SlipLaw): Ms {
  const { accepted } = tranche.reached
  if (accepted !== null && accepted <= now) return accepted
  const still = (1 - probability) * longerThan(law, (now - tranche.dueAt) / dayMs)
  if (still >= 1 - law.onTime) return Math.max(tranche.dueAt, now)
  const days = law.scaleDays * ((still / (1 - law.onTime)) ** (-1 / steepness) - 1)
  return tranche.dueAt + Math.ceil(days) * dayMs
}
