/**
 * What one turn decides, where a whole loop would need rare weather to get there.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Charge } from '../../core/domain/charge.ts'
import type { Lease } from '../../core/domain/lease.ts'
import type { Offer } from '../../core/domain/offer.ts'
import type { Node, Run } from '../../core/domain/run.ts'
import { defaultPolicy, type Policy, type SupplierSpec } from '../../core/domain/supplier.ts'
import type { Alternative } from '../../core/domain/workload.ts'
import type { Bodies, Kind, Snapshot } from '../../ports/ledger.ts'
import { job, lease as leasePut } from '../../testing/ledger-rows.ts'
import { defaultSettings } from '../settings.ts'
import { decide } from './decide.ts'
import type { Observed } from './observed.ts'

const now = 1_000_000

const acme: SupplierSpec = {
  name: 'acme',
  generation: 1,
  driver: 'paper',
  url: '',
  tokenFrom: null,
  promises: { class: 'A', lateEffectMs: 60_000, listLagMs: 0 },
  buying: true,
}

const asked = {
  ...(leasePut('w.0.1', 0, 'asked').body as Lease),
  calls: 1,
  calledAt: now - 60_000,
}

const quiet: Observed = {
  sightings: [],
  offers: [],
  outages: [],
  sights: [],
  known: () => true,
  inFlight: new Set(),
  requestsPerSecond: {},
  straysSeen: new Set(),
}

const options = {
  installation: 'us',
  settings: { ...defaultSettings, serverUrl: 'http://us' },
  memory: {
    owners: new Map(),
    purchases: null,
    formerRuns: new Map(),
    closedCharges: new Set<string>(),
    spending: new Map(),
    closed: [],
    drawn: null,
    formerVersions: { pool: new Map(), outage: new Map() },
    belief: { pools: {} },
    unripe: [],
  },
  keyOf: (_: string, lease: string) => `key-${lease}`,
  chanceOf: () => 0.5,
  digest: (text: string) => text,
}

function snapshot(bodies: { readonly [K in Kind]?: Readonly<Record<string, Bodies[K]>> }) {
  const rows = Object.entries(bodies).map(([kind, each]) => [
    kind,
    Object.entries(each ?? {}).map(([id, body]) => ({ kind, id, version: 1, live: true, body })),
  ])
  const empty = {
    contract: [],
    waiver: [],
    law: [],
    workload: [],
    supplier: [],
    policy: [],
    lease: [],
    run: [],
    node: [],
    charge: [],
  }
  return { now, rows: { ...empty, ...Object.fromEntries(rows) } } as unknown as Snapshot
}

const wanted = {
  supplier: { acme },
  workload: {
    w: { spec: job('w'), state: 'active', submittedAt: 0, endedAt: null },
  },
  lease: { 'w.0.1': asked },
} as const

it('[OP16] repeats a call that died with its process, unless a rule forbids it by now', () => {
  const again = decide(snapshot(wanted), quiet, options)
  assert.deepEqual(
    again.asks.map(({ lease }) => lease.id),
    ['w.0.1'],
  )
  const denied: Policy = { ...defaultPolicy, suppliersDenied: ['acme'] }
  const never = decide(snapshot({ ...wanted, policy: { policy: denied } }), quiet, options)
  assert.deepEqual(never.asks, [])
})

it('[OP17] lifts a quarantine only for a complete listing without foreign rentals', () => {
  const said = 'it lists x'
  const outage = { supplier: 'acme', cause: 'foreign-rentals', since: 0, said } as const
  const rows = snapshot({ ...wanted, outage: { acme: outage } })
  const listed = (complete: boolean) => {
    const sighting = { supplier: 'acme', askedAt: now, listing: { complete, rentals: [] } }
    const { commit } = decide(rows, { ...quiet, sightings: [sighting] }, options)
    return commit.events.some(({ kind }) => kind === 'supplier.reachable')
  }
  assert.equal(listed(false), false)
  assert.equal(listed(true), true)
})

it('[OP23] lets a node go that joined while its lease was being ended', () => {
  const node = { id: 'w.0.1/0', lease: 'w.0.1', index: 0, machine: 'm' } as unknown as Node
  const { commit } = decide(snapshot({ node: { 'w.0.1/0': node } }), quiet, options)
  const put = commit.puts.find(({ kind }) => kind === 'node')
  assert.deepEqual([put?.id, put?.live], ['w.0.1/0', false])
})

it('[OP33] starts work only under rules that stand until its start is written', () => {
  const { body } = leasePut('w.0.1', 0, 'ready')
  const ready = { ...(body as Lease), readyAt: 1, wanted: true }
  const run: Run = {
    ...{ id: 'w.0', workload: 'w', slot: 0, revision: 1, epoch: 0, attempts: 1 },
    state: 'waiting',
    ...{ lease: null, retries: 0, notBefore: 0, startedAt: null, fencedAt: null, endedAt: null },
    ...{ exitCode: null, why: null },
  }
  const hosted = { ...acme, hosts: { [ready.region]: ['landlord'] } }
  const { plan, commit } = decide(
    snapshot({
      ...wanted,
      supplier: { acme: hosted },
      lease: { 'w.0.1': ready },
      run: { 'w.0': run },
    }),
    quiet,
    options,
  )
  assert.ok(plan.actions.some((action) => action.do === 'start'))
  assert.deepEqual(commit.expects?.map(({ kind, id }) => `${kind} ${id}`).sort(), [
    'law law',
    'policy policy',
    'supplier acme',
    'supplier landlord',
    'workload w',
  ])
})

const running: Run = {
  ...{ id: 'w.0', workload: 'w', slot: 0, revision: 1, epoch: 1, attempts: 1 },
  state: 'running',
  ...{ lease: 'w.0.1', retries: 0, notBefore: 0, startedAt: 1, fencedAt: null, endedAt: null },
  ...{ exitCode: null, why: null },
}

it('[OP30] writes no plan for what moves from moment to moment', () => {
  const { body } = leasePut('w.0.1', 0, 'ready')
  const held = { ...(body as Lease), readyAt: 1, pricePerHour: 20_000_000, wanted: true }
  const rows = { ...wanted, lease: { 'w.0.1': held }, run: { 'w.0': running } } as const
  const { accelerator, perNode, region } = held
  const offered = (pricePerHour: number): Observed => ({
    ...quiet,
    offers: [
      {
        ...{ id: 'cheap', supplier: 'acme', accelerator, perNode, region, pricePerHour },
        ...{ market: 'on-demand', stock: { kind: 'unknown' }, observedAt: now },
      },
    ],
  })
  const planned = (price: number, plan?: Bodies['plan']) => {
    const known = plan ? { ...rows, plan: { plan } } : rows
    const { commit } = decide(snapshot(known), offered(price), options)
    return commit.puts.find(({ kind }) => kind === 'plan')?.body as Bodies['plan'] | undefined
  }
  const first = planned(19_000_000)
  assert.equal(first?.reasons[0]?.why, 'kept')
  assert.equal(planned(19_000_001, first), undefined)
  assert.notEqual(planned(17_000_000, first), undefined)
})

it('[OP30] nor for what is left of a budget, of which a running lease takes more and more', () => {
  const budgets = [{ of: 'everything', name: '', amount: 30_000_000, per: 'month' }] as const
  const { body } = leasePut('v.0.1', 0, 'ready')
  const spends = { ...(body as Lease), workload: 'v', run: 'v.0', pricePerHour: 20_000_000 }
  const v = { ...wanted.workload.w, spec: job('v') }
  const charge: Charge = {
    ...{ id: 'acme/r', supplier: 'acme', rental: 'r', lease: 'v.0.1', workload: 'v' },
    ...{ account: 'usage', accelerator: 'H100', accelerators: 8, pricePerHour: 20_000_000 },
    ...{ from: 1, to: null, amount: 0 },
  }
  const rows = {
    ...{ supplier: { acme }, policy: { policy: { ...defaultPolicy, budgets } } },
    charge: { 'acme/r': charge },
    ...{ workload: { ...wanted.workload, v }, lease: { 'v.0.1': { ...spends, readyAt: 1 } } },
    run: { 'v.0': { ...running, id: 'v.0', workload: 'v', lease: 'v.0.1' } },
  }
  const { accelerator, perNode, region } = spends
  const offer: Offer = {
    ...{ id: 'h100', supplier: 'acme', accelerator, perNode, region, pricePerHour: 900_000_000 },
    ...{ market: 'on-demand', stock: { kind: 'unknown' }, observedAt: now },
  }
  const planned = (at: number, plan?: Bodies['plan']) => {
    const known = snapshot(plan ? { ...rows, plan: { plan } } : rows)
    const { commit } = decide({ ...known, now: at }, { ...quiet, offers: [offer] }, options)
    return commit.puts.find(({ kind }) => kind === 'plan')?.body as Bodies['plan'] | undefined
  }
  const first = planned(now)
  assert.ok(first?.reasons.some((reason) => 'left' in reason && reason.left > 0))
  assert.equal(planned(now + 60_000, first), undefined)
  assert.notEqual(planned(now + 60 * 60_000, first), undefined)
})

it('[OP30] [OP42] compares places by what the steps of a job have shown, and says it once', () => {
  const [h100, tpu] = ['H100', 'TPU-v6e'].map((accelerator) => {
    return { accelerator, perNode: 8, nodes: 1, throughput: null }
  }) as [Alternative, Alternative]
  const checkpoint = { dir: '/saved', everyMs: 300_000, evenSteps: true }
  const spec = { ...job('w'), resources: [h100, tpu], checkpoint }
  const seen = (on: Alternative, steps: number, hours: number) => {
    const pace = { revision: 0, steps, ms: hours * 3_600_000 }
    return { ...on, ms: 1, starts: 1, pace }
  }
  const planned = (hours: number, plan?: Bodies['plan']) => {
    const saved = { workload: 'w', epoch: 1, step: 9, uri: '/saved/9', acceptedAt: 0 }
    const worked = [seen(h100, 100 * hours, hours), seen(tpu, 900 * hours, hours)]
    const workload = { w: { ...wanted.workload.w, spec } }
    const rows = { supplier: { acme }, workload, checkpoint: { w: { ...saved, worked } } }
    const { commit } = decide(snapshot(plan ? { ...rows, plan: { plan } } : rows), quiet, options)
    return commit.puts.find(({ kind }) => kind === 'plan')?.body as Bodies['plan'] | undefined
  }
  const first = planned(2)
  assert.deepEqual(
    first?.reasons.flatMap((each) => (each.why === 'learnt' ? [each.accelerator] : [])),
    ['H100', 'TPU-v6e'],
  )
  assert.equal(planned(2.05, first), undefined)
  assert.notEqual(planned(9, first), undefined)
})
