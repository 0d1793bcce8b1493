/**
 * Suppliers, offers, the policy in force, and what gateways need.
 */

import { event } from '../../core/domain/event.ts'
import { type Lease, mayCost } from '../../core/domain/lease.ts'
import { type Offer, offerName } from '../../core/domain/offer.ts'
import { defaultPolicy } from '../../core/domain/supplier.ts'
import { personOf, type Token } from '../../core/domain/token.ts'
import { scorecards } from '../../core/report/score.ts'
import { offerView, publicSupplier, supplierView } from '../../core/report/views.ts'
import { publicList } from '../../operate/law/clearance.ts'
import { deliveriesOf } from '../../operate/law/delivery.ts'
import { every } from '../../operate/memory.ts'
import { quotasOf } from '../../operate/quotas.ts'
import { decideStanding } from '../../operate/standing.ts'
import type { Ledger, Snapshot } from '../../ports/ledger.ts'
import { Refused } from '../failure.ts'
import type { RouteView } from '../wire.ts'
import { faultsShown } from './doctor.ts'
import type { Handlers, House } from './handler.ts'

type Names =
  | 'suppliers'
  | 'publicSuppliers'
  | 'scores'
  | 'decideStanding'
  | 'deleteSupplier'
  | 'policies'
  | 'quotas'
  | 'offers'
  | 'routes'
  | 'load'

export function marketHandlers({ ledger, operator, gate }: House): Handlers<Names> {
  return {
    async suppliers() {
      const { rows } = await ledger.read()
      const leases = rows.lease.map(({ body }) => body)
      const outages = new Map(rows.outage.map(({ body }) => [body.supplier, body]))
      return {
        suppliers: rows.supplier.map(({ body: spec }) => {
          const outage = outages.get(spec.name) ?? null
          const view = supplierView({ spec, leases, outage, offers: operator.offers() })
          return { ...view, said: view.said ?? leftOut(operator.offerFaults(spec.name)) }
        }),
      }
    },
    async publicSuppliers() {
      const named = publicList(await ledger.read())
      return { suppliers: named.flatMap((each) => publicSupplier(each) ?? []) }
    },
    async scores() {
      const leases: Lease[] = []
      for await (const { body } of every(ledger, 'lease')) leases.push(body)
      return { scores: [...scorecards(leases, deliveriesOf(await ledger.read()))] }
    },
    async decideStanding({ params: { name: supplier }, body, token }) {
      const done = await decideStanding(ledger, { supplier, ...body, by: personOf(token) })
      if (done.outcome === 'unknown') {
        throw new Refused('not-found', `there is no supplier ${supplier}`)
      }
      if (done.outcome === 'refused') throw new Refused('conflict', done.why)
      operator.nudge()
      return { name: supplier, state: done.state }
    },
    async deleteSupplier({ params: { name } }) {
      await supplierForgotten(ledger, name)
      operator.nudge()
      return { name }
    },
    async policies() {
      const row = await ledger.get('policy', 'policy')
      return { policies: [row?.body ?? defaultPolicy] }
    },
    quotas: async () => ({ quotas: [...quotasOf(await ledger.read())] }),
    async offers() {
      const { rows, now } = await ledger.read()
      const pools = new Map(rows.pool.map(({ id, body }) => [id, body]))
      const { marginals, throughputs } = operator.costs()
      const viewOf = (isStale: boolean) => (offer: Offer) => {
        const pool = pools.get(offerName(offer)) ?? null
        return offerView(offer, { pool, marginals, throughputs, isStale }, now)
      }
      const fresh = operator.offers().map(viewOf(false))
      return { offers: [...fresh, ...operator.staleOffers().map(viewOf(true))] }
    },
    async routes() {
      const clients = callersOf(await gate.tokens())
      return { routes: [...routesOf(await ledger.read())], clients: [...clients] }
    },
    async load({ body: { gateway, services } }) {
      for (const [service, { requestsPerSecond }] of Object.entries(services)) {
        operator.noteLoad(gateway, service, requestsPerSecond)
      }
      return {}
    },
  }
}

function leftOut(faults: readonly string[]): string | null {
  const [first] = faults
  if (first === undefined) return null
  if (faults.length === 1) return `left out: ${first}`
  const named = faults.length > faultsShown ? `${faultsShown} of them` : 'them all'
  return `${faults.length} left out: ${first}; \`calumet doctor\` names ${named}`
}

/** Hashes of the tokens that may call services. */
export function callersOf(tokens: readonly Token[]): readonly string[] {
  return tokens.filter(({ role }) => role === 'client' || role === 'admin').map(({ hash }) => hash)
}

const deleteTries = 20

/** Only on the condition that nothing is bought there while it is decided. */
async function supplierForgotten(ledger: Ledger, name: string): Promise<void> {
  for (let attempt = 0; attempt < deleteTries; attempt += 1) {
    const { rows } = await ledger.read()
    const row = rows.supplier.find(({ id }) => id === name)
    if (!row) throw new Refused('not-found', `there is no supplier ${name}`)
    const leases = rows.lease.filter(({ body }) => body.supplier === name)
    const held = leases.filter(({ body }) => mayCost(body)).map(({ id }) => id)
    const open = rows.charge.filter(({ body }) => body.supplier === name && body.to === null)
    const rentals = open.map(({ body }) => body.lease ?? body.id)
    if (held.length + rentals.length > 0) {
      const ids = [...new Set([...held, ...rentals])].join(', ')
      throw new Refused('conflict', `${name} may still charge for ${ids}; let them end first`)
    }
    const plan = { kind: 'plan', id: 'plan', version: rows.plan[0]?.version ?? 0 } as const
    const done = await ledger.commit({
      // A new purchase comes with a new plan, and a call changes its lease.
      expects: [plan, ...leases.map(({ kind, id, version }) => ({ kind, id, version }))],
      puts: [{ ...row, live: false }],
      events: [event('supplier.deleted', { supplier: name })],
    })
    if (done.outcome === 'done') return
  }
  throw new Refused('conflict', `${name} is being changed by others at the same time; try again`)
}

/** Every service that shall be up, with the replicas that answer. */
export function routesOf({ rows }: Snapshot): readonly RouteView[] {
  const leases = new Map(rows.lease.map(({ id, body }) => [id, body]))
  const nodes = Map.groupBy(rows.node, ({ body }) => body.lease)
  const runs = Map.groupBy(rows.run, ({ body }) => body.workload)
  return rows.workload
    .filter(({ body }) => body.spec.kind === 'Service')
    .map(({ id: service }) => ({
      service,
      replicas: (runs.get(service) ?? []).flatMap(({ body: run }) => {
        const lease = run.lease === null ? undefined : leases.get(run.lease)
        const ranks = (nodes.get(run.lease ?? '') ?? []).flatMap(({ body }) => body.ranks)
        const url = ranks.find(
          ({ run: id, epoch, endpoint }) =>
            id === run.id && epoch === run.epoch && endpoint !== null,
        )?.endpoint
        if (!lease || !url) return []
        const draining = run.state !== 'running' || !lease.wanted
        return [{ run: run.id, lease: lease.id, supplier: lease.supplier, url, draining }]
      }),
    }))
}
