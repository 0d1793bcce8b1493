/**
 * A supplier on paper: sells from a stock in memory, and misbehaves on request. For tests of what
 * buys from it; the real protocol has a real server.
 */
import type { Offer } from '../core/domain/offer.ts'
import type { Listing, Rental } from '../core/domain/rental.ts'
import type { AcquireRequest, Supplier } from '../ports/supplier.ts'
import { SupplierError, type SupplierErrorKind } from '../ports/supplier.ts'

/** What happens to the next purchase. */
export type Mishap =
  | { readonly kind: 'reply-lost' } // bought, and nobody hears of it
  | { readonly kind: 'request-lost' } // not bought, and nobody hears of it
  | { readonly kind: 'refuse'; readonly as: SupplierErrorKind }
  | { readonly kind: 'never-answers' } // bought, and the call never ends

export interface PaperSupplier extends Supplier {
  readonly rentals: Rental[]
  /** Purchases that arrived, in order: the keys they carried. */
  readonly orders: string[]
  readonly mishaps: Mishap[]
  stock: number
  /** While true, nothing answers. */
  away: boolean
  /** What every listing is passed through before it is handed out. */
  distort: (listing: Listing) => Listing
  end(rental: string): void
}

export interface PaperOptions {
  readonly name: string
  readonly wallMs: () => number
  /** For one node, in micro-dollars. */
  readonly pricePerHour: number
  readonly stock: number
  /** The same key gives the same rental: class A. */
  readonly keyed?: boolean
}

export function paperSupplier(options: PaperOptions): PaperSupplier {
  const { name, wallMs, pricePerHour, keyed = true } = options
  const paper: PaperSupplier = {
    name,
    rentals: [],
    orders: [],
    mishaps: [],
    stock: options.stock,
    away: false,
    distort: (listing) => listing,
    async offers() {
      present(paper)
      const id = { id: 'h100x8', supplier: name, accelerator: 'H100', perNode: 8, region: 'here' }
      const stock = { kind: 'unknown' } as const
      const offer: Offer = { ...id, market: 'on-demand', pricePerHour, stock, observedAt: wallMs() }
      return [offer]
    },
    async acquire(request) {
      present(paper)
      paper.orders.push(request.key)
      const mishap = paper.mishaps.shift()
      if (mishap?.kind === 'refuse') throw new SupplierError(mishap.as, `${name} says no`)
      if (mishap?.kind === 'request-lost') throw new SupplierError('unknown', 'connection reset')
      const rental = sell(request)
      if (mishap?.kind === 'reply-lost') throw new SupplierError('unknown', 'connection reset')
      return mishap ? new Promise(() => {}) : rental
    },
    async list(installation) {
      present(paper)
      const rentals = paper.rentals.filter(({ owner }) => owner === installation)
      return paper.distort({ complete: true, rentals })
    },
    async release(rental) {
      present(paper)
      paper.end(rental)
    },
    end(id) {
      const index = paper.rentals.findIndex((rental) => rental.id === id)
      const rental = paper.rentals[index]
      if (!rental || rental.endedAt !== null) return
      paper.rentals[index] = { ...rental, state: 'ended', endedAt: wallMs() }
      paper.stock += rental.nodes.length
    },
  }

  function sell({ installation, key, offer, nodes }: AcquireRequest): Rental {
    const known = paper.rentals.find((rental) => rental.key === key)
    if (keyed && known) return known
    if (nodes > paper.stock) throw new SupplierError('no-stock', `${paper.stock} nodes are left`)
    paper.stock -= nodes
    const machines = Array.from({ length: nodes }, (_, index) => ({
      index,
      machine: `${name}-${paper.rentals.length}-${index}`,
      up: true,
    }))
    const rental: Rental = {
      id: `${name}-${paper.rentals.length}`,
      owner: installation,
      key,
      offer,
      state: 'running',
      nodes: machines,
      pricePerHour: pricePerHour * nodes,
      startedAt: wallMs(),
      endedAt: null,
      noticeUntil: null,
    }
    paper.rentals.push(rental)
    return rental
  }

  return paper
}

function present({ away, name }: PaperSupplier): void {
  if (away) throw new SupplierError('unknown', `${name} does not answer`)
}
