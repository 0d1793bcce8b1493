/**
 * Derives charges from what suppliers list: one for every rental that ever carried our owner tag,
 * with the supplier's own times. Entries are never typed in and never change once closed.
 */
import { type Charge, chargeId } from '../domain/charge.ts'
import { type EventDraft, event } from '../domain/event.ts'
import type { Lease } from '../domain/lease.ts'
import { costOf } from '../domain/money.ts'
import type { Rental } from '../domain/rental.ts'

/** What is remembered of a lease whose key a rental carries. */
export type Owner = Pick<
  Lease,
  | 'id'
  | 'workload'
  | 'team'
  | 'product'
  | 'workloadKind'
  | 'run'
  | 'accelerator'
  | 'perNode'
  | 'nodes'
  | 'rental'
  | 'region'
  | 'market'
>

/** The charge as it is to be written; null where the known one says it all. */
export function charge(
  supplier: string,
  rental: Rental,
  owner: Owner | null,
  known: Charge | null,
): { readonly charge: Charge; readonly events: readonly EventDraft[] } | null {
  if (known?.to != null || (known && rental.endedAt === null)) return null
  const isUsage = owner !== null && owner.rental === rental.id
  const spanMs = rental.endedAt === null ? 0 : rental.endedAt - rental.startedAt
  const next: Charge = {
    id: chargeId(supplier, rental.id),
    supplier,
    rental: rental.id,
    lease: isUsage ? owner.id : null,
    workload: owner?.workload ?? null,
    ...(owner?.team !== undefined && { team: owner.team }),
    ...(owner?.product !== undefined && { product: owner.product }),
    ...(owner?.workloadKind !== undefined && { workloadKind: owner.workloadKind }),
    ...(owner && { region: owner.region, market: owner.market }),
    account: isUsage ? 'usage' : 'waste',
    accelerator: owner?.accelerator ?? null,
    accelerators: owner ? owner.perNode * owner.nodes : null,
    pricePerHour: rental.pricePerHour,
    from: rental.startedAt,
    to: rental.endedAt,
    amount: costOf(rental.pricePerHour, spanMs),
  }
  const { account, pricePerHour, from, to, amount } = next
  const facts = { rental: rental.id, account, pricePerHour, from, to, amount }
  const subject = { workload: next.workload, run: owner?.run ?? null, lease: next.lease, supplier }
  const opened = known ? [] : [event('charge.opened', subject, { ...facts, to: null, amount: 0 })]
  const closed = to === null ? [] : [event('charge.closed', subject, facts)]
  return { charge: next, events: [...opened, ...closed] }
}
