/**
 * The fleet of the benchmarks is as large as it was ordered, and stands as the ledger allows.
 */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { embedded } from '../../src/drivers/ledgers/embedded.ts'
import { quantile, tenths } from '../table.ts'
import { fill } from './fleet.ts'

it('puts down as many leases, jobs and events as were ordered', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-fleet-'))
  const path = join(folder, 'ledger.db')
  const ledger = await embedded({ path, clock: Date.now, randomId: randomUUID })
  try {
    const token = {
      name: 'bench',
      role: 'admin',
      hash: 'h',
      createdAt: 0,
      expiresAt: null,
    } as const
    await fill(ledger, { leases: 3, jobs: 20, events: 53 }, token)
    const { rows } = await ledger.read()
    const living = [rows.workload, rows.lease, rows.run, rows.node, rows.charge]
    assert.deepEqual(
      living.map(({ length }) => length),
      [3, 3, 3, 3, 3],
    )
    assert.equal((await ledger.list('workload', { all: true })).length, 20)
    assert.equal((await ledger.events({ limit: 1_000 })).length, 53)
    assert.deepEqual(await ledger.verify(), [])
  } finally {
    await ledger.close()
    rmSync(folder, { recursive: true })
  }
})

it('takes quantiles of what is not in order', () => {
  const spentMs = [5, 1, 4, 2, 3]
  assert.equal(quantile(spentMs, 0.5), 3)
  assert.equal(quantile(spentMs, 0.99), 5)
  assert.equal(tenths(2.345), 2.3)
})
