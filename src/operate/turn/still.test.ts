/** When a turn may be left out, and what ends that. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Lease } from '../../core/domain/lease.ts'
import type { Offer } from '../../core/domain/offer.ts'
import type { Listing } from '../../core/domain/rental.ts'
import type { Row, Snapshot } from '../../ports/ledger.ts'
import { lease, run } from '../../testing/ledger-rows.ts'
import type { Decision } from './decide.ts'
import type { Observed } from './observed.ts'
import { isStill, type Still, stillAfter } from './still.ts'

const settings = { tickMs: 1_000, silentMs: 45_000 }
const nothing = { commit: { expects: [], puts: [], events: [] }, asks: [], releases: [] }
const idle = { ...nothing, strays: [] } as unknown as Decision

const held = lease('w.0.1', 1, 'held')
const working = run('w.0', 1, 'running')

const kinds = [
  'supplier',
  'policy',
  'workload',
  'lease',
  'run',
  'node',
  'pool',
  'contract',
  'outage',
]

function picture(now: number, rows: readonly unknown[] = [held, working]): Snapshot {
  const of = (kind: string) => (rows as Row[]).filter((each) => each.kind === kind)
  return { now, rows: Object.fromEntries(kinds.map((kind) => [kind, of(kind)])) } as never
}

const offer: Offer = {
  ...{ id: 'h100', supplier: 'acme', accelerator: 'H100', perNode: 8, region: 'here' },
  ...{ pricePerHour: 20_000_000, market: 'on-demand', stock: { kind: 'unknown' }, observedAt: 0 },
}
const listing: Listing = { complete: true, rentals: [] }
const machine = { id: 'w.0.1/0', lease: 'w.0.1', index: 0 }
const sights = [{ node: machine, heardAgoMs: 1_000 }] as unknown as Observed['sights']

const seen: Observed = {
  sightings: [{ supplier: 'acme', askedAt: 0, listing }],
  offers: [offer],
  outages: [],
  sights,
  known: () => true,
  inFlight: new Set(),
  requestsPerSecond: {},
  straysSeen: new Set(),
}

function stoodAt(now: number, rows?: readonly unknown[], decision = idle): Still | null {
  const listings = new Map([['acme', listing]])
  return stillAfter(decision, { snapshot: picture(now, rows), seen, listings }, settings)
}

it('[OP46] leaves a turn out where all stands and nothing new was seen, a few ticks long', () => {
  const still = stoodAt(0)
  assert.ok(still)
  const later = { ...seen, offers: [{ ...offer, observedAt: 900 }] }
  const at = (now: number, more: Partial<Observed> = {}, rows?: readonly unknown[]) => {
    return isStill(still, { snapshot: picture(now, rows), seen: { ...later, ...more } }, settings)
  }
  assert.deepEqual(
    [0, 1_000, 4_999, 5_000].map((now) => at(now)),
    [true, true, true, false],
  )

  const [sight] = sights
  assert.ok(sight)
  const news: Partial<Observed>[] = [
    { offers: [{ ...offer, pricePerHour: 19_000_000 }] },
    { offers: [] },
    { outages: [{ supplier: 'acme', cause: 'silent', since: 0, said: 'no answer' }] },
    { sightings: [{ supplier: 'acme', askedAt: 1, listing: { ...listing, complete: false } }] },
    { sightings: [{ supplier: 'bolt', askedAt: 1, listing }] },
    { sights: [] },
    { sights: [{ ...sight, heardAgoMs: settings.silentMs + 1 }] },
    { sights: [{ ...sight, node: { ...sight.node, readyAt: 7 } as never }] },
    { inFlight: new Set(['w.0.1']) },
    { requestsPerSecond: { w: 1 } },
  ]
  for (const each of news) assert.ok(!at(1_000, each), JSON.stringify(each))
  assert.ok(at(1_000, { sights: [{ ...sight, heardAgoMs: 2_000 }] }))
  assert.ok(!at(1_000, {}, [{ ...held, version: 2 }, working]))
  assert.ok(!at(1_000, {}, [held]))
})

it('[OP46] decides again at once where something is under way or was done', () => {
  const busy = [
    [lease('w.0.1', 1, 'unsure'), working],
    [lease('w.0.1', 1, 'releasing'), working],
    [held, lease('w.1.1', 1, 'intended'), working],
    [held, run('w.0', 1, 'fencing')],
  ]
  for (const rows of busy) assert.equal(stoodAt(0, rows), null)
  const wrote = { ...idle, commit: { ...nothing.commit, puts: [held] } } as unknown as Decision
  assert.equal(stoodAt(0, [held, working], wrote), null)
  const waiting = run('w.0', 1, 'waiting')
  const later = { ...waiting, body: { ...waiting.body, notBefore: 2_500 } }
  assert.equal(stoodAt(0, [held, later])?.until, 2_500)
})

it('[OP46] leaves turns out while its supplier still shows what is given back', () => {
  const going = lease('w.0.1', 1, 'releasing')
  const { rental: id, key } = going.body as Lease
  const rental = { id, key, state: 'running' }
  const asks = { ...idle, releases: [going.body] } as Decision
  const stands = (...rentals: readonly unknown[]) => {
    const listings = new Map([['acme', { complete: true, rentals } as unknown as Listing]])
    const sight = { snapshot: picture(0, [going, working]), seen, listings }
    return stillAfter(asks, sight, settings) !== null
  }
  assert.deepEqual(
    [stands(rental), stands({ ...rental, state: 'ended' }), stands()],
    [true, false, false],
  )
})

it('[OP46] leaves the turn after an outage out, which was decided upon as it was written', () => {
  const outage = { supplier: 'acme', cause: 'silent', since: 0, said: 'no answer' } as const
  const put = { kind: 'outage', id: 'acme', version: 0, live: true, body: outage } as const
  const over = { ...put, version: 1, live: false }
  const wrote = (...puts: readonly unknown[]) => {
    const commit = { ...nothing.commit, puts, events: [{ kind: 'supplier.unreachable' }] }
    return { ...idle, commit } as unknown as Decision
  }
  const found = { ...put, version: 1 }
  const at = (still: Still | null, ...rows: readonly unknown[]) => {
    assert.ok(still)
    const snapshot = picture(1_000, [held, working, ...rows])
    return isStill(still, { snapshot, seen }, settings)
  }
  const begun = stoodAt(0, [held, working], wrote(put))
  assert.deepEqual([at(begun, found), at(begun)], [true, false])
  const ended = stoodAt(0, [held, working, found], wrote(over))
  assert.deepEqual([at(ended, found), at(ended)], [false, true])
  assert.equal(stoodAt(0, [held, working], wrote()), null)
})
