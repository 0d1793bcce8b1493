/**
 * What a supplier sells right now: a shape of machine in a place at a price, with a hint of stock.
 *
 * An offer is a hint and a ceiling, never a promise that a purchase will succeed.
 */
import type { Micros } from './money.ts'
import type { Ms } from './time.ts'
import type { Market } from './workload.ts'

/** How much is left, as far as the supplier says; used to order attempts, never to promise. */
export type StockSignal =
  | { readonly kind: 'count'; readonly nodes: number }
  | { readonly kind: 'level'; readonly level: 'none' | 'low' | 'medium' | 'high' }
  | { readonly kind: 'unknown' }

/**
 * When a block of capacity can be had: it is sold from `from` on, and every rental of it ends at
 * `until`. What is missing is without a bound.
 */
export interface SaleWindow {
  readonly from?: Ms
  readonly until?: Ms
}

export interface Offer {
  /** Unique at its supplier. */
  readonly id: string
  readonly supplier: string
  /** Canonical accelerator name. */
  readonly accelerator: string
  /** Accelerators in one node. */
  readonly perNode: number
  readonly region: string
  readonly market: Market
  /** For one node. */
  readonly pricePerHour: Micros
  readonly stock: StockSignal
  readonly observedAt: Ms
  /** What joins the nodes of one purchase, such as `infiniband`; not known where it is missing. */
  readonly fabric?: string
  /** Of a block; what is sold now and until it is given back has none. */
  readonly window?: SaleWindow
}

/** Nobody asks as much for one accelerator and hour. */
export const acceleratorPriceMax: Micros = 1_000_000_000

/** A row of a quote that nobody can read. It is left out and named; the others go on selling. */
export interface Misquote {
  readonly supplier: string
  readonly id: string
  readonly fault: string
}

export type Quoted = Offer | Misquote

export function isOffer(quoted: Quoted): quoted is Offer {
  return !('fault' in quoted)
}

/** The name under which an offer is known across suppliers. */
export function offerName(offer: Pick<Offer, 'supplier' | 'id'>): string {
  return `${offer.supplier}/${offer.id}`
}
