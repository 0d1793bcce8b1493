/** How suppliers stand, in a real ledger. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it, type TestContext } from 'node:test'
import { type SupplierSpec, standingAt } from '../core/domain/supplier.ts'
import { embedded } from '../drivers/ledgers/embedded.ts'
import type { Ledger } from '../ports/ledger.ts'
import { decideStanding } from './standing.ts'
import { submit } from './submit.ts'

const acme: SupplierSpec = {
  ...{ name: 'acme', generation: 0, driver: 'remote', url: 'http://acme', tokenFrom: null },
  ...{ promises: { class: 'A', lateEffectMs: 0, listLagMs: 0 }, buying: true },
}

async function openLedger(t: TestContext): Promise<Ledger> {
  const folder = mkdtempSync(join(tmpdir(), 'calumet-standing-'))
  const path = join(folder, 'ledger.db')
  const ledger = await embedded({ path, clock: () => 5, randomId: () => 'us' })
  t.after(async () => {
    await ledger.close()
    rmSync(folder, { recursive: true })
  })
  await apply(ledger, acme)
  return ledger
}

async function apply(ledger: Ledger, spec: SupplierSpec) {
  const done = await submit(ledger, [{ kind: 'Supplier', spec }], null)
  return done.outcome === 'done' ? done.results[0]?.change : done.outcome
}

async function decided(ledger: Ledger, state: Parameters<typeof decideStanding>[1]['state']) {
  const order = { supplier: 'acme', state, reason: 'audit', by: 'ann' }
  const done = await decideStanding(ledger, order)
  return done.outcome === 'refused' ? done.why : done.outcome
}

it('[OP25] is noted with who, why and when, and stays whatever is applied later', async (t) => {
  const ledger = await openLedger(t)
  assert.equal(await decided(ledger, 'suspended'), 'done')
  assert.equal(await apply(ledger, acme), 'unchanged')
  assert.equal(await apply(ledger, { ...acme, url: 'http://new' }), 'changed')
  const row = await ledger.get('supplier', 'acme')
  const standing = { state: 'suspended', reason: 'audit', by: 'ann', since: 5 }
  assert.deepEqual([row?.body.url, row?.body.standing], ['http://new', standing])
  const events = await ledger.events({ supplier: 'acme' })
  const { kind, facts } = events.find((each) => each.kind === 'supplier.standing') ?? {}
  const told = { from: 'active', to: 'suspended', reason: 'audit', by: 'ann' }
  assert.deepEqual([kind, facts], ['supplier.standing', told])
})

it('[OP25] goes only where one leads to the other', async (t) => {
  const ledger = await openLedger(t)
  const refused = 'acme is active; it can become suspended or retired'
  assert.equal(await decided(ledger, 'approved'), refused)
  assert.equal(await decided(ledger, 'active'), 'done')
  for (const state of ['retired', 'prospect', 'approved', 'active'] as const) {
    assert.equal(await decided(ledger, state), 'done')
  }
  const nobody = { supplier: 'nobody', state: 'active', reason: 'x', by: 'ann' } as const
  assert.deepEqual(await decideStanding(ledger, nobody), { outcome: 'unknown' })
})

it('[OP25] is remembered of a supplier that was forgotten and comes again', async (t) => {
  const ledger = await openLedger(t)
  await decided(ledger, 'retired')
  const row = await ledger.get('supplier', 'acme')
  assert.ok(row)
  await ledger.commit({ puts: [{ ...row, live: false }], events: [] })
  assert.equal(await apply(ledger, acme), 'created')
  assert.equal((await ledger.get('supplier', 'acme'))?.body.standing?.state, 'retired')
})

it('[OP25] stays known for every day on which it was in force', async (t) => {
  const ledger = await openLedger(t)
  for (const state of ['retired', 'prospect', 'approved'] as const) await decided(ledger, state)
  const row = await ledger.get('supplier', 'acme')
  assert.ok(row?.body.standing)
  const { before = [], ...last } = row.body.standing
  assert.deepEqual(
    before.map(({ state }) => state),
    ['retired', 'prospect'],
  )
  const dated = before.map((each, index) => ({ ...each, since: 10 * (index + 1) }))
  const spec = { ...row.body, standing: { ...last, since: 30, before: dated } }
  assert.deepEqual(
    [9, 10, 29, 30].map((at) => standingAt(spec, at)?.state ?? null),
    [null, 'retired', 'prospect', 'approved'],
  )
  assert.equal(standingAt(acme, 30), null)
})
