/**
 * Prometheus metrics of the control plane, taken from the ledger when asked for.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Gauge, Registry } from 'prom-client'
import { mayCost } from '../core/domain/lease.ts'
import type { House } from './handlers/handler.ts'

export function addMetrics(
  app: FastifyInstance,
  { ledger, operator }: House,
  admit: (request: FastifyRequest) => Promise<unknown>,
): void {
  const registry = new Registry()
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `calumet_${name}`, help, labelNames, registers: [registry] })
  const leases = gauge('leases', 'Leases by state', ['supplier', 'state'])
  const runs = gauge('runs', 'Runs by state', ['state'])
  const price = gauge('price_per_hour_dollars', 'What is held, per hour', ['supplier'])
  const outages = gauge('supplier_out', 'Suppliers that do not answer', ['supplier'])
  const leading = gauge('leading', 'Whether this control plane leads')

  app.get('/metrics', async (request, reply) => {
    await admit(request)
    const { rows } = await ledger.read()
    for (const each of [leases, runs, price, outages]) each.reset()
    for (const { body } of rows.lease) {
      leases.inc({ supplier: body.supplier, state: body.state })
      const perHour = mayCost(body) ? (body.pricePerHour ?? body.pricePerHourMax) : 0
      price.inc({ supplier: body.supplier }, perHour / 1_000_000)
    }
    for (const { body } of rows.run) runs.inc({ state: body.state })
    for (const { body } of rows.supplier) outages.set({ supplier: body.name }, 0)
    for (const { body } of rows.outage) outages.set({ supplier: body.supplier }, 1)
    leading.set(operator.health().leading ? 1 : 0)
    return reply.type(registry.contentType).send(await registry.metrics())
  })
}
