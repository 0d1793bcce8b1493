/**
 * The admin routes: what moves the market of this supplier, and what breaks it on request.
 */
import type { FastifyInstance } from 'fastify'
import {
  type AdminState,
  FaultOrder,
  Interruption,
  OfferChange,
} from '../protocol/supplier-admin.ts'
import { read } from './refusal.ts'
import type { RouteOptions } from './routes.ts'
import { freeNodes, offerNow } from './state.ts'

type ById = { Params: { id: string } }

export function addAdminRoutes(app: FastifyInstance, options: RouteOptions): void {
  const { config, shop, faults } = options

  app.get('/v1/admin', async () => adminState(options))

  app.post<ById>('/v1/admin/offers/:id', async ({ params, body }) => {
    shop.change(params.id, read(OfferChange, body))
    return adminState(options)
  })

  app.post<ById>('/v1/admin/rentals/:id/interrupt', async ({ params, body }, reply) => {
    const { notice_ms: noticeMs } = read(Interruption, body ?? {})
    return reply.code(202).send(shop.interrupt(params.id, noticeMs ?? config.spotNoticeMs))
  })

  app.post('/v1/admin/faults', async ({ body }) => {
    faults.add(read(FaultOrder, body))
    return adminState(options)
  })

  app.delete('/v1/admin/faults', async () => {
    faults.clear()
    return adminState(options)
  })
}

function adminState({ config, shop, faults }: RouteOptions): AdminState {
  const { books } = shop
  return {
    name: config.name,
    class: config.class,
    offers: config.offers.map((offer) => {
      const now = offerNow(books, config, offer.id) ?? offer
      const free = freeNodes(books, now)
      return { id: now.id, nodes: now.nodes, free, price_per_hour_micros: now.pricePerHour }
    }),
    rentals_live: [...books.sold.values()].filter(({ endedAt }) => endedAt === null).length,
    faults: faults.shown(),
  }
}
