/**
 * What may come and may not: options that we may take, and backstops that we may have to pay.
 */
import { asOf } from '../../core/contracts/as-of.ts'
import { acceleratorsOf } from '../../core/contracts/capacity.ts'
import { backstop, optionValue } from '../../core/contracts/money/contingent.ts'
import { clauseName, type ExpansionOption } from '../../core/domain/clause.ts'
import type { Micros } from '../../core/domain/money.ts'
import type { Offer } from '../../core/domain/offer.ts'
import type { Ms } from '../../core/domain/time.ts'
import type { Snapshot } from '../../ports/ledger.ts'
import { historyOf } from './take.ts'

export interface OptionView {
  /** `<contract>/<clause>`. */
  readonly clause: string
  readonly with: string
  readonly accelerator: string
  /** Null where nobody said what the unit comes to. */
  readonly accelerators: number | null
  /** Of one accelerator, as agreed. */
  readonly strikePerHour: Micros
  /** Of the cheapest one for sale on demand now; null where nobody sells it. */
  readonly marketPerHour: Micros | null
  readonly termDays: number
  /** What it saves over its term at today's market, if all of it is used; null where not known. */
  readonly value: string | null
  /** The last moment to take it; null where it has none. */
  readonly until: Ms | null
  readonly assumed: readonly string[]
}

export interface BackstopView {
  readonly clause: string
  readonly with: string
  /** What we would get for it, at most. */
  readonly accelerators: number | null
  /** What it costs if nothing else is sold. */
  readonly worst: string
  readonly until: Ms | null
  readonly assumed: readonly string[]
}

export interface ContingentView {
  readonly options: readonly OptionView[]
  readonly backstops: readonly BackstopView[]
}

/** `offers`: what is for sale now. */
export function contingentView(snapshot: Snapshot, offers: readonly Offer[]): ContingentView {
  const { inForce } = asOf(historyOf(snapshot), snapshot.now, snapshot.now)
  return {
    options: inForce.flatMap((clause) => {
      return clause.kind === 'expansion_option' ? [optionOf(clause, offers)] : []
    }),
    backstops: inForce.flatMap((clause) => {
      if (clause.kind !== 'backstop_purchase') return []
      const { worst, accelerators } = backstop(clause)
      const { with: party, to: until, assumed } = clause
      const shared = { clause: clauseName(clause), with: party, until, assumed }
      return [{ ...shared, accelerators, worst: String(worst) }]
    }),
  }
}

function optionOf(clause: ExpansionOption, offers: readonly Offer[]): OptionView {
  const { accelerator, quantity, conversions, strikePerHour, termDays, to, assumed } = clause
  const accelerators = acceleratorsOf(quantity, accelerator, conversions)
  const prices = offers
    .filter((each) => each.accelerator === accelerator && each.market === 'on-demand')
    .map(({ pricePerHour, perNode }) => Math.round(pricePerHour / perNode))
  const marketPerHour = prices.length === 0 ? null : Math.min(...prices)
  const value =
    accelerators === null || marketPerHour === null
      ? null
      : optionValue(clause, [{ likelyPpm: 1_000_000, pricePerHour: marketPerHour, accelerators }])
  return {
    ...{ clause: clauseName(clause), with: clause.with, accelerator, accelerators },
    ...{ strikePerHour, marketPerHour, termDays, until: to, assumed },
    value: value === null ? null : String(value),
  }
}
