/**
 * The routes of the open supplier protocol, and the faults that they meet on request.
 *
 * Translates between the wire and the shop; decides nothing about stock, keys or machines.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Ms } from '../core/domain/time.ts'
import {
  AcquireBody,
  type Capabilities,
  type Offers,
  type RentalPage,
} from '../protocol/supplier.ts'
import type { Config } from './config.ts'
import type { Faults } from './faults.ts'
import { Refusal, read } from './refusal.ts'
import type { Shop } from './shop.ts'
import { freeNodes, isOver, offerNow, page, shown } from './state.ts'

export interface RouteOptions {
  readonly config: Config
  readonly shop: Shop
  readonly faults: Faults
  readonly now: () => Ms
  /** Rejects when the server closes meanwhile. */
  readonly pause: (ms: number) => Promise<void>
}

export function addRoutes(app: FastifyInstance, options: RouteOptions): void {
  const { config, shop, faults, now, pause } = options

  function refuseWhereThrottled(): void {
    if (faults.meet('throttle')) throw new Refusal('throttled', 'too many requests; ask later')
  }

  /** Answers to what took effect, if the answer is to arrive at all. */
  async function answer(reply: FastifyReply, status: number, body: object): Promise<FastifyReply> {
    const slow = faults.meet('slow')
    if (slow) await pause(slow.ms)
    if (faults.meet('reply-lost')) {
      reply.hijack()
      reply.raw.destroy()
      return reply
    }
    if (faults.meet('error-after-success'))
      throw new Refusal('internal', 'it failed, or so it says')
    return reply.code(status).send(body)
  }

  app.get('/v1/capabilities', async (): Promise<Capabilities> => {
    const { class: promised, lateEffectMs, listLagMs } = config
    return { class: promised, late_effect_ms: lateEffectMs, list_lag_ms: listLagMs }
  })

  app.get('/v1/offers', async (): Promise<Offers> => {
    refuseWhereThrottled()
    const slow = faults.meet('slow')
    if (slow) await pause(slow.ms)
    const sold = config.offers.filter((offer) => !isOver(offer, now()))
    return { at: now(), offers: sold.map(({ id }) => offerShown(config, shop, id)) }
  })

  app.post('/v1/rentals', async (request, reply) => {
    refuseWhereThrottled()
    const body = read(AcquireBody, request.body)
    const token = request.headers['idempotency-key']
    if (token !== undefined && token !== body.key) {
      throw new Refusal('invalid', 'idempotency-key: must be the key of the order')
    }
    await pause(config.lateEffectMs)
    if (faults.meet('no-stock')) throw new Refusal('no-stock', 'nothing is free')
    if (faults.meet('quota')) throw new Refusal('quota', 'the quota of this account is reached')
    return answer(reply, 201, shop.acquire(body))
  })

  app.delete<{ Params: { id: string } }>('/v1/rentals/:id', async (request, reply) => {
    refuseWhereThrottled()
    return answer(reply, 202, shop.release(request.params.id))
  })

  app.get('/v1/rentals', async (request: FastifyRequest): Promise<RentalPage> => {
    refuseWhereThrottled()
    const slow = faults.meet('slow')
    if (slow) await pause(slow.ms)
    if (faults.meet('listing-error')) throw new Refusal('internal', 'the listing is out of order')
    const { owner = null, cursor = null } = queryOf(request)
    const listLagMs = config.listLagMs + (faults.meet('late-listing')?.ms ?? 0)
    const query = { owner, cursor, size: config.pageSize, listLagMs }
    const found = page(shop.books, query, now())
    if (!found) throw new Refusal('invalid', 'cursor: was not given out by this supplier')
    const rentals = found.sold.map((sold) => shown(sold, now()))
    const { nextCursor: next_cursor, total } = found
    return rentals.length > 0 && faults.meet('truncated-page')
      ? { rentals: rentals.slice(0, -1), next_cursor: null, total }
      : { rentals, next_cursor, total }
  })
}

function offerShown(config: Config, shop: Shop, id: string): Offers['offers'][number] {
  const offer = offerNow(shop.books, config, id)
  if (!offer) throw new Error(`${id} left the config`)
  return {
    id,
    accelerator: offer.accelerator,
    accelerators_per_node: offer.perNode,
    region: config.region,
    ...(offer.fabric !== undefined && { fabric: offer.fabric }),
    market: offer.market,
    price_per_hour_micros: offer.pricePerHour,
    stock: { kind: 'count', nodes: freeNodes(shop.books, offer) },
    ...offer.window,
  }
}

/** Each parameter once at most, and none that the protocol does not know. */
function queryOf({ query }: FastifyRequest): { owner?: string; cursor?: string } {
  for (const [name, value] of Object.entries(query as object)) {
    const known = name === 'owner' || name === 'cursor'
    if (known && typeof value === 'string' && value.length <= 500) continue
    throw new Refusal('invalid', `${name.slice(0, 100)}: must be owner or cursor, once`)
  }
  return query as { owner?: string; cursor?: string }
}
