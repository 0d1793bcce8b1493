/** What clients see of the rows, and that it is what the wire promises. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { z } from 'zod'
import * as wire from '../../api/wire.ts'
import { drawnNow, drawnWorld } from '../../testing/world.ts'
import type { Lease } from '../domain/lease.ts'
import type { Action } from '../domain/plan.ts'
import { noMarginals, type World } from '../domain/world.ts'
import { statement } from './statement.ts'
import {
  actionView,
  eventView,
  leaseView,
  offerView,
  publicSupplier,
  reasonView,
  runView,
  supplierView,
  workloadView,
} from './views.ts'

const world = drawnWorld(`
  offer rival/h100 H100:8 us $6.20 stock 3
  offer acme/l4 L4:1 eu $0.80 spot stock low
  job train H100:8 x2 or A100-80GB:8 x4
  service chat L4:1 replicas 2
  lease train.0.1 ready at rival/h100 for $12.40
  lease chat.0.1 ready at acme/l4 for $0.80
  lease chat.1.4 asked at acme/l4 for $0.90
  lease train.0.2 gone at rival/h100
  run train.0 running epoch 3 on train.0.1 answering
  run chat.0 running epoch 1 on chat.0.1 answering
  run chat.1 waiting
  cooling acme/l4 until 90s
`)

function workload(name: string, { workloads, runs, leases }: World = world) {
  const status = workloads.find(({ spec }) => spec.name === name)
  assert.ok(status)
  return workloadView({
    status,
    runs: runs.filter((run) => run.workload === name).toReversed(),
    leases: leases.filter((lease) => lease.workload === name),
    sights: world.sights,
    charges: [],
    checkpoint: null,
    now: drawnNow,
  })
}

function lease(id: string): Lease {
  const found = world.leases.find((each) => each.id === id)
  assert.ok(found)
  return found
}

/** Nothing is lost on the wire, and nothing but what it knows is sent. */
function fits(shape: z.ZodType, view: unknown): void {
  assert.deepEqual(shape.parse(view), view)
}

it('shows a job with its gang', () => {
  const view = workload('train')
  fits(wire.WorkloadView, view)
  assert.partialDeepStrictEqual(view, {
    name: 'train',
    state: 'running',
    wants: 'H100:8 x2 | A100-80GB:8 x4',
    pricePerHour: 12_400_000,
    runs: [{ id: 'train.0', accelerators: 'H100:8 x2', ranksUp: 1, ranks: 2, supplier: 'rival' }],
  })
})

it('shows a service that lacks a replica as degraded, and what may be held at its ceiling', () => {
  const view = workload('chat')
  fits(wire.WorkloadView, view)
  assert.equal(view.state, 'degraded')
  assert.equal(view.pricePerHour, 1_700_000)
  assert.deepEqual(
    view.runs.map(({ id, state, endpoint }) => [id, state, endpoint]),
    [
      ['chat.0', 'running', 'http://10.0.0.1:8000/chat.0'],
      ['chat.1', 'waiting', null],
    ],
  )
})

for (const [text, state] of [
  ['job train H100:8', 'pending'],
  ['job train H100:8 deleting', 'deleting'],
  ['job train H100:8\n run train.0 waiting', 'pending'],
  ['service train H100:1 replicas 2\n run train.0 running\n run train.1 running', 'running'],
  ['service train H100:1 replicas 2\n run train.0 running', 'degraded'],
  ['service train H100:1 replicas 1\n run train.0 running\n run train.1 done', 'running'],
] as const) {
  it(`shows as ${state}: ${text.replaceAll('\n', ', ')}`, () => {
    assert.equal(workload('train', drawnWorld(text)).state, state)
  })
}

it('counts only the ranks of the newest epoch on its own lease', () => {
  const run = world.runs.find(({ id }) => id === 'train.0')
  assert.ok(run)
  const { sights } = world
  const older = runView({ run: { ...run, epoch: 4 }, lease: lease('train.0.1'), sights })
  assert.equal(older.ranksUp, 0)
  fits(wire.RunView, older)
  fits(wire.RunView, runView({ run: { ...run, lease: null }, lease: null, sights }))
})

it('shows leases, suppliers and offers', () => {
  for (const each of world.leases) fits(wire.LeaseView, leaseView(each))

  const [rival] = world.suppliers
  assert.ok(rival)
  const { offers, leases } = world
  const outage = { supplier: 'rival', since: drawnNow, said: 'timed\nout' }
  const silent = { ...outage, cause: 'silent' } as const
  const supplier = supplierView({ spec: rival, outage: silent, offers, leases })
  fits(wire.SupplierView, supplier)
  assert.partialDeepStrictEqual(supplier, {
    reachable: false,
    said: 'timed out',
    offers: 1,
    leases: 1,
    pricePerHour: 12_400_000,
  })

  const [h100, l4] = offers
  assert.ok(h100 && l4)
  const [pool = null] = world.pools
  const marginals = {
    ...noMarginals,
    offers: { 'rival/h100': 0 },
    because: { 'rival/h100': 'paid for by msa/floor' },
  }
  const facts = { pool: null, marginals, throughputs: { L4: 0.12 } }
  const views = [offerView(h100, facts, drawnNow), offerView(l4, { ...facts, pool }, drawnNow)]
  for (const view of views) fits(wire.OfferView, view)
  assert.deepEqual(
    views.map(({ stock, coolingUntil, said }) => [stock, coolingUntil, said]),
    [
      ['3 nodes', null, null],
      ['low', drawnNow + 90_000, 'out of stock'],
    ],
  )
  assert.deepEqual(
    views.map(({ costPerHour, costPerWork, because }) => [costPerHour, costPerWork, because]),
    [
      [0, null, 'paid for by msa/floor'],
      [800_000, 6_666_667, null],
    ],
  )
  const later = offerView(l4, { ...facts, pool }, drawnNow + 90_000)
  assert.equal(later.coolingUntil, null)
})

it('shows actions in plain words', () => {
  const bought = lease('train.0.1')
  const acquire: Action = {
    ...bought,
    do: 'acquire',
    lease: 'train.0.3',
    slot: 0,
    pricePerHour: 12_400_000,
    pricePerHourMax: 13_000_000,
  }
  const actions: readonly (readonly [Action, Lease | null, string])[] = [
    [acquire, null, 'train.0: buy H100:8 x2 at rival/h100 for $12.40/h, at most $13.00/h'],
    [
      { do: 'release', lease: 'train.0.1', because: 'moved' },
      bought,
      'give train.0.1 back to rival: moved',
    ],
    [{ do: 'release', lease: 'x.0.1', because: 'moved' }, null, 'give x.0.1 back: moved'],
    [
      { do: 'start', run: 'train.0', lease: 'train.0.1', epoch: 4 },
      bought,
      'start train.0 on train.0.1, epoch 4',
    ],
    [{ do: 'drain', run: 'train.0', because: 'moved' }, bought, 'stop train.0: moved'],
  ]
  for (const [action, known, text] of actions) {
    const view = actionView(action, known)
    fits(wire.ActionView, view)
    assert.equal(view.text, text)
  }
})

it('shows reasons, events and statements', () => {
  const spread = { run: 'chat.1', why: 'spread', supplier: 'acme', replicas: 1 } as const
  const reason = reasonView(spread, drawnNow)
  fits(wire.ReasonView, reason)
  assert.deepEqual(reason.facts, { supplier: 'acme', replicas: 1 })

  const subject = { workload: 'chat', run: null, lease: null, supplier: null }
  const event = { kind: 'workload.deleting', ...subject, facts: {}, seq: 1, at: 2 } as const
  fits(wire.EventView, eventView(event))
  const { leases } = world
  const made = statement({ charges: [], leases, now: drawnNow, by: 'supplier' })
  fits(wire.CostReply, { ...made, budgets: [] })
})

it('the public list names who is used and for what, and nothing that is ours alone', () => {
  const [acme] = world.suppliers
  assert.ok(acme)
  const standing = { reason: 'audit of May', by: 'ops', since: drawnNow }
  const told = (state: 'prospect' | 'approved' | 'active' | 'suspended' | 'retired') =>
    publicSupplier({
      ...acme,
      relations: [{ relation: 'rival', from: null, to: null }],
      jurisdictions: { eu: 'de', us: 'us', 'us-2': 'us' },
      scope: { products: ['chat'], regions: null },
      standing: { ...standing, state },
    })
  assert.deepEqual(told('active'), {
    name: acme.name,
    since: drawnNow,
    products: ['chat'],
    regions: null,
    jurisdictions: ['de', 'us'],
  })
  assert.deepEqual(told('approved'), told('active'))
  for (const state of ['prospect', 'suspended', 'retired'] as const) {
    assert.equal(told(state), null)
  }
})
