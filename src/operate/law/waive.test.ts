/**
 * Since when a clause counts as set aside, and what is bought then.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Offer } from '../../core/domain/offer.ts'
import { job } from '../../testing/ledger-rows.ts'
import { apply, house, minute, job as wish } from '../stage.test.ts'
import { verdictsAt } from '../verdicts.ts'
import { giveNotice, openRight } from './rofr.ts'
import { waive } from './waive.ts'

const signed = `kind: Contract
name: msa
with: bolt
form: MSA
bindingness: definitive
signed: 2020-01-01
from: 2020-01-01
source: letter
clauses:
  - { kind: exclusivity, id: alone }
`

const offer: Offer = {
  ...{ id: 'h100x8', supplier: 'acme', accelerator: 'H100', perNode: 8, region: 'us' },
  ...{ market: 'on-demand', pricePerHour: 10, stock: { kind: 'unknown' }, observedAt: 0 },
}

it('[OP24] on another day an override counts from the second person on', async () => {
  const home = await house()
  const { ledger, clock } = home
  await apply(home, signed)
  const start = clock.wallMs()
  const until = start + 60 * minute
  const order = { clause: 'msa/alone', kind: 'override', until, reason: 'no space' } as const
  const said = async (by: string) => {
    await waive(ledger, { ...order, by })
    const at = clock.wallMs() + minute
    await clock.until('a minute', 2 * minute, () => clock.wallMs() >= at)
  }
  const barredAt = async (minutes: number) => {
    const asked = { offers: [offer], at: start + minutes * minute, charges: [] }
    return (await verdictsAt(ledger, job('w'), asked))[0]?.bar?.clause ?? null
  }
  await said('ann')
  await said('ben')
  // A third changes nothing of that, nor does whoever says it again.
  await said('eve')
  const before = await ledger.events({})
  await said('ben')
  assert.deepEqual(await ledger.events({}), before)
  const [waiver] = (await ledger.read()).rows.waiver
  assert.deepEqual(waiver?.body.by, ['ann', 'ben', 'eve'])
  assert.deepEqual([await barredAt(0.5), await barredAt(1.5)], ['msa/alone', null])
  assert.deepEqual([await barredAt(2.5), await barredAt(60)], [null, 'msa/alone'])
})

it('[OP24] what is bought under a waiver, with a case of its right open, is in order', async () => {
  const home = await house()
  const { ledger, clock } = home
  const right = signed.replace('with: bolt', 'with: core').replace('exclusivity', 'rofr')
  await apply(home, right.replace('id: alone', 'id: alone, at_least: 8, trigger: binding-offer'))
  await home.apply(wish('train', 1))
  const leader = home.lead()
  await home.until('offers', () => leader.offers().length > 0)
  const broken = async () => {
    const { invariants } = await leader.audit()
    return invariants.flatMap(({ id, faults }) => (faults ?? []).map((each) => `${id} ${each}`))
  }
  const order = { workload: 'train', offer: 'acme/h100x8', by: 'ann' }
  const opened = await openRight(ledger, order, leader.offers())
  assert.equal(opened.outcome, 'done')
  const id = 'msa/alone/train@acme/h100x8'
  await giveNotice(ledger, { id, by: 'ann', proof: 'receipt', nonce: 'n' }, (text) => text)
  assert.deepEqual(await home.leases(), [])
  const until = clock.wallMs() + 60 * minute
  const reason = 'letter 9'
  await waive(ledger, { clause: 'msa/alone', kind: 'granted', until, reason, by: 'ann' })
  await home.until('a purchase', async () => (await home.leases())[0]?.state === 'held')
  const { rows } = await ledger.read()
  assert.deepEqual([rows.right[0]?.body.step, rows.right[0]?.body.purchases], ['noticed', []])
  assert.deepEqual(await broken(), [])
  // It is held for longer than it was set aside, and what is bought then needs the case again.
  await clock.until('its end', 90 * minute, () => clock.wallMs() > until + minute)
  await home.apply(wish('later', 1))
  await clock.until('some turns', 9 * minute, () => clock.wallMs() > until + 6 * minute)
  assert.deepEqual(
    (await home.leases()).map(({ workload }) => workload),
    ['train'],
  )
  assert.deepEqual(await broken(), [])
})
