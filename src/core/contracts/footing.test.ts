/** For how long what the law says of a purchase stays true. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { job } from '../../testing/ledger-rows.ts'
import { dayMs } from '../domain/day.ts'
import type { SupplierSpec } from '../domain/supplier.ts'
import { contract, day } from './draw.test.ts'
import { type Buying, barOf, footingOf, type House, lawAt } from './law.ts'
import { noRecords, type Records } from './rights/act.ts'

const clauses = contract(
  ['{kind: launch_first, lag: 2 days}', '{kind: rofo, window: 3 days}', '{kind: exclusivity}']
    .concat('{kind: security, controls: [kms]}')
    .map((each, index) => `- ${each}\n`.replace('}', `, id: c${index}}`))
    .join(''),
).clauses

const moment = fc.integer({ min: 0, max: 9 }).map((days) => day('2025-06-01') + days * dayMs)
const span = fc
  .tuple(moment, moment)
  .map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }))
const of = <T>(one: fc.Arbitrary<T>) => fc.array(one, { maxLength: 2 })

const records: fc.Arbitrary<Records> = fc.record({
  waivers: of(
    span.map(({ from, to: until }) => {
      const frame = { id: 'w', clause: 'deal/c2', kind: 'granted', reason: 'x' } as const
      return { ...frame, by: ['incumbent'], from, until }
    }),
  ),
  cases: fc.constant(noRecords.cases),
  purchases: fc.constant(noRecords.purchases),
  firstLooks: of(
    fc.record({
      clause: fc.constant('deal/c1'),
      askedAt: moment,
      releasedAt: fc.option(moment),
    }),
  ),
  launches: of(moment.map((at) => ({ product: 'chat', supplier: 'incumbent', at }))),
  inabilities: of(
    moment.map((at) => ({ product: 'chat', supplier: 'incumbent', at, document: 'a letter' })),
  ),
  controls: of(moment.map((until) => ({ supplier: 'rival', control: 'kms', until }))),
})

const rival: fc.Arbitrary<SupplierSpec> = of(span).map((spans) => ({
  ...{ name: 'rival', generation: 1, driver: 'paper', url: '', tokenFrom: null, buying: true },
  promises: { class: 'A', lateEffectMs: 0, listLagMs: 0 },
  relations: spans.map((each) => ({ relation: 'rival' as const, ...each })),
}))

const trust = { rules: [], isUsual: true, unclassified: 'C3' } as const

it('[CL89] stays the same until something that it counts begins or ends', () => {
  let same = 0
  const kinds = fc.subarray([...clauses])
  fc.assert(
    fc.property(kinds, records, rival, moment, moment, (inForce, known, seller, one, other) => {
      const house: House = { trust, policy: 'house', suppliers: [seller] }
      const options = { records: known, aheadMs: dayMs / 2, house }
      const [then, now] = [one, other].map((at) => ({ ...lawAt([], at, options), inForce }))
      assert.ok(then && now)
      const [before, after] = [footingOf(then), footingOf(now)]
      if (before.some((each, index) => each !== after[index])) return
      same += 1
      const buying: Buying = {
        ...{ id: 'w.0.1', workload: { ...job('w'), product: 'chat' }, seller, supplier: 'rival' },
        ...{ region: 'here', accelerator: 'H100', perNode: 8, nodes: 1, pricePerHour: 1 },
      }
      assert.deepEqual(barOf(now, buying), barOf(then, buying))
    }),
    { numRuns: 2_000 },
  )
  assert.ok(same > 200, `${same} were the same`)
})
