/**
 * Since when a clause counts as set aside.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Offer } from '../../core/domain/offer.ts'
import { job } from '../../testing/ledger-rows.ts'
import { apply, house, minute } from '../stage.test.ts'
import { verdictsAt } from '../verdicts.ts'
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

it('[OP24] on another day an override counts from the second person on, and not before', async () => {
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
  // A third changes nothing of that.
  await said('eve')
  const [waiver] = (await ledger.read()).rows.waiver
  assert.deepEqual(waiver?.body.by, ['ann', 'ben', 'eve'])
  assert.deepEqual([await barredAt(0.5), await barredAt(1.5)], ['msa/alone', null])
  assert.deepEqual([await barredAt(2.5), await barredAt(60)], [null, 'msa/alone'])
})
