/**
 * What may come and may not: options that we may exercise, and backstops that we may have to pay.
 * Both are counted beside what is certain, never in it.
 */
import type { BackstopPurchase, ExpansionOption } from '../../domain/clause.ts'
import type { Micros } from '../../domain/money.ts'
import { type Amount, amountOf, costOfHours, shareOf } from '../amount.ts'
import { acceleratorsOf } from '../capacity.ts'

/** A future, and how likely it is; together they come to a million parts. */
export interface Scenario {
  readonly likelyPpm: number
  /** Market price of one accelerator. */
  readonly pricePerHour: Micros
  /** Accelerators that we would use. */
  readonly accelerators: number
}

/** What the right is worth: exercised where the market is dearer, and then only as far as used. */
export function optionValue(
  clause: ExpansionOption,
  scenarios: readonly Scenario[],
): Amount | null {
  const most = acceleratorsOf(clause.quantity, clause.accelerator, clause.conversions)
  if (most === null) return null
  return scenarios.reduce((sum, { likelyPpm, pricePerHour, accelerators }) => {
    const gain = Math.max(0, pricePerHour - clause.strikePerHour)
    const hours = Math.min(most, accelerators) * clause.termDays * 24
    return sum + shareOf(costOfHours(gain, hours), likelyPpm)
  }, 0n)
}

export interface Contingency {
  /** What it costs if the supplier sells nothing of it. */
  readonly worst: Amount
  /** What we would get for it, at most. */
  readonly accelerators: number | null
}

export function backstop(clause: BackstopPurchase): Contingency {
  const accelerators = acceleratorsOf(clause.quantity, clause.accelerator, clause.conversions)
  return { worst: amountOf(clause.capDollars), accelerators }
}
