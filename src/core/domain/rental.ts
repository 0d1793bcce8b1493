/**
 * A lease as its supplier lists it. The supplier's record is the truth about what exists and since
 * when it costs; ours is the truth about why.
 */
import type { Micros } from './money.ts'
import type { Ms } from './time.ts'

export type RentalState =
  | 'pending' // bought, its machines are not up yet
  | 'running'
  | 'ending' // release was accepted, it may still be billed
  | 'ended'

export interface RentalNode {
  readonly index: number
  /** The supplier's own name of the machine. */
  readonly machine: string
  readonly up: boolean
}

export interface Rental {
  readonly id: string
  /** The installation that bought it, from the owner tag; null where the tag is missing. */
  readonly owner: string | null
  /** Our key, from the owner tag; null where the tag is missing. */
  readonly key: string | null
  readonly offer: string
  readonly state: RentalState
  readonly nodes: readonly RentalNode[]
  /** For all nodes together. */
  readonly pricePerHour: Micros
  /** When billing began and ended, by the supplier's clock. */
  readonly startedAt: Ms
  readonly endedAt: Ms | null
  /** Set once the supplier has announced that it takes the rental back. */
  readonly noticeUntil: Ms | null
}

/** All that a supplier says we hold. Absence from an incomplete listing proves nothing. */
export interface Listing {
  readonly complete: boolean
  readonly rentals: readonly Rental[]
}
