/**
 * The rule of submissions: once for each key, all or nothing, counted by generation.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import type { Spec } from '../core/domain/spec.ts'
import { embedded } from '../drivers/ledgers/embedded.ts'
import { submit } from './submit.ts'

const folder = mkdtempSync(join(tmpdir(), 'calumet-submit-'))
const path = join(folder, 'ledger.db')
const ledger = await embedded({ path, clock: () => 1_000, randomId: () => 'us' })
after(async () => {
  await ledger.close()
  rmSync(folder, { recursive: true })
})

function policy(name: string, pricePerHourMax: number | null = null): Spec {
  const lists = { suppliersAllowed: null, suppliersDenied: [], moveWhenCheaperBy: 0.25 }
  return { kind: 'Policy', spec: { name, generation: 0, pricePerHourMax, ...lists } }
}

function job(name: string, run = 'true'): Spec {
  const resources = [{ accelerator: 'H100', perNode: 8, nodes: 1, throughput: null }]
  const rest = { priority: 50, setup: null, envs: {}, suppliers: null, retryCount: 0 }
  const limits = { markets: ['on-demand' as const], pricePerHourMax: null, checkpoint: null }
  return {
    kind: 'Job',
    spec: { kind: 'Job', name, generation: 0, revision: 0, run, resources, ...rest, ...limits },
  }
}

describe('[OP13] a submission', () => {
  it('is taken once, however often it comes', async () => {
    const key = { key: 'k1', requestHash: 'h1' }
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => submit(ledger, [policy('a')], key)),
    )
    assert.equal(new Set(answers.map((each) => JSON.stringify(each))).size, 1)
    const events = await ledger.events({ limit: 1_000 })
    assert.equal(events.filter(({ kind }) => kind === 'policy.submitted').length, 1)
  })

  it('with the same key must be the same', async () => {
    const other = { key: 'k1', requestHash: 'h2' }
    assert.deepEqual(await submit(ledger, [policy('b')], other), { outcome: 'key-reused' })
    assert.equal((await ledger.get('policy', 'policy'))?.body.name, 'a')
  })

  it('counts only what changed', async () => {
    const changes = async (...specs: Spec[]) => {
      const done = await submit(ledger, specs, null)
      assert.equal(done.outcome, 'done')
      return done.results.map(({ change, generation }) => `${change} ${generation}`)
    }
    assert.deepEqual(await changes(policy('a'), job('train')), ['unchanged 1', 'created 1'])
    assert.deepEqual(await changes(job('train'), job('other')), ['unchanged 1', 'created 1'])
    assert.deepEqual(await changes(job('train', 'false')), ['changed 2'])
  })

  it('brings a deleted supplier back, and counts on', async () => {
    const promises = { class: 'A', lateEffectMs: 0, listLagMs: 0 } as const
    const where = { driver: 'remote', url: 'http://acme', tokenFrom: null }
    const spec = { name: 'acme', generation: 0, ...where, promises, buying: true }
    await submit(ledger, [{ kind: 'Supplier', spec }], null)
    const row = await ledger.get('supplier', 'acme')
    assert.ok(row)
    await ledger.commit({ puts: [{ ...row, live: false }], events: [] })
    const done = await submit(ledger, [{ kind: 'Supplier', spec }], null)
    const back = { kind: 'Supplier', name: 'acme', change: 'created', generation: 2 }
    assert.deepEqual(done, { outcome: 'done', results: [back] })
    assert.equal((await ledger.get('supplier', 'acme'))?.live, true)
  })

  it('is refused as a whole while one of its names is being deleted', async () => {
    const row = await ledger.get('workload', 'other')
    assert.ok(row)
    await ledger.commit({
      puts: [{ ...row, body: { ...row.body, state: 'deleting' } }],
      events: [],
    })
    const refused = await submit(ledger, [job('third'), job('other')], null)
    assert.equal(refused.outcome, 'conflict')
    assert.equal(await ledger.get('workload', 'third'), null)
  })
})
