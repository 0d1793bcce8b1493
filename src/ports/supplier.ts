/**
 * The socket of a supplier: a few methods and a closed list of ways to fail.
 *
 * A driver sends at most one mutating request a call. It never retries, sleeps, caches or decides.
 */
import type { Micros } from '../core/domain/money.ts'
import type { Quoted } from '../core/domain/offer.ts'
import type { Listing, Rental } from '../core/domain/rental.ts'
import type { SupplierSpec } from '../core/domain/supplier.ts'

/** A purchase. A pure function of the lease, so that a restarted process rebuilds the same one. */
export interface AcquireRequest {
  readonly installation: string
  /** Idempotency token, resource name and owner tag in one. */
  readonly key: string
  readonly offer: string
  readonly nodes: number
  /** For all nodes together. */
  readonly pricePerHourMax: Micros
  readonly bootstrap: Bootstrap
}

/** What a machine needs to find its way home: it dials out and proves its lease. */
export interface Bootstrap {
  /** Base URL of the control plane as machines reach it. */
  readonly server: string
  readonly key: string
  readonly secret: string
  /** Without an answer for so long the machine powers itself off. */
  readonly deadManMs: number
}

export interface Supplier {
  readonly name: string
  /** Rejects only where the supplier cannot be asked; a row that makes no sense comes as one. */
  offers(): Promise<readonly Quoted[]>
  /** Resolves only when the supplier surely took the order; all nodes or none. */
  acquire(request: AcquireRequest): Promise<Rental>
  /** All that carries our owner tag, ended rentals included while the supplier keeps them. */
  list(installation: string): Promise<Listing>
  /** Asks for the end of a rental. Resolves when accepted or already over; the listing tells. */
  release(rental: string): Promise<void>
}

/** Builds the socket for a supplier that people named. Throws where the driver is not known. */
export type OpenSupplier = (spec: SupplierSpec) => Supplier

export type SupplierErrorKind =
  | 'no-stock' // passes by itself: try another offer
  | 'quota' // our own limit there is reached: a person must act
  | 'too-dear' // the price moved above the ceiling: plan again
  | 'refused' // credentials, policy, an order that makes no sense: a person must act
  | 'busy' // throttled, surely nothing happened: the same request, later
  | 'unknown' // it may or may not have happened: list before asking again

export class SupplierError extends Error {
  readonly kind: SupplierErrorKind
  constructor(kind: SupplierErrorKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'SupplierError'
    this.kind = kind
  }
}
