/**
 * Where the replicas of a service go that is to outlive the loss of a supplier, or of a region.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { planChecker } from '../../testing/plan.ts'
import { drawnWorld } from '../../testing/world.ts'
import { lint } from './lint.ts'
import { plan } from './plan.ts'

const check = planChecker(plan, lint)

it('[PL54] spreads replicas over regions, whoever sells there', () => {
  check(
    `offer acme/a L4:1 us $1
     offer acme/b L4:1 eu $2
     offer bolt/a L4:1 us $1.50
     service chat L4:1 replicas 3 regions 2`,
    `acquire chat.0.1 acme/a x1 $1.00
     acquire chat.1.1 acme/b x1 $2.00
     acquire chat.2.1 acme/a x1 $1.00
     why chat.0: chosen acme/a $1.00 of 3
     why chat.0: dearer bolt/a $1.50 than acme/a
     why chat.0: dearer acme/b $2.00 than acme/a
     why chat.1: chosen acme/b $2.00 of 3
     why chat.1: spread us 1
     why chat.2: chosen acme/a $1.00 of 3
     why chat.2: dearer bolt/a $1.50 than acme/a
     why chat.2: dearer acme/b $2.00 than acme/a`,
  )
  check(
    `offer acme/a L4:1 us $1
     service chat L4:1 replicas 2 regions 2`,
    `acquire chat.0.1 acme/a x1 $1.00
     acquire chat.1.1 acme/a x1 $1.00
     why chat.0: chosen acme/a $1.00 of 1
     why chat.1: chosen acme/a $1.00 of 1
     why chat.1: spread us 1`,
  )
})

it('[PL54] closes both gaps at once where nobody is left to close the other', () => {
  const offers = `
    offer acme/a L4:1 us $1
    offer bolt/a L4:1 us $2
    offer coil/a L4:1 eu $9`
  check(
    `${offers}\nservice chat L4:1 replicas 2 spread 2 regions 2`,
    `acquire chat.0.1 acme/a x1 $1.00
     acquire chat.1.1 coil/a x1 $9.00
     why chat.0: chosen acme/a $1.00 of 3
     why chat.0: dearer bolt/a $2.00 than acme/a
     why chat.0: dearer coil/a $9.00 than acme/a
     why chat.1: chosen coil/a $9.00 of 3
     why chat.1: spread acme 1
     why chat.1: spread us 1`,
  )
  check(
    `${offers}\nservice chat L4:1 replicas 3 spread 2 regions 2`,
    `acquire chat.0.1 acme/a x1 $1.00
     acquire chat.1.1 bolt/a x1 $2.00
     acquire chat.2.1 coil/a x1 $9.00`,
  )
})

it('[PL54] passes over a place that would leave no way to close both', () =>
  check(
    `offer acme/a L4:1 us $1
     offer acme/b L4:1 eu $2
     offer bolt/a L4:1 us $3
     service chat L4:1 replicas 2 spread 2 regions 2`,
    `acquire chat.0.1 acme/b x1 $2.00
     acquire chat.1.1 bolt/a x1 $3.00
     why chat.0: chosen acme/b $2.00 of 3
     why chat.0: spread acme in us
     why chat.0: dearer bolt/a $3.00 than acme/b
     why chat.1: chosen bolt/a $3.00 of 3
     why chat.1: spread acme 1
     why chat.1: spread eu 1`,
  ))

it('[PL54] moves no replica to where a region would be lost', () => {
  const fleet = `
    lease chat.0.1 ready at acme/a for $1
    lease chat.1.1 ready at bolt/b for $9
    run chat.0 running on chat.0.1 answering
    run chat.1 running on chat.1.1 answering`
  const offers = `
    offer acme/a L4:1 us $1
    offer bolt/b L4:1 eu $9 stock none
    offer coil/a L4:1 us $2`
  check(`${offers}\nservice chat L4:1 replicas 2 spread 2 regions 2\n${fleet}`, '')
  check(
    `${offers}\noffer coil/b L4:1 eu $3\nservice chat L4:1 replicas 2 spread 2 regions 2\n${fleet}`,
    'acquire chat.1.2 coil/b x1 $3.00 replaces chat.1.1',
  )
})

it('[PL62] a gang leaves a place to a service that it spreads, where all cost as much', () => {
  check(
    `offer acme/a L4:1 us $1 stock 1
     offer bolt/a L4:1 us $1 stock 3
     job train L4:1 priority 90
     service chat L4:1 replicas 2 spread 2`,
    `acquire train.0.1 bolt/a x1 $1.00
     acquire chat.0.1 acme/a x1 $1.00
     acquire chat.1.1 bolt/a x1 $1.00
     why train.0: chosen bolt/a $1.00 of 2
     why train.0: left acme/a equal $1.00 worth $0.00
     why chat.0: chosen acme/a $1.00 of 2
     why chat.0: dearer bolt/a $1.00 than acme/a
     why chat.1: chosen bolt/a $1.00 of 1
     why chat.1: no-stock acme/a 0 of 1`,
  )
  check(
    `offer acme/a L4:1 us $1 stock 2
     offer bolt/b L4:1 eu $1 stock 2
     job train L4:1 priority 90
     service chat L4:1 replicas 2 spread 2 regions 2 priority 20
     job late L4:1`,
    `acquire train.0.1 bolt/b x1 $1.00
     acquire late.0.1 acme/a x1 $1.00
     acquire chat.0.1 acme/a x1 $1.00
     acquire chat.1.1 bolt/b x1 $1.00`,
  )
})

it('[PL62] no ceiling and no choice of suppliers gives way to the spread of others', () => {
  const service = 'service chat L4:1 replicas 2 spread 2'
  check(
    `offer acme/a L4:1 us $1 stock 1
     offer bolt/a L4:1 us $1.01 stock 3
     job train L4:1 priority 90 max $1
     ${service}`,
    `acquire train.0.1 acme/a x1 $1.00
     acquire chat.0.1 bolt/a x1 $1.01
     acquire chat.1.1 bolt/a x1 $1.01`,
  )
  check(
    `offer acme/a L4:1 us $1 stock 1
     offer bolt/a L4:1 us $1 stock 3
     job train L4:1 priority 90 suppliers acme
     ${service}`,
    `acquire train.0.1 acme/a x1 $1.00
     acquire chat.0.1 bolt/a x1 $1.00
     acquire chat.1.1 bolt/a x1 $1.00`,
  )
})

interface Place {
  readonly supplier: string
  readonly region: string
}

/** How many suppliers and regions so many replicas can have at most, up to what is wanted. */
function widest(places: readonly Place[], replicas: number, wanted: readonly [number, number]) {
  let best = 0
  const visit = (from: number, taken: readonly Place[]) => {
    best = Math.max(best, width(taken, wanted))
    if (taken.length === replicas) return
    for (let at = from; at < places.length; at += 1) visit(at + 1, [...taken, places[at] as Place])
  }
  visit(0, [])
  return best
}

function width(taken: readonly Place[], [suppliers, regions]: readonly [number, number]): number {
  const [by, where] = [taken.map(({ supplier }) => supplier), taken.map(({ region }) => region)]
  return Math.min(suppliers, new Set(by).size) + Math.min(regions, new Set(where).size)
}

it('[PL54] what can be spread as wanted is', () => {
  const figure = (max: number) => fc.integer({ min: 1, max })
  const cell = fc.record({
    supplier: fc.constantFrom('acme', 'bolt', 'coil'),
    region: fc.constantFrom('eu', 'us', 'ap'),
    price: figure(20),
  })
  const cells = fc.uniqueArray(cell, {
    selector: ({ supplier, region }) => `${supplier}/${region}`,
    minLength: 1,
    maxLength: 9,
  })
  let [possible, both] = [0, 0]
  const check = (places: readonly (Place & { price: number })[], [replicas, k, r]: number[]) => {
    const offers = places.map(({ supplier, region, price }) => {
      return `offer ${supplier}/${region} L4:1 ${region} $${price}`
    })
    const service = `service chat L4:1 replicas ${replicas} spread ${k} regions ${r}`
    const bought = plan(drawnWorld([...offers, service].join('\n'))).actions.flatMap((action) =>
      action.do === 'acquire' ? [action] : [],
    )
    assert.equal(bought.length, replicas)
    const wanted = [k, r] as [number, number]
    const all =
      Math.min(k as number, replicas as number) + Math.min(r as number, replicas as number)
    const most = widest(places, replicas as number, wanted)
    if (most !== all) return
    assert.equal(width(bought, wanted), most)
    possible += 1
    // Where one gap alone is to be closed, whoever closes it will do.
    both += Math.min(...wanted) > 1 && (replicas as number) > 1 ? 1 : 0
  }
  fc.assert(fc.property(cells, fc.tuple(figure(4), figure(3), figure(3)), check), {
    numRuns: 1_000,
  })
  assert.ok(possible > 600 && both > 120, `${possible} could be, ${both} of them in both ways`)
})
