/** One drawing for each rule of where to buy, and of what is said about it. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { planChecker, writtenReasons } from '../../testing/plan.ts'
import { drawnWorld } from '../../testing/world.ts'
import { lint } from './lint.ts'
import { plan, planning } from './plan.ts'

const check = planChecker(plan, lint)

it('[PL15] buys the whole gang at one offer, in an exact shape', () =>
  check(
    `offer acme/h1 H100:1 us $1
     offer acme/h8 H100:8 us $50 stock 1
     offer bolt/h8 H100:8 us $90 stock 2
     job train H100:8 x2`,
    `acquire train.0.1 bolt/h8 x2 $180.00
     why train.0: chosen bolt/h8 $180.00 of 1
     why train.0: no-stock acme/h8 1 of 2`,
  ))

it('[PL16] takes the cheapest useful work, not the cheapest hour', () => {
  const offers = `
    offer acme/h H100:8 us $80
    offer bolt/h H100:8 us $80
    offer acme/a A100-80GB:8 us $40`
  check(
    `${offers}\nthroughput A100-80GB 0.32\njob train A100-80GB:8 or H100:8`,
    `acquire train.0.1 acme/h x1 $80.00
     why train.0: chosen acme/h $80.00 of 3
     why train.0: dearer bolt/h $80.00 than acme/h
     why train.0: dearer acme/a $40.00 than acme/h`,
  )
  check(
    `${offers}\nthroughput A100-80GB 0.32\njob train H100:8 gives 10 or A100-80GB:8 gives 6`,
    'acquire train.0.1 acme/a x1 $40.00',
  )
})

it('[PL17] buys nowhere that people rule out', () => {
  const offers = `
    offer acme/h H100:8 us $80
    offer bolt/h H100:8 us $70
    offer coil/h H100:8 us $60
    offer dyne/h H100:8 us $50
    offer dyne/g H100:8 us $50
    offer ergo/h H100:8 us $10 spot
    supplier coil not-buying`
  check(
    `offer acme/h H100:8 us $80
     offer bolt/h H100:8 us $70
     supplier bolt suspended
     job train H100:8`,
    `acquire train.0.1 acme/h x1 $80.00
     why train.0: chosen acme/h $80.00 of 1
     why train.0: not-allowed bolt by the list of suppliers, where it is suspended (audit),`,
  )
  check(
    `${offers}\npolicy deny bolt\njob train H100:8 suppliers acme,bolt,coil markets on-demand`,
    `acquire train.0.1 acme/h x1 $80.00
     why train.0: chosen acme/h $80.00 of 1
     why train.0: not-allowed dyne by workload train
     why train.0: not-allowed coil by supplier coil
     why train.0: not-allowed bolt by policy default`,
  )
  check(
    `${offers}\npolicy allow acme\njob train H100:8 markets on-demand`,
    'acquire train.0.1 acme/h x1 $80.00',
  )
  const world = drawnWorld('offer acme/h H100:8 us $80\njob train H100:8')
  assert.deepEqual(writtenReasons(plan({ ...world, suppliers: [] })), [
    'why train.0: not-allowed acme by the list of suppliers',
  ])
})

it('[PL18] passes over suppliers that are silent and offers that refused', () =>
  check(
    `offer acme/h H100:8 us $80
     offer bolt/h H100:8 us $70
     offer coil/h H100:8 us $60
     offer coil/g H100:8 us $65
     outage bolt said "timed out"
     cooling coil/h until 5m said "out of stock"
     cooling coil/g until 0s
     job train H100:8`,
    `acquire train.0.1 coil/g x1 $65.00
     why train.0: chosen coil/g $65.00 of 2
     why train.0: dearer acme/h $80.00 than coil/g
     why train.0: unreachable bolt timed out
     why train.0: cooling coil/h 5m out of stock`,
  ))

it('[PL19] counts the nodes that others take', () => {
  check(
    `offer acme/h H100:8 us $80 stock 3
     job a H100:8 x2
     job b H100:8 x2
     job c H100:8`,
    `acquire a.0.1 acme/h x2 $160.00
     acquire c.0.1 acme/h x1 $80.00
     why a.0: chosen acme/h $160.00 of 1
     why b.0: no-stock acme/h 1 of 2
     why c.0: chosen acme/h $80.00 of 1`,
  )
  check(
    `offer acme/h H100:8 us $80 stock 2
     offer bolt/h H100:8 us $70 stock none
     job a H100:8
     job b H100:8
     job c H100:8
     lease a.0.1 intended at acme/h for $80
     lease c.0.1 ready at acme/h for $80 called 1h
     run a.0 waiting
     run c.0 running on c.0.1`,
    'acquire b.0.1 acme/h x1 $80.00',
  )
})

it("[PL20] stays below the workload's ceiling", () =>
  check(
    `offer acme/h H100:8 us $80
     job train H100:8 x2 max $159.99`,
    'why train.0: too-dear acme/h $160.00 above $159.99 of workload train',
  ))

it("[PL21] stays below the policy's ceiling, with all that may cost", () =>
  check(
    `policy max $300
     offer acme/h H100:8 us $80
     job a H100:8
     job b H100:8
     job c H100:8
     lease a.0.1 unsure at acme/h for $80
     lease old.0.1 releasing at acme/h for $80 unwanted
     run a.0 waiting`,
    `acquire b.0.1 acme/h x1 $80.00
     why a.0: buying a.0.1 unsure
     why b.0: chosen acme/h $80.00 of 1
     why c.0: over-budget acme/h $80.00 above $60.00 of policy default`,
  ))

it('[PL22] spreads replicas over suppliers, as far as there are any', () => {
  check(
    `offer acme/l4 L4:1 us $1
     offer bolt/l4 L4:1 us $2
     service chat L4:1 replicas 3 spread 2`,
    `acquire chat.0.1 acme/l4 x1 $1.00
     acquire chat.1.1 bolt/l4 x1 $2.00
     acquire chat.2.1 acme/l4 x1 $1.00
     why chat.0: chosen acme/l4 $1.00 of 2
     why chat.0: dearer bolt/l4 $2.00 than acme/l4
     why chat.1: chosen bolt/l4 $2.00 of 2
     why chat.1: spread acme 1
     why chat.2: chosen acme/l4 $1.00 of 2
     why chat.2: dearer bolt/l4 $2.00 than acme/l4`,
  )
  check(
    `offer acme/l4 L4:1 us $1
     service chat L4:1 replicas 2 spread 2`,
    `acquire chat.0.1 acme/l4 x1 $1.00
     acquire chat.1.1 acme/l4 x1 $1.00
     why chat.0: chosen acme/l4 $1.00 of 1
     why chat.1: chosen acme/l4 $1.00 of 1
     why chat.1: spread acme 1`,
  )
})

it('[PL22] does not move a replica to where the spread would suffer', () =>
  check(
    `offer acme/l4 L4:1 us $1
     service chat L4:1 replicas 2 spread 2
     lease chat.0.1 ready at acme/l4 for $1
     lease chat.1.1 ready at bolt/l4 for $9
     run chat.0 running on chat.0.1 answering
     run chat.1 running on chat.1.1 answering`,
    '',
  ))

it('[PL25] says twelve things at most, and what nobody sells', () => {
  const many = Array.from({ length: 20 }, (_, index) => `offer acme/h${index} H100:8 us $80`)
  const reasons = writtenReasons(
    plan(drawnWorld(`${many.join('\n')}\njob train TPU:4 or H100:8 max $1`)),
  )
  assert.equal(reasons.length, 12)
  assert.equal(reasons[0], 'why train.0: not-offered TPU:4')
  check('job train H100:8', 'why train.0: not-offered H100:8')
})

it('[PL25] says who sells the accelerator by other numbers, as far as it would be accepted', () =>
  check(
    `offer bolt/h2 H100:2 us $4
     offer acme/h8 H100:8 us $16
     offer bolt/h8 H100:8 us $16
     offer coil/h1 H100:1 us $1 spot
     job train H100:4 markets on-demand`,
    'why train.0: not-offered H100:4 but acme by 8 but bolt by 2 or 8',
  ))

it('[PL30] says what purchases cost, the least they could, and what a scarce node is worth', () => {
  const { market } = plan(
    drawnWorld(
      `offer acme/cheap L4:1 us $1 stock 1
       offer bolt/dear L4:1 us $3 stock 5
       job a L4:1
       job b L4:1`,
    ),
  )
  const worth = { offer: 'acme/cheap', perNodeHour: 2_000_000 }
  assert.deepEqual(market, { cost: 4_000_000, least: 4_000_000, prices: [worth] })
})

const joined = `offer acme/plain H100:8 us $20
     offer bolt/ib H100:8 us $30 fabric infiniband
     offer coil/eth H100:8 us $10 fabric ethernet`

it('[PL61] buys a gang where its nodes are joined as it asks, and nowhere else', () => {
  check(
    `${joined}
     job train H100:8 x2 over infiniband
     job tune H100:8`,
    `acquire train.0.1 bolt/ib x2 $60.00
     acquire tune.0.1 coil/eth x1 $10.00`,
  )
  check(
    `${joined}
     job train H100:8 x2 over nvlink`,
    'why train.0: not-offered H100:8 over nvlink',
  )
})

it('[PL61] leaves a lease whose nodes are not joined as is asked by now', () =>
  check(
    `${joined}
     job train H100:8 x2 over infiniband
     lease train.0.1 ready at acme/plain for $40
     run train.0 waiting`,
    `release train.0.1: train asks for something else now
     acquire train.0.2 bolt/ib x2 $60.00`,
  ))

it('[PL31] leaves the last of an offer to who has no other, whoever comes first', () =>
  check(
    `offer acme/cheap H100:8 us $1 stock 1
     offer bolt/dear H100:8 us $3
     job easy H100:8 priority 90
     job picky H100:8 suppliers acme priority 10`,
    `acquire easy.0.1 bolt/dear x1 $3.00
     acquire picky.0.1 acme/cheap x1 $1.00`,
  ))

it('[PL31] leaves the cheap offer to who has no other', () =>
  check(
    `offer acme/h H100:8 us $60 stock 1
     offer bolt/h H100:8 us $70 stock 1
     offer acme/t TPU-v6e:8 us $50 stock 1
     job picky H100:8 suppliers acme priority 10
     job easy H100:8 or TPU-v6e:8 priority 20
     job third H100:8 priority 5`,
    `acquire easy.0.1 acme/t x1 $50.00
     acquire picky.0.1 acme/h x1 $60.00
     acquire third.0.1 bolt/h x1 $70.00`,
  ))

it('[PL31] says what it left to others, and what that is worth to them', () =>
  check(
    `offer acme/h H100:8 us $40 stock 1
     offer bolt/h H100:8 us $70 stock 1
     offer acme/t TPU-v6e:8 us $50 stock 1
     job picky H100:8 suppliers acme priority 10
     job easy H100:8 or TPU-v6e:8 priority 20
     job third H100:8 priority 5`,
    `acquire easy.0.1 acme/t x1 $50.00
     acquire picky.0.1 acme/h x1 $40.00
     acquire third.0.1 bolt/h x1 $70.00
     why easy.0: chosen acme/t $50.00 of 3
     why easy.0: left acme/h $40.00 worth $30.00
     why easy.0: dearer bolt/h $70.00 than acme/t
     why picky.0: chosen acme/h $40.00 of 1
     why picky.0: not-allowed bolt by workload picky
     why third.0: chosen bolt/h $70.00 of 1
     why third.0: no-stock acme/h 0 of 1 worth $30.00`,
  ))

it('[PL56] tells who arrives what more of a sold out offer would be worth', () => {
  const world = drawnWorld(`offer acme/h H100:8 us $40 stock 1
     offer bolt/h H100:8 us $70 stock 9
     job first H100:8
     job second H100:8
     job late H100:8`)
  const [late] = world.demands.slice(2)
  assert.ok(late)
  const { arrive } = planning({ ...world, demands: world.demands.slice(0, 2) })
  const { reasons } = arrive(late)
  const soldOut = reasons.find(({ why }) => why === 'no-stock')
  assert.partialDeepStrictEqual(soldOut, { offer: 'acme/h', worth: 30_000_000 })
})
