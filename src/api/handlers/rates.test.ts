/** What an hour costs by contract, over HTTP. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
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
