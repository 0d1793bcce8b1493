/**
 * The admin part of the open supplier protocol: what moves a market, and what breaks it on request.
 * Shapes only.
 *
 *   GET    /v1/admin                          → AdminState
 *   POST   /v1/admin/offers/:id               OfferChange → AdminState
 *   POST   /v1/admin/rentals/:id/interrupt    Interruption → RentalShown (202)
 *   POST   /v1/admin/faults                   FaultOrder → AdminState
 *   DELETE /v1/admin/faults                   → AdminState
 *
 * A supplier need not have it; the control plane never calls it.
 */
import { z } from 'zod'

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)

export const FaultName = z.enum([
  'no-stock', // orders are refused
  'quota', // orders are refused
  'throttle', // every request is refused
  'slow', // the effect is at once, the answer waits
  'reply-lost', // the effect happens, the connection is cut
  'error-after-success', // the effect happens, the answer says 500
  'late-listing', // a new rental stays out of the listing for longer
  'truncated-page', // a page lacks rentals and says that it is the last
  'listing-error', // the listing answers 500
])
export type FaultName = z.infer<typeof FaultName>

/** Until `count` requests met it or `for_ms` are over; with neither, for one request. */
export const FaultOrder = z.strictObject({
  fault: FaultName,
  count: count.min(1).optional(),
  for_ms: count.min(1).optional(),
  ms: count.max(600_000).optional().describe('How slow, or how late; 1,000 where not given.'),
})
export type FaultOrder = z.infer<typeof FaultOrder>

/** Null gives back the value in the config file. */
export const OfferChange = z.strictObject({
  nodes: count.max(1_000_000).nullable().optional(),
  price_per_hour_micros: count.nullable().optional().describe('For one node.'),
})
export type OfferChange = z.infer<typeof OfferChange>

export const Interruption = z.strictObject({
  notice_ms: count.max(86_400_000).optional().describe('The spot notice time where not given.'),
})
export type Interruption = z.infer<typeof Interruption>

export const AdminState = z.object({
  name: z.string(),
  class: z.enum(['A', 'B', 'C']),
  offers: z.array(
    z.object({ id: z.string(), nodes: count, free: count, price_per_hour_micros: count }),
  ),
  rentals_live: count,
  faults: z.array(
    z.object({
      fault: FaultName,
      requests_left: count.nullable(),
      until: count.nullable(),
      ms: count,
    }),
  ),
})
export type AdminState = z.infer<typeof AdminState>
