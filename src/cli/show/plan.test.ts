/** What people read of a plan beside its actions. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { plan } from '../world.test.ts'
import { planText } from './plan.ts'

const look = { width: 100, isColoured: false }

type Market = NonNullable<typeof plan.market>

/** The lines that are about the market. */
function said(market: Market | null): readonly string[] {
  const lines = planText({ ...plan, market }, look, 'decisive').split('\n')
  return lines.filter((line) => /proven|one more node/.test(line))
}

const worth = (offer: string, perNodeHour: number) => ({ offer, perNodeHour })

it('says how much cheaper any plan could be, as a share of what this one costs', () => {
  assert.deepEqual(said(null), [])
  const text = (cheaper: string) => [
    `proven: no plan could buy this work more than ${cheaper} % cheaper`,
  ]
  assert.deepEqual(said({ cost: 4_000_000, least: 3_000_000, prices: [] }), text('25.0'))
  assert.deepEqual(said({ cost: 4_000_000, least: 4_000_000, prices: [] }), text('0.0'))
  assert.deepEqual(said({ cost: 3_000_000, least: 0, prices: [] }), text('100.0'))
  assert.deepEqual(said({ cost: 0, least: 0, prices: [] }), text('0.0'))
})

it('names the three offers of which one more node would save most, most first', () => {
  const prices = [
    worth('acme/a', 1_000_000),
    worth('acme/b', 2_500_000),
    worth('acme/\x1b[2Jc', 9_000_000),
    worth('acme/d', 500_000),
  ]
  assert.deepEqual(said({ cost: 1, least: 1, prices }).slice(1), [
    'one more node at acme/\\x1b[2Jc would save $9.00/h',
    'one more node at acme/b would save $2.50/h',
    'one more node at acme/a would save $1.00/h',
  ])
})
