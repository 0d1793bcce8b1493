/**
 * What the rest of the house sees of the loop: enough to wake it, to ask what it saw last, and to
 * try out a change without making it.
 */
import type { Offer } from '../core/domain/offer.ts'
import type { Reason } from '../core/domain/reason.ts'
import type { Spec } from '../core/domain/spec.ts'
import type { WorkloadStatus } from '../core/domain/workload.ts'
import { noMarginals, type World } from '../core/domain/world.ts'
import type { Audit } from './audit.ts'
import type { Decision } from './turn/decide.ts'

export type Costs = Pick<World, 'marginals' | 'throughputs'>

/** As long as nobody has looked. */
export const unseen: Costs = { marginals: noMarginals, throughputs: {} }

export interface Operator {
  /** Observes, plans and acts until the signal fires. */
  run(signal: AbortSignal): Promise<void>
  /** Something changed: do not wait for the next tick. */
  nudge(): void
  /** Offers as last quoted, by every supplier that answered. */
  offers(): readonly Offer[]
  /** As last quoted by all others: shown with their age, and never planned with. */
  staleOffers(): readonly Offer[]
  /** What commitments do to prices, and what accelerators do, as of the last turn. */
  costs(): Costs
  /** What of a supplier's offers cannot be planned with, a sentence each. */
  offerFaults(supplier: string): readonly string[]
  /** The load that a gateway sees at a service, in requests per second. */
  noteLoad(gateway: string, service: string, requestsPerSecond: number): void
  /** The plan as it would be with these specs submitted; changes nothing. */
  preview(specs: readonly Spec[]): Promise<Pick<Decision, 'world' | 'law' | 'plan'>>
  /**
   * What the last plan leaves to a workload that came after it, or its first replica: worked out at
   * once. Null where nobody planned here lately.
   */
  outlook(workload: WorkloadStatus): readonly Reason[] | null
  /** All invariants, held against the ledger and against what suppliers list now. */
  audit(): Promise<Audit>
  /** Whether this control plane leads, and when its last turn ended well. */
  health(): {
    readonly leading: boolean
    readonly lastTurnAt: number | null
    readonly said: string | null
  }
}
