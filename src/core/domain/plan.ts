/**
 * What to do next, as a value: complete, immutable, with nothing left to choose for whoever
 * carries it out. Its generation is compare-and-set, so of two planners that race one loses.
 */
import type { Micros } from './money.ts'
import type { Reason } from './reason.ts'
import type { Ms } from './time.ts'
import type { Market } from './workload.ts'

/** Buy: one lease for one run. `pricePerHourMax` is for all nodes together. */
export interface Acquire {
  readonly do: 'acquire'
  readonly lease: string
  readonly run: string
  readonly workload: string
  readonly slot: number
  readonly attempt: number
  readonly supplier: string
  readonly offer: string
  readonly accelerator: string
  readonly perNode: number
  readonly region: string
  readonly market: Market
  readonly nodes: number
  readonly pricePerHour: Micros
  readonly pricePerHourMax: Micros
  readonly replaces: string | null
}

export type Action =
  | Acquire
  | { readonly do: 'release'; readonly lease: string; readonly because: string }
  | { readonly do: 'start'; readonly run: string; readonly lease: string; readonly epoch: number }
  | { readonly do: 'drain'; readonly run: string; readonly because: string }

/** What planning the purchases together found out. Amounts are whole micro-dollars an hour. */
export interface MarketFacts {
  /** What as much useful work as is asked for costs at the best places that were found. */
  readonly cost: Micros
  /** No plan can have it for less: a proven bound. */
  readonly least: Micros
  /** Shadow prices: what one more node of an offer would save. Those of zero are left out. */
  readonly prices: readonly { readonly offer: string; readonly perNodeHour: Micros }[]
}

export interface Plan {
  readonly generation: number
  readonly at: Ms
  readonly actions: readonly Action[]
  readonly reasons: readonly Reason[]
  /** Null where nothing is bought, or one gang alone. */
  readonly market: MarketFacts | null
}
