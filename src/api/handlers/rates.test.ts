/** What an hour costs by contract, over HTTP. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Charge } from '../../core/domain/charge.ts'
import { contractText, refused, stage } from '../stage.test.ts'

it('[AP55] what an hour costs by contract moves with its index, day by day', async (t) => {
  const home = await stage(t)
  const pricing = `{ form: indexed, price_per_hour: 2.00, index: power, base: 100,
      floor_per_hour: 1.50, cap_per_hour: 3.00 }`
  const about = 'kind: price, id: power, scope: { accelerator: H100 }'
  const clause = `  - { ${about}, pricing: ${pricing} }\n`
  assert.equal((await home.apply(contractText('acme', clause))).status, 200)
  const levels = [{ at: Date.parse('2026-01-01'), value: 110 }]
  const body = { kind: 'index', index: 'power', unit: 'USD/MWh', document: 'exchange', levels }
  const { record } = (await home.ask('POST /v1/law/records', { body })).body
  assert.deepEqual([record.id, record.at, record.levels], ['f1', levels[0]?.at, levels])
  assert.deepEqual((await home.ask('GET /v1/law/records')).body.records, [record])
  const asked = async (at: string, known = '') => {
    const query = `at=${Date.parse(at)}${known && `&known=${Date.parse(known)}`}`
    const [rate] = (await home.ask(`GET /v1/rates?${query}`)).body.rates
    return [rate.clause, rate.accelerator, rate.perHour]
  }
  assert.deepEqual(await asked('2026-01-02'), ['msa/power', 'H100', 2_200_000])
  assert.deepEqual(await asked('2025-12-31'), ['msa/power', 'H100', 3_000_000])
  assert.deepEqual(await asked('2026-01-02', '2026-01-02'), ['msa/power', 'H100', 3_000_000])
  const unknown = { ...body, index: 'powr' }
  const why = /^no clause asks for powr; they ask for power$/
  refused(await home.ask('POST /v1/law/records', { body: unknown }), 400, 'invalid', why)
})

const hour = 3_600_000

it('[AP38] what an invoice asks above the price of a contract can be claimed', async (t) => {
  const home = await stage(t, { aheadMs: 400 * hour - Date.now() })
  const charge = (rental: string): Charge => ({
    ...{ id: `acme/${rental}`, supplier: 'acme', rental, lease: 'w.0.1', workload: 'w' },
    ...{ account: 'usage', accelerator: 'H100', accelerators: 8, pricePerHour: 24_000_000 },
    ...{ from: hour, to: 2 * hour, amount: 24_000_000 },
  })
  for (const body of ['r1', 'r2', 'r3'].map(charge)) {
    await home.put({ kind: 'charge', id: body.id, version: 0, live: false, body })
  }
  await home.apply('kind: Supplier\nname: acme\nurl: http://acme\n')
  const clause = '  - { kind: price, id: rate, pricing: { form: fixed, price_per_hour: 2.00 } }\n'
  assert.equal((await home.apply(contractText('acme', clause))).status, 200)
  const claims = async () => (await home.ask('GET /v1/claims')).body.claims
  // What is listed is not asked for yet.
  assert.deepEqual(await claims(), [])
  const head = 'invoice,rental,amount,currency,from,to\n'
  const line = (rental: string, amount: string) =>
    `I,${rental},${amount},USD,1970-01-01,1970-02-01\n`
  const right = head.concat(line('r1', '16'), line('r2', '16'))
  const take = (text: string) => {
    return home.ask('POST /v1/invoices', { body: { supplier: 'acme', file: 'i.csv', text } })
  }
  assert.equal((await take(right)).status, 200)
  const [kept] = await claims()
  assert.deepEqual([kept.clause, kept.bill, kept.credit], ['msa/rate', '32000000', null])
  // Thirty dollars are six more than anybody ever asked an hour of it for.
  assert.equal((await take(head.concat(line('r3', '30')).replace('I,', 'J,'))).status, 200)
  const [claim] = await claims()
  assert.deepEqual([claim.with, claim.bill, claim.credit], ['acme', '62000000', '8000000'])
  assert.deepEqual(claim.evidence, ['J, line 2, r3: $8.00 above the price'])
})
