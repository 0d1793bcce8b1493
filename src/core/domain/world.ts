/**
 * All that the planner may know: one consistent picture of wishes, offers, leases and runs.
 */
import type { Checkpoint } from './checkpoint.ts'
import type { Lease } from './lease.ts'
import type { Micros } from './money.ts'
import type { Offer } from './offer.ts'
import type { Node, RankReport, Run } from './run.ts'
import type { Budget, Policy, SupplierSpec } from './supplier.ts'
import type { Ms } from './time.ts'
import type { Demand, WorkloadStatus } from './workload.ts'

/** What an offer's last refusals taught: no new attempt before `until`. */
export interface Pool {
  /** `<supplier>/<offer>`. */
  readonly id: string
  readonly refusals: number
  readonly refusedAt: Ms
  readonly until: Ms
  readonly said: string
}

/**
 * A supplier at which nothing new is planned: it does not answer, or it lists rentals under our
 * name whose keys we never issued, so that the ledger lost data or somebody else has our name.
 */
export interface Outage {
  readonly supplier: string
  readonly cause: 'silent' | 'foreign-rentals'
  readonly since: Ms
  readonly said: string
}

/** A node and how long ago, by the listener's own steady clock, its agent was last heard. */
export interface NodeSight {
  readonly node: Node
  readonly heardAgoMs: number
}

/** A node that was silent for longer proves nothing about the replica on it. */
const freshWithinMs = 30_000

/** The ranks that answer where they can be reached, whatever became of their runs. */
export function answeringRanks(sights: readonly NodeSight[]): readonly RankReport[] {
  return sights
    .filter(({ heardAgoMs }) => heardAgoMs <= freshWithinMs)
    .flatMap(({ node }) => node.ranks)
    .filter(({ state, endpoint }) => state === 'running' && endpoint !== null)
}

/** A budget and what is left of it in its present span; all that may be owed counts as spent. */
export interface Purse {
  readonly budget: Budget
  readonly spent: Micros
  /** Below zero where more was spent. */
  readonly left: Micros
  /** The end of the span. */
  readonly until: Ms
}

/** What was learnt of one pool of spot capacity: one offer of one supplier. */
export interface PoolBelief {
  /** Pools of one region fail alike. */
  readonly region: string
  readonly seenAtMs: Ms
  readonly isUp: boolean
  /** How likely each pair of rates at which it comes and goes is. */
  readonly weights: readonly number[]
}

/** By the name of the pool. */
export interface Belief {
  readonly pools: Readonly<Record<string, PoolBelief>>
  /** By region. */
  readonly hours?: Readonly<Record<string, HoursOfDay>>
}

/** Hours that pools were seen, and seen up, by the hour of the day in UTC; what is old fades. */
export interface HoursOfDay {
  readonly atMs: Ms
  readonly up: readonly number[]
  readonly seen: readonly number[]
}

export const noBelief: Belief = { pools: {} }

/** What capacity really costs where something is committed to; what is missing costs its price. */
export interface Marginals {
  /** Of one node, by the name of its offer; below what is quoted. */
  readonly offers: Readonly<Record<string, Micros>>
  /** Of all nodes, by the id of a lease. */
  readonly leases: Readonly<Record<string, Micros>>
  /** Why an offer costs less than it says. */
  readonly because: Readonly<Record<string, string>>
  /**
   * What a contract says that a node costs, by the name of its offer, before anything that is paid
   * for; above what is quoted as well. Missing where no contract says so.
   */
  readonly agreed?: Readonly<Record<string, Micros>>
}

export const noMarginals: Marginals = { offers: {}, leases: {}, because: {} }

export interface World {
  readonly now: Ms
  /** Generation of the plan that this world is to be improved upon. */
  readonly generation: number
  readonly workloads: readonly WorkloadStatus[]
  /** Every gang that shall run now. A run that is in nobody's demand is to end. */
  readonly demands: readonly Demand[]
  readonly suppliers: readonly SupplierSpec[]
  readonly policy: Policy
  readonly purses: readonly Purse[]
  /** By what prices are compared; bills, ceilings and budgets go by what is quoted. */
  readonly marginals: Marginals
  readonly offers: readonly Offer[]
  readonly outages: readonly Outage[]
  readonly pools: readonly Pool[]
  readonly belief: Belief
  readonly leases: readonly Lease[]
  readonly runs: readonly Run[]
  readonly sights: readonly NodeSight[]
  readonly checkpoints: readonly Checkpoint[]
  /** Useful work per accelerator and hour, H100 = 1; accelerators that are missing count as 1. */
  readonly throughputs: Readonly<Record<string, number>>
  /** Requests per second that each service is getting now, where its gateway reported any. */
  readonly requestsPerSecond: Readonly<Record<string, number>>
}
