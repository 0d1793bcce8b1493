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
  /** The end of its block, where it has one. */
  /** What joins its nodes, as the offer says. */
  readonly fabric?: string
  readonly endsAt?: Ms
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

/** Runs that wait in one queue, for the same: what is said of `as` holds for each of them. */
export interface Alike {
  readonly as: string
  readonly runs: readonly string[]
}

export interface Plan {
  readonly generation: number
  readonly at: Ms
  readonly actions: readonly Action[]
  readonly reasons: readonly Reason[]
  /** Whose reasons are those of another run; left out where everybody has its own. */
  readonly alike?: readonly Alike[]
  /** Null where nothing is bought, or one gang alone and nothing that it could use is scarce. */
  readonly market: MarketFacts | null
}

/** All that a plan says, with what holds for many runs said for each; `isMeant` picks some. */
export function reasonsIn(
  { reasons, alike = [] }: Pick<Plan, 'reasons' | 'alike'>,
  isMeant: (run: string) => boolean = () => true,
): readonly Reason[] {
  const told = reasons.filter(({ run }) => isMeant(run))
  const queues = alike.map(({ as, runs }) => ({ as, meant: runs.filter(isMeant) }))
  const shared = queues.filter(({ meant }) => meant.length > 0)
  if (shared.length === 0) return told
  const reasonsOf = Map.groupBy(reasons, ({ run }) => run)
  return told.concat(
    shared.flatMap(({ as, meant }) => {
      const same = reasonsOf.get(as) ?? []
      return meant.flatMap((run) => same.map((reason) => ({ ...reason, run })))
    }),
  )
}
