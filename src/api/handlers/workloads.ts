/**
 * Jobs and services: submit, plan, look, explain, delete.
 */
import { createHash } from 'node:crypto'
import type { Checkpoint } from '../../core/domain/checkpoint.ts'
import { type Lease, mayCost } from '../../core/domain/lease.ts'
import { sum } from '../../core/domain/money.ts'
import type { Offer } from '../../core/domain/offer.ts'
import { type Plan, reasonsIn } from '../../core/domain/plan.ts'
import type { Reason } from '../../core/domain/reason.ts'
import type { Run } from '../../core/domain/run.ts'
import { numbered, type Spec, same } from '../../core/domain/spec.ts'
import { defaultPolicy } from '../../core/domain/supplier.ts'
import type { WorkloadStatus } from '../../core/domain/workload.ts'
import type { World } from '../../core/domain/world.ts'
import { calendarOf } from '../../core/report/calendar.ts'
import {
  actionView,
  eventView,
  leaseView,
  reasonView,
  workloadView,
} from '../../core/report/views.ts'
import { isContract, type LawChange, lawWarnings } from '../../operate/law/take.ts'
import { type SubmitResult, submit } from '../../operate/submit.ts'
import { withDoubts } from '../../operate/turn/doubt.ts'
import { verdictsAt } from '../../operate/verdicts.ts'
import { withdraw } from '../../operate/withdraw.ts'
import type { Kind, Row, RowQuery, Snapshot } from '../../ports/ledger.ts'
import { chargedOf } from '../books.ts'
import { Refused } from '../failure.ts'
import type { PlanRequest } from '../wire.ts'
import { unanswered, unknownChips } from './caution.ts'
import type { Handlers, House } from './handler.ts'
import { contradicted, lawful, submitted } from './submission.ts'

type Names = 'apply' | 'plan' | 'workloads' | 'workload' | 'deleteWorkload' | 'why' | 'leases'

const pageSize = 1_000

export function workloadHandlers(house: House): Handlers<Names> {
  const { ledger, operator } = house
  return {
    async apply({ body, token, idempotencyKey }) {
      const read = submitted(house, body)
      const key = idempotencyKey && {
        key: `${token.name}/${idempotencyKey}`,
        requestHash: createHash('sha256').update(JSON.stringify(body)).digest('hex'),
      }
      // What is for sale is known here alone, and the regions that a scope may have meant with it.
      if (read.specs.some(isContract)) await lawful(house, [read], await ledger.now())
      const done = await submit(ledger, read.specs, key || null)
      if (done.outcome === 'conflict') {
        throw contradicted({ refused: done.why, found: done.found ?? [] }, [read])
      }
      if (done.outcome === 'key-reused') {
        const told = 'this Idempotency-Key came with another request before; use a new key'
        throw new Refused('key-reused', told)
      }
      operator.nudge()
      return { results: [...done.results] }
    },
    plan: async ({ body }) => planned(house, body),
    async workloads({ query }) {
      const snapshot = await ledger.read()
      const rows = query.all
        ? await ledger.list('workload', { limit: pageSize, ...query })
        : pageOf(snapshot.rows.workload, query)
      const view = await viewer(house, snapshot)
      return { workloads: await Promise.all(rows.map(({ body }) => view(body))) }
    },
    async workload({ params: { name } }) {
      const row = await found(house, name)
      const snapshot = await ledger.read()
      const view = await viewer(house, snapshot)
      const workload = await view(row.body)
      const leases = await leasesOf(house, snapshot, row.body)
      const events = await ledger.events({ workload: name, before: forever, limit: 50 })
      return {
        workload,
        leases: leases.map(leaseView),
        reasons: reasonsOf(house, snapshot, row.body),
        events: events.map(eventView),
        spec: row.body.spec,
      }
    },
    deleteWorkload: async ({ params }) => deleted(house, params.name),
    async why({ params: { name }, query }) {
      const { body } = await found(house, name)
      if (query.at !== undefined) {
        const { charges } = await chargedOf(ledger, house.books)
        const asked = { offers: operator.offers(), at: query.at, charges }
        const found = await verdictsAt(ledger, body.spec, asked)
        const verdicts = found.map(({ relations, says, ...each }) => {
          return { ...each, relations: [...relations], says: [...says] }
        })
        return { name, at: query.at, reasons: [], verdicts }
      }
      const snapshot = await ledger.read()
      const [plan] = snapshot.rows.plan
      const at = plan?.body.at ?? snapshot.now
      return { name, at, reasons: reasonsOf(house, snapshot, body), verdicts: [] }
    },
    async leases({ query }) {
      const rows = query.all
        ? await ledger.list('lease', { limit: pageSize, ...query })
        : pageOf((await ledger.read()).rows.lease, query)
      return { leases: rows.map(({ body }) => leaseView(body)) }
    },
  }
}

/** Of what is live, all where nobody asks for less. */
function pageOf<K extends Kind>(
  rows: readonly Row<K>[],
  { after = '', limit }: RowQuery,
): readonly Row<K>[] {
  return rows.filter(({ id }) => id > after).slice(0, limit)
}

const forever = Number.MAX_SAFE_INTEGER

async function planned(house: House, body: PlanRequest) {
  const { ledger, operator } = house
  const reads = body.documents.length > 0 ? [submitted(house, body)] : []
  const specs = reads.flatMap((each) => each.specs)
  const before = await ledger.read()
  const law = await lawful(house, reads, before.now)
  const warnings = lawWarnings(law, before, { specs, offers: operator.offers() })
  const { world, plan } = await operator.preview(specs)
  const bought = plan.actions.flatMap((action) => (action.do === 'acquire' ? [action] : []))
  const released = new Set(
    plan.actions.flatMap((action) => (action.do === 'release' ? [action.lease] : [])),
  )
  const now = before.rows.lease.map(({ body: lease }) => lease)
  const kept = now.filter(({ id, wanted }) => wanted && !released.has(id))
  const leaseOf = (id: string) => now.find((lease) => lease.id === id) ?? null
  return {
    changes: await Promise.all(specs.map((spec) => changeOf(house, spec, law))),
    warnings: [...warnings, ...unknownChips(specs, world.throughputs)],
    actions: plan.actions.map((action) =>
      actionView(action, 'lease' in action ? leaseOf(action.lease) : null),
    ),
    reasons: reasonsOfAll(house, world, plan).map((reason) => reasonView(reason, world.now)),
    pricePerHourNow: sum(now.map(priceOf)),
    pricePerHourThen: sum([...kept.map(priceOf), ...bought.map((each) => each.pricePerHour)]),
    unmet: unmet(world, new Set(bought.map(({ run }) => run))),
    market: plan.market && { ...plan.market, prices: [...plan.market.prices] },
    calendar: calendarOf(world),
  }
}

function reasonsOfAll(house: House, world: World, plan: Plan): readonly Reason[] {
  const wishes = new Map(world.demands.map(({ run, workload }) => [run, workload]))
  const workloadOf = (run: string) => wishes.get(run)
  const told = withDoubts(reasonsIn(plan), { offers: world.offers, workloadOf })
  if (world.outages.length === 0) return told
  const groups = Map.groupBy(told, ({ run }) => wishes.get(run))
  const sellers = { ...world, quotesOf: quotesOf(house) }
  const more = [...groups].flatMap(([wish, reasons]) => {
    return wish ? unanswered(sellers, wish, reasons) : []
  })
  return [...told, ...more]
}

function quotesOf({ operator }: House): ReadonlyMap<string, readonly Offer[]> {
  const quotes = [...operator.offers(), ...operator.staleOffers()]
  return Map.groupBy(quotes, ({ supplier }) => supplier)
}

function priceOf(lease: Lease): number {
  return mayCost(lease) ? (lease.pricePerHour ?? lease.pricePerHourMax) : 0
}

/** Runs that shall run and have neither a lease nor a purchase in the plan. */
function unmet({ demands, leases }: World, bought: ReadonlySet<string>): string[] {
  const held = new Set(leases.filter(({ wanted }) => wanted).map(({ run }) => run))
  return demands.map(({ run }) => run).filter((run) => !held.has(run) && !bought.has(run))
}

/** What submitting would answer. */
async function changeOf(
  { ledger }: House,
  { kind, spec }: Spec,
  { drafts }: LawChange,
): Promise<SubmitResult> {
  const draft = drafts.get(spec.name)
  if (kind === 'Contract' && draft) {
    const { generation, change } = draft
    return { kind, name: spec.name, generation, change }
  }
  if (kind === 'Job' || kind === 'Service') {
    const row = await ledger.get('workload', spec.name)
    const { generation } = numbered(spec, row?.body.spec ?? null)
    const isNew = row === null || !isOpen(row.body)
    return { kind, name: spec.name, generation, change: isNew ? 'created' : changed(row.body.spec) }
  }
  const row =
    kind === 'Supplier'
      ? await ledger.get('supplier', spec.name)
      : await ledger.get('policy', 'policy')
  if (!row) return { kind, name: spec.name, generation: 1, change: 'created' }
  // A supplier that was forgotten is a new one, whose numbers go on.
  const change = row.live ? changed(row.body) : 'created'
  const generation = row.body.generation + (change === 'unchanged' ? 0 : 1)
  return { kind, name: spec.name, generation, change }

  function changed(old: Spec['spec']): 'unchanged' | 'changed' {
    return same(old, spec) ? 'unchanged' : 'changed'
  }
}

function isOpen({ state }: WorkloadStatus): boolean {
  return state === 'active' || state === 'deleting'
}

/** The live rows, each where its workload finds it. */
function indexed(rows: Snapshot['rows']) {
  return {
    runs: Map.groupBy(bodies(rows.run), ({ workload }) => workload),
    leases: Map.groupBy(bodies(rows.lease), ({ workload }) => workload),
    open: Map.groupBy(bodies(rows.charge), ({ workload }) => workload ?? ''),
    nodes: Map.groupBy(bodies(rows.node), ({ lease }) => lease),
    checkpoints: new Map(bodies(rows.checkpoint).map((each) => [each.workload, each])),
  }
}

/** Until somebody writes, every snapshot has the very same rows. */
const indexes = new WeakMap<Snapshot['rows'], ReturnType<typeof indexed>>()

/** Views of workloads, with everything that they need read once. */
async function viewer(house: House, { rows, now }: Snapshot) {
  const closed = await house.books.closed()
  const index = indexes.get(rows) ?? indexed(rows)
  indexes.set(rows, index)
  const { runs, leases, open, nodes, checkpoints } = index
  return async (status: WorkloadStatus) => {
    const { name } = status.spec
    const live = runs.get(name) ?? []
    // What is over has left the picture; its runs are still known by name.
    const isOver = !isOpen(status) && live.length === 0
    const own = isOver ? await formerRuns(house, status) : live
    const held = leases.get(name) ?? []
    const sights = held.flatMap(({ id }) => nodes.get(id) ?? [])
    const saved = checkpoints.get(name)
    return workloadView({
      status,
      runs: own,
      leases: isOver ? await lastLeases(house, own, 1) : held,
      sights: sights.map((node) => ({ node, heardAgoMs: 0 })),
      charges: [...(closed.get(name) ?? []), ...(open.get(name) ?? [])],
      checkpoint: saved ?? (isOver ? await formerCheckpoint(house, name) : null),
      now,
    })
  }
}

function bodies<T>(rows: readonly { readonly body: T }[]): readonly T[] {
  return rows.map(({ body }) => body)
}

async function formerRuns({ ledger }: House, { spec }: WorkloadStatus): Promise<readonly Run[]> {
  const slots = Array.from(
    { length: spec.kind === 'Job' ? 1 : spec.replicasMax },
    (_, slot) => slot,
  )
  const rows = slots.map((slot) => ledger.get('run', `${spec.name}.${slot}`))
  return bodies((await Promise.all(rows)).filter((row) => row !== null))
}

const attemptsShown = 10

/** What is held, and the last attempts of each run: there may be thousands before them. */
async function leasesOf(
  house: House,
  { rows }: Snapshot,
  status: WorkloadStatus,
): Promise<readonly Lease[]> {
  const { name } = status.spec
  const live = bodies(rows.lease).filter(({ workload }) => workload === name)
  const runs = bodies(rows.run).filter(({ workload }) => workload === name)
  const own = runs.length > 0 ? runs : await formerRuns(house, status)
  const last = await lastLeases(house, own, attemptsShown)
  const byId = new Map([...last, ...live].map((lease) => [lease.id, lease]))
  return [...byId.values()].sort((a, b) =>
    a.run < b.run ? -1 : a.run > b.run ? 1 : a.attempt - b.attempt,
  )
}

async function lastLeases(
  { ledger }: House,
  runs: readonly Run[],
  count: number,
): Promise<readonly Lease[]> {
  const ids = runs.flatMap(({ id, attempts }) =>
    Array.from({ length: Math.min(count, attempts) }, (_, back) => `${id}.${attempts - back}`),
  )
  const rows = await Promise.all(ids.map((id) => ledger.get('lease', id)))
  return bodies(rows.filter((row) => row !== null))
}

async function formerCheckpoint({ ledger }: House, name: string): Promise<Checkpoint | null> {
  return (await ledger.get('checkpoint', name))?.body ?? null
}

async function found({ ledger }: House, name: string): Promise<Row<'workload'>> {
  const row = await ledger.get('workload', name)
  if (row) return row
  throw nobody(name)
}

function nobody(name: string): Refused {
  const hint = '`calumet get` lists them'
  return new Refused('not-found', `there is no job or service ${name}; ${hint}`)
}

/** Of what came after the last plan, that which the plan leaves to it. */
function reasonsOf(house: House, { rows, now }: Snapshot, workload: WorkloadStatus) {
  const plan = rows.plan[0]?.body
  const { name } = workload.spec
  const planned = plan ? reasonsIn(plan, (run) => run.startsWith(`${name}.`)) : []
  const isNews = planned.length === 0 && workload.state === 'active'
  const found = isNews ? (house.operator.outlook(workload) ?? []) : planned
  const choices = { offers: house.operator.offers(), workloadOf: () => workload.spec }
  const told = withDoubts(found, choices)
  const sellers = {
    suppliers: bodies(rows.supplier),
    outages: bodies(rows.outage),
    policy: rows.policy[0]?.body ?? defaultPolicy,
    quotesOf: quotesOf(house),
    now,
  }
  const reasons = [...told, ...unanswered(sellers, workload.spec, told)]
  return reasons.map((reason) => reasonView(reason, now))
}

async function deleted({ ledger, operator }: House, name: string) {
  const done = await withdraw(ledger, name)
  if (done.outcome === 'not-found') throw nobody(name)
  if (done.outcome !== 'done') {
    throw new Refused('conflict', `${name} is being changed by others at the same time; try again`)
  }
  operator.nudge()
  return { name, state: done.state }
}
