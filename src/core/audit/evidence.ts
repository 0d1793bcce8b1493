/**
 * What an audit looks at: the ledger's own history beside what others recorded of the same time.
 *
 * The more witnesses there are, the more is checked; whoever has no record of something leaves it
 * null, and nothing is concluded from its absence.
 */

import type { Charge, JournalHead } from '../domain/charge.ts'
import type { Contract, RofrCase } from '../domain/contract.ts'
import type { Event } from '../domain/event.ts'
import type { Lease } from '../domain/lease.ts'
import type { Micros } from '../domain/money.ts'
import type { Offer } from '../domain/offer.ts'
import type { Rental } from '../domain/rental.ts'
import type { Run } from '../domain/run.ts'
import type { Policy, SupplierPromises, SupplierSpec } from '../domain/supplier.ts'
import type { Ms } from '../domain/time.ts'
import type { WorkloadStatus } from '../domain/workload.ts'

export interface Evidence {
  readonly installation: string
  /** Every event of the ledger, oldest first. */
  readonly events: readonly Event[]
  /** Every row of its kind, those that are over among them. */
  readonly leases: readonly Lease[]
  readonly charges: readonly Charge[]
  readonly workloads: readonly WorkloadStatus[]
  readonly runs: readonly Run[]
  /** What each supplier promises about late effects. */
  readonly promises: Readonly<Record<string, SupplierPromises>>
  /** All that suppliers ever sold under our name, by their own books. */
  readonly rentals: readonly Sale[] | null
  /** When work really ran, by a witness beside the control plane. */
  readonly works: readonly WorkSpan[] | null
  /** What people were told is taken. */
  readonly acknowledged: readonly Acknowledged[] | null
  /** When the evidence was taken. */
  readonly now: Ms
  /** Faults ended long ago and nobody demands anything any more: nothing may be left. */
  readonly settled: boolean
  /** By how much the clocks of suppliers may differ from the ledger's. */
  readonly skewMs: number
  /** For how long capacity may be held by nobody before that is a leak. */
  readonly graceMs: number
  /** The ceiling in force all the time, for all that may be held at once; null if none. */
  readonly pricePerHourMax: Micros | null
  /** The head of the journal, and how its entries are hashed. */
  readonly journal?: {
    readonly head: JournalHead
    readonly digest: (text: string) => string
  } | null
  /** Every version of every contract; events tell when each came into force. */
  readonly contracts?: readonly Contract[] | null
  /** Every case of a right of first refusal. */
  readonly rights?: readonly RofrCase[] | null
  /** What is told of commitments and prepayments. */
  readonly draws?: readonly Told[] | null
  /** All that people ever ruled, oldest first. */
  readonly rulings?: readonly Ruling[] | null
  /** What suppliers, and machines at them, were told by us. */
  readonly heard?: readonly Heard[] | null
  /** What suppliers said that they sell, as control planes heard it, oldest first. */
  readonly quotes?: readonly Quote[] | null
}

/** Whatever left for one of them, without the names of its fields. */
export interface Heard {
  readonly supplier: string
  /** Whose work its machine was told to do; null where the supplier itself was spoken to. */
  readonly workload: string | null
  readonly text: string
  /** Where that was a purchase. */
  readonly order?: {
    readonly offer: string
    readonly nodes: number
    readonly pricePerHourMax: Micros
  }
}

export interface Quote {
  readonly supplier: string
  /** The control plane that heard it, and when. */
  readonly by: string
  readonly at: Ms
  /** Null where a question was not answered, or only in part. */
  readonly offers: readonly Offer[] | null
}

/** A part of a charge that counts against a commitment, or comes out of a prepayment. */
export interface Told {
  readonly of: 'commitment' | 'prepayment'
  /** `<contract>/<clause>`. */
  readonly clause: string
  readonly charge: string
  readonly part: string
  /** Of the whole part, in micro-dollars. */
  readonly partAmount: bigint
  /** The span of the part. */
  readonly at: Ms
  readonly to: Ms
  readonly amount: bigint
  /** Accelerator-hours that count; none where dollars do. */
  readonly hours: number
  /** They were paid for in an older interval, and nothing more is owed for them. */
  readonly isMadeUp: boolean
}

/** Holds for all events with a higher number, until the next of its kind and name. */
export type Ruling = { readonly after: number } & (
  | { readonly policy: Policy }
  | { readonly supplier: SupplierSpec }
  | { readonly workload: WorkloadStatus }
)

export interface Sale {
  readonly supplier: string
  readonly rental: Rental
  /**
   * Why it is no fault of ours that it came to exist: its request was copied on the way, or sent by
   * a control plane that was no longer the leader when it left.
   */
  readonly excuse: 'copied' | 'zombie' | null
}

/** One rank of one epoch, from the moment its work began until none of it was left. */
export interface WorkSpan {
  readonly run: string
  readonly epoch: number
  readonly rank: number
  /** Work of services may run beside older work of the same replica. */
  readonly fenced: boolean
  readonly from: Ms
  readonly to: Ms | null
  /** How it ended; null where it has not, or goes on later. Absent: the witness did not see. */
  readonly exitCode?: number | null
}

export interface Acknowledged {
  readonly workload: string
  readonly generation: number
}

export interface Violation {
  /** `I1` to `I23`. */
  readonly invariant: string
  readonly text: string
}
