/** What charges come to. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { drawnWorld } from '../../testing/world.ts'
import type { Charge } from '../domain/charge.ts'
import type { Lease } from '../domain/lease.ts'
import { type StatementBy, statement } from './statement.ts'

const hourMs = 3_600_000
const now = 10 * hourMs

function charge(id: string, changes: Partial<Charge>): Charge {
  const [supplier = '', rental = ''] = id.split('/')
  return {
    id,
    supplier,
    rental,
    lease: `${rental}.0.1`,
    workload: rental,
    account: 'usage',
    accelerator: 'H100',
    accelerators: 16,
    pricePerHour: 10_000_000,
    from: 8 * hourMs,
    to: 9 * hourMs,
    amount: 10_000_000,
    ...changes,
  }
}

const charges = [
  charge('rival/train', { team: 'nlp' }),
  charge('rival/chat', {
    team: 'nlp',
    to: null,
    amount: 0,
    accelerators: 1,
    pricePerHour: 2_000_000,
  }),
  charge('acme/train', { team: 'nlp', account: 'waste', lease: null, amount: 1, accelerators: 1 }),
  charge('acme/lost', { workload: null, lease: null, accelerator: null, accelerators: null }),
]

const table: Readonly<Record<StatementBy, readonly string[]>> = {
  supplier: ['rival 14000000 0 64800000 2 2000000', 'acme 10000000 1 3600000 2 0'],
  workload: [
    'train 10000000 1 61200000 2 0',
    'none 10000000 0 0 1 0',
    'chat 4000000 0 7200000 1 2000000',
  ],
  team: ['nlp 14000000 1 68400000 3 2000000', 'none 10000000 0 0 1 0'],
  accelerator: ['H100 14000000 1 68400000 3 2000000', 'none 10000000 0 0 1 0'],
}
for (const by of ['supplier', 'workload', 'team', 'accelerator'] as const) {
  it(`adds up by ${by}, with waste apart and the dearest first`, () => {
    const { rows, total, unsure } = statement({ charges, leases: [], now, by })
    assert.deepEqual(
      rows.map((row) => Object.values(row).join(' ')),
      table[by],
    )
    assert.equal(total, 24_000_001)
    assert.equal(unsure, 0)
  })
}

it('counts a charge of a clock that is ahead of ours as nothing yet', () => {
  const ahead = charge('rival/train', { from: now + 1_000, to: null, amount: 0 })
  const { rows, total } = statement({ charges: [ahead], leases: [], now, by: 'supplier' })
  assert.equal(total, 0)
  assert.equal(rows[0]?.acceleratorMs, 0)
})

function lease(changes: Partial<Lease>): Lease {
  const { 0: drawn } = drawnWorld(`offer rival/h100 H100:8 us $6
    job train H100:8 x2
    lease train.0.1 ready at rival/h100`).leases
  assert.ok(drawn)
  return { ...drawn, ...changes }
}

it('tells apart the most that leases without a charge may have cost', () => {
  const since = { intendedAt: now - hourMs, pricePerHourMax: 12_000_000 }
  const leases = [
    lease({ ...since, id: 'a.0.1', state: 'unsure', calls: 1 }),
    lease({ ...since, id: 'a.0.2', state: 'asked', calls: 1 }),
    lease({ ...since, id: 'a.0.5', state: 'unsure', calls: 1, notBefore: now }),
    lease({ ...since, id: 'a.0.3', state: 'intended', calls: 0 }),
    lease({ ...since, id: 'a.0.4', state: 'gone', calls: 1 }),
    lease({ ...since, id: 'train.0.1', state: 'held', calls: 1 }),
  ]
  assert.equal(statement({ charges, leases, now, by: 'supplier' }).unsure, 24_000_000)
})
