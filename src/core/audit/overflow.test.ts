/**
 * While the other side has nothing left: who was asked, beside what everybody had said.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { defaultPolicy, type Policy, type SupplierSpec } from '../domain/supplier.ts'
import type { Job } from '../domain/workload.ts'
import { breaks, evidenceOf, holds } from './drawing.test.ts'
import type { Evidence, Ruling } from './evidence.ts'
import { preferenceIsKept } from './overflow.ts'

describe('preferred overflow', () => {
  const still = `
    0s  submit w
    0s  rule wish
    0s  rule buying on
    0s  rule seller bolt
    0s  lead 1
    0s  sign core - preferred_overflow
    31m quote 20 core 0
    31m quote 30 bolt 1`
  const bought = `
    40m quote 30 bolt 1
    60m intend w.0.1`

  it('[AU29] whoever comes first is bought from first, whatever it costs', () => {
    breaks('I17', `${still}${bought}`)
    breaks('I17', `${still.replace('quote 30', 'quote 19')}${bought}`)
    holds(`${still.replace('sign core -', 'sign core 20m')}${bought}`)
    holds(`${still.replace('preferred_overflow', 'prepay')}${bought}`)
  })

  it('[AU29] the order counts only while the other side has nothing', () => {
    holds(`${still.replace('core 0', 'core 1')}${bought}`)
    holds(`${still.replace('31m quote 20 core 0', '')}${bought}`)
    holds(`${still}\n 40m quote 20 core 1${bought}`)
  })

  it('[AU29] nobody is to be asked who may have nothing, or may not be asked', () => {
    holds(`${still.replace('bolt 1', 'bolt 0')}${bought}`)
    holds(`${still}${bought.replace('bolt 1', 'bolt 0')}`)
    holds(`${still}\n 40m quote none bolt${bought}`)
    holds(`${still.replace('lead 1', 'rule deny bolt\n 0s lead 1')}${bought}`)
    holds(`${still}\n 45m rule seller bolt\n 45m lead 2${bought}`)
    holds(`${still.replace('rule seller bolt', 'rule standing active')}${bought}`)
  })

  it('[AU29] what changed lately may have been decided before', () => {
    holds(`${still}\n 45m rule wish\n 45m lead 2${bought}`)
    holds(`${still}\n 45m waive 50m${bought}`)
    holds(`${still}\n 45m lose bolt${bought}`)
    breaks('I17', `${still}\n 45m lose core${bought}`)
    breaks('I17', `${still}\n 45m lead 2${bought}`)
  })

  const drawn = evidenceOf(`${still}${bought}`)
  const isBroken = (changed: Partial<Evidence>) => {
    return preferenceIsKept({ ...drawn, ...changed }).length > 0
  }

  /** Under other rules, each of them changed as it is told. */
  function under(changed: {
    readonly wish?: Partial<Job>
    readonly seller?: Partial<SupplierSpec>
    readonly policy?: Partial<Policy>
  }): boolean {
    const rulings = (drawn.rulings ?? []).map((ruling): Ruling => {
      if ('supplier' in ruling && ruling.supplier.name === 'bolt') {
        return { ...ruling, supplier: { ...ruling.supplier, ...changed.seller } }
      }
      if (!('workload' in ruling)) return ruling
      const spec = { ...(ruling.workload.spec as Job), ...changed.wish }
      return { ...ruling, workload: { ...ruling.workload, spec } }
    })
    const policy = { after: 0, policy: { ...defaultPolicy, ...changed.policy } }
    return isBroken({ rulings: changed.policy ? [policy, ...rulings] : rulings })
  }

  it('[AU29] nothing of the house may stand between a wish and a dear supplier', () => {
    assert.equal(isBroken({}), true)
    assert.equal(under({ policy: {} }), true)
    assert.equal(under({ policy: { pricePerHourMax: 1 } }), false)
    const budget = { of: 'everything', name: '', amount: 1, per: 'day' } as const
    assert.equal(under({ policy: { budgets: [budget] } }), false)
    const quota = { team: 'a', cohort: null, accelerator: 'H100', count: 1, borrow: null }
    assert.equal(under({ policy: { quotas: [quota] } }), false)
    const trust = { rules: [], isUsual: true, unclassified: 'C0' } as const
    assert.equal(under({ policy: { trust } }), false)
  })

  it('[AU29] what has a deadline goes by it, and what replaces another by the price', () => {
    assert.equal(under({ wish: { deadline: { at: 1, workMs: 1 } as never } }), false)
    const leases = drawn.leases.map((lease) => ({ ...lease, replaces: 'w.0.0' }))
    assert.equal(isBroken({ leases }), false)
  })

  it('[AU29] who comes first has to sell the very same, for what is paid', () => {
    const leases = drawn.leases.map((lease) => ({ ...lease, market: 'spot' as const }))
    assert.equal(isBroken({ leases }), false)
    assert.equal(under({ wish: { pricePerHourMax: 29_999_999 } }), false)
    assert.equal(under({ wish: { pricePerHourMax: 30_000_000 } }), true)
    assert.equal(under({ wish: { suppliers: ['acme'] } }), false)
    assert.equal(under({ seller: { scope: { products: ['other'] } } }), false)
    assert.equal(under({ policy: { suppliersAllowed: ['acme'] } }), false)
  })

  it('[AU29] a quote does not know of what was asked for since', () => {
    const [last] = drawn.events.slice(-1)
    assert.ok(last)
    const asked = (at: number) => {
      const earlier = { ...last, lease: 'v.0.1', supplier: 'bolt', at, facts: { nodes: 1 } }
      return isBroken({ events: [...drawn.events.slice(0, -1), earlier, last] })
    }
    assert.equal(asked(last.at - 60_000), false)
    assert.equal(asked(last.at - 31 * 60_000), true)
  })
})
