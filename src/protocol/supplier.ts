/**
 * The open supplier protocol, version 1: HTTP and JSON. Shapes only.
 *
 *   GET    /v1/offers                     → Offers
 *   POST   /v1/rentals                    AcquireBody → RentalShown (201), header `idempotency-key`
 *   GET    /v1/rentals?owner=&cursor=     → RentalPage
 *   DELETE /v1/rentals/:id                → RentalShown (202)
 *   GET    /v1/capabilities               → Capabilities
 *
 * Requests carry `authorization: Bearer <token>`. Failures are `Problem`s. Readers ignore fields
 * that they do not know; the server refuses them.
 */
import { z } from 'zod'

const micros = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
const ms = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
// Much of this ends as a name or in an environment, where a control character has no place.
const line = z.string().regex(/^\P{Cc}*$/u, 'must have no control characters')
const text = line.max(200)

export const StockSignal = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('count'), nodes: z.number().int().min(0) }),
  z.object({ kind: z.literal('level'), level: z.enum(['none', 'low', 'medium', 'high']) }),
  z.object({ kind: z.literal('unknown') }),
])

export const OfferShown = z.object({
  id: text,
  accelerator: text,
  accelerators_per_node: z.number().int().min(1),
  region: text,
  fabric: text.optional().describe('What joins the nodes of one purchase, such as infiniband.'),
  market: z.enum(['on-demand', 'spot']),
  price_per_hour_micros: micros.describe('For one node.'),
  stock: StockSignal,
  from: ms.optional().describe('Of a block: nothing of it is sold before.'),
  until: ms.optional().describe('Of a block: every rental of it ends then.'),
})
export type OfferShown = z.infer<typeof OfferShown>

export const Offers = z.object({ at: ms, offers: z.array(OfferShown).max(10_000) })
export type Offers = z.infer<typeof Offers>

/** The same as a reader takes it, who looks at every offer by itself. */
export const OffersRead = z.object({ at: ms, offers: z.array(z.unknown()).max(10_000) })

export const AcquireBody = z.strictObject({
  owner: text.min(1),
  key: text.min(1),
  offer: text,
  nodes: z.number().int().min(1).max(10_000),
  price_per_hour_micros_max: micros.describe('For all nodes together.'),
  bootstrap: z.strictObject({
    server: line.max(500),
    key: text,
    secret: text,
    dead_man_ms: ms,
  }),
})
export type AcquireBody = z.infer<typeof AcquireBody>

export const RentalShown = z.object({
  id: text,
  owner: text.nullable(),
  key: text.nullable(),
  offer: text,
  state: z.enum(['pending', 'running', 'ending', 'ended']),
  nodes: z
    .array(z.object({ index: z.number().int().min(0), machine: text, up: z.boolean() }))
    .max(10_000),
  price_per_hour_micros: micros.describe('For all nodes together.'),
  started_at: ms,
  ended_at: ms.nullable(),
  notice_until: ms.nullable(),
})
export type RentalShown = z.infer<typeof RentalShown>

export const RentalPage = z.object({
  rentals: z.array(RentalShown).max(1_000),
  next_cursor: z.string().max(500).nullable(),
  total: z.number().int().min(0).describe('Of all pages, so that a lost page shows.'),
})
export type RentalPage = z.infer<typeof RentalPage>

export const Capabilities = z.object({
  class: z.enum(['A', 'B', 'C']),
  late_effect_ms: ms,
  list_lag_ms: ms,
})
export type Capabilities = z.infer<typeof Capabilities>

/** `code` is what programs act on; `detail` is for people. */
export const Problem = z.object({
  code: z.enum([
    'no-stock',
    'quota',
    'too-dear',
    'invalid',
    'unauthorized',
    'not-found',
    'name-taken', // class B: a rental with this key exists
    'key-reused', // class A: the same key with another order
    'throttled',
    'internal',
  ]),
  detail: z.string().max(2_000),
})
export type Problem = z.infer<typeof Problem>
