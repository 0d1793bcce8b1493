/** What is exported of what was down, over HTTP. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Charge } from '../../core/domain/charge.ts'
import { checkFocus } from '../../core/focus/check.ts'
import { focusCsv } from '../../core/focus/rows.ts'
import { lease } from '../../testing/ledger-rows.ts'
import { contractText, stage } from '../stage.test.ts'

const hour = 3_600_000

it('[AP61] a use names the claim that may be made, and a commitment what it owes', async (t) => {
  const home = await stage(t, { aheadMs: 400 * hour - Date.now() })
  const leased = lease('w.0.1', 0, 'gone')
  assert.ok(leased.kind === 'lease')
  const failed = { since: 1.5 * hour, nodes: 1 }
  await home.put({ ...leased, body: { ...leased.body, market: 'on-demand', nodes: 2, failed } })
  const charge: Charge = {
    ...{ id: 'acme/r1', supplier: 'acme', rental: 'r1', lease: 'w.0.1', workload: 'w' },
    ...{ account: 'usage', accelerator: 'H100', accelerators: 8, pricePerHour: 8_000_000 },
    ...{ from: hour, to: 2 * hour, amount: 8_000_000, region: 'us', market: 'on-demand' },
  }
  await home.put({ kind: 'charge', id: charge.id, version: 0, live: false, body: charge })
  const clauses = `  - { kind: sla_credit, id: uptime, bands: [{ below: 99%, credit: 10% }] }
  - { kind: take_or_pay, id: use, quantity: 1 accelerators, accelerator: H100, interval: hour,
      price_per_hour: 1, make_up_intervals: 1, to: 1970-01-02 }
`
  const supplier = 'kind: Supplier\nname: acme\nurl: http://acme\n---\n'
  assert.equal((await home.apply(supplier + contractText('acme', clauses))).status, 200)
  const exported = async (dataset: string) => (await home.ask(`GET /v1/focus/${dataset}`)).body.rows
  const usage = await exported('cost-and-usage')
  const told = (usage as readonly Record<string, string | null>[]).flatMap((row) => {
    return row.ResourceId === 'r1' ? [row.x_SlaCreditClaimId] : []
  })
  assert.ok(told.length > 0 && told.every((each) => each === 'msa/uptime/1970-01'), `${told}`)
  assert.deepEqual(checkFocus('cost-and-usage', focusCsv('cost-and-usage', usage)), [])
  const [commitment] = await exported('contract-commitment')
  // Of a day one hour was used, and the one before it made up by the other seven.
  assert.deepEqual([commitment.x_ShortfallAccrued, commitment.x_MakeUpHours], ['23', '0'])
})
