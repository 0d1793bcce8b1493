/** The market against what can be tried out: every sharing of small markets, one after another. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { drawnWorld } from '../../../testing/world.ts'
import { plan } from '../plan.ts'
import { auction } from './auction.ts'
import { lowerBound } from './bound.ts'
import { costOf, type Market, type Wish } from './market.ts'
import { trade } from './trade.ts'

const wishes = fc.array(
  fc.array(fc.record({ lot: fc.nat(3), units: fc.integer({ min: 1, max: 3 }), cost: fc.nat(50) }), {
    minLength: 1,
    maxLength: 4,
  }),
  { minLength: 1, maxLength: 5 },
)
const markets = fc
  .record({
    wishes,
    lots: fc.array(fc.integer({ min: 3, max: 6 }), { minLength: 4, maxLength: 4 }),
  })
  .map(
    ({ wishes: all, lots }): Market => ({ lots: Float64Array.from(lots), wishes: all.map(wish) }),
  )

function wish(choices: readonly { lot: number; units: number; cost: number }[]): Wish {
  const sorted = choices.toSorted((a, b) => a.cost - b.cost)
  return {
    lots: Int32Array.from(sorted, ({ lot }) => lot),
    units: Int32Array.from(sorted, ({ units }) => units),
    costs: Float64Array.from(sorted, ({ cost }) => cost),
    rest: Number.POSITIVE_INFINITY,
  }
}

/** The least that all of them can have it for; null where they cannot all be served. */
function leastCost({ lots, wishes: all }: Market): number | null {
  const free = [...lots]
  const search = (bidder: number): number | null => {
    const wanted = all[bidder]
    if (!wanted) return 0
    let best: number | null = null
    for (const [choice, lot] of wanted.lots.entries()) {
      const units = wanted.units[choice] ?? 0
      if ((free[lot] ?? 0) < units) continue
      free[lot] = (free[lot] ?? 0) - units
      const others = search(bidder + 1)
      free[lot] = (free[lot] ?? 0) + units
      if (others === null) continue
      const cost = others + (wanted.costs[choice] ?? 0)
      if (best === null || cost < best) best = cost
    }
    return best
  }
  return search(0)
}

function isFair({ lots, wishes: all }: Market, taken: Int32Array): boolean {
  const free = [...lots]
  for (const [bidder, choice] of taken.entries()) {
    const wanted = all[bidder]
    const lot = wanted?.lots[choice]
    if (choice >= 0 && lot !== undefined)
      free[lot] = (free[lot] ?? 0) - (wanted?.units[choice] ?? 0)
  }
  return free.every((units) => units >= 0)
}

it('[PL29] takes no unit twice, and trading makes nothing dearer and serves nobody less', () => {
  fc.assert(
    fc.property(markets, (market) => {
      const first = auction(market, 0.1)
      const then = trade(market, first)
      assert.ok(isFair(market, first.taken) && isFair(market, then.taken))
      const served = (taken: Int32Array) => taken.filter((choice) => choice >= 0).length
      assert.ok(served(then.taken) >= served(first.taken))
      if (served(then.taken) > served(first.taken)) return
      assert.ok(costOf(market, then) <= costOf(market, first) + 1e-6)
    }),
  )
})

it('[PL30] is proven: no way to serve them all costs less than the bound', () => {
  fc.assert(
    fc.property(markets, (market) => {
      const least = leastCost(market)
      if (least === null) return
      const { prices } = auction(market, 0.1)
      const bound = lowerBound(market, prices, least, 50)
      assert.ok(bound.least <= least + 1e-6, `${bound.least} is above ${least}`)
    }),
  )
})

it('[PL63] says what one more node would save, also one gang, where one is missing', () => {
  const worthIn = (...lines: readonly string[]) => {
    return plan(drawnWorld(lines.join('\n'))).market?.prices ?? null
  }
  const [acme, bolt] = ['offer acme/a H100:8 us $10 stock 1', 'offer bolt/a H100:8 us $12']
  const worth = [{ offer: 'acme/a', perNodeHour: 4_000_000 }]
  assert.deepEqual(worthIn(acme, bolt, 'job train H100:8 x2'), worth)
  assert.deepEqual(worthIn(acme, bolt, 'job train H100:8 x2', 'job tune H100:8 x2'), worth)
  // Two more would have to come, it pays no less there, or it may not.
  assert.equal(worthIn(acme, bolt, 'job train H100:8 x3'), null)
  assert.equal(worthIn(acme, 'offer bolt/a H100:8 us $10', 'job train H100:8 x2'), null)
  assert.equal(worthIn(acme, bolt, 'job train H100:8 x2 suppliers bolt'), null)
  assert.equal(worthIn(acme, bolt, 'job train H100:8'), null)
})

it('[PL29] comes to the optimum where gangs have one node each', () => {
  const single = markets.map(({ lots, wishes: all }) => {
    return { lots, wishes: all.map((each) => ({ ...each, units: each.units.map(() => 1) })) }
  })
  fc.assert(
    fc.property(single, (market) => {
      const least = leastCost(market)
      if (least === null) return
      const { taken, prices } = auction(market, 0.01)
      if (taken.some((choice) => choice < 0)) return
      const cost = costOf(market, trade(market, { taken, prices }))
      assert.ok(cost <= least + 0.1, `${cost} for ${least}`)
    }),
  )
})
