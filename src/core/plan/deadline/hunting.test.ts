/** How deadlines are kept, one drawing a rule. */
import { it } from 'node:test'
import { planChecker } from '../../../testing/plan.ts'
import { lint } from '../lint.ts'
import { plan } from '../plan.ts'

const check = planChecker(plan, lint)

const market = `offer acme/sure H100:8 us $20
     offer acme/spot H100:8 us $8 spot`

it('[PL41] takes spot while there is time', () =>
  check(
    `${market}
     job train H100:8 deadline 20h work 4h saves 5m`,
    `acquire train.0.1 acme/spot x1 $8.00
     why train.0: hunting tries acme/spot`,
  ))

it('[PL41] waits for nothing that saves next to nothing', () =>
  check(
    `${market} stock 9
     job train H100:8 deadline 16h work 20m saves 5m`,
    `acquire train.0.1 acme/spot x1 $8.00
     why train.0: hunting tries acme/spot`,
  ))

it('[PL41] waits for spot that refused a moment ago', () =>
  check(
    `${market}
     cooling acme/spot until 1m
     job train H100:8 deadline 40h work 4h saves 5m`,
    `why train.0: hunting waits
     why train.0: cooling acme/spot 1m out of stock`,
  ))

it('[PL41] pays for what stays when there is no time to lose', () =>
  check(
    `${market}
     job train H100:8 deadline 4h10m work 4h saves 5m`,
    `acquire train.0.1 acme/sure x1 $20.00
     why train.0: hunting pays acme/sure`,
  ))

it('[PL41] keeps as much time in hand as a launch was said to take', () => {
  const hurry = `${market}
     job train H100:8 deadline 5h work 4h saves 5m`
  check(hurry, 'acquire train.0.1 acme/spot x1 $8.00')
  check(`${hurry} launch 55m`, 'acquire train.0.1 acme/sure x1 $20.00')
})

it('[PL41] takes anything where what stays is sold out and time runs out', () =>
  check(
    `offer acme/sure H100:8 us $20 stock none
     offer acme/spot H100:8 us $8 spot
     job train H100:8 deadline 4h10m work 4h saves 5m`,
    `acquire train.0.1 acme/spot x1 $8.00
     why train.0: hunting pays acme/spot
     why train.0: no-stock acme/sure 0 of 1`,
  ))

const running = `lease train.0.1 ready at acme/spot for $8
     run train.0 running on train.0.1
     checkpoint train`

it('[PL42] leaves spot before it would be too late', () =>
  check(
    `${market}
     job train H100:8 deadline 4h10m work 4h saves 5m
     ${running}`,
    `acquire train.0.2 acme/sure x1 $20.00 replaces train.0.1
     why train.0: kept train.0.1 $8.00
     why train.0: hunting pays acme/sure`,
  ))

const sure = `lease train.0.1 ready at acme/sure for $20
     run train.0 running on train.0.1`

it('[PL42] goes back to spot once something is saved', () => {
  const world = `${market}
     job train H100:8 deadline 40h work 4h saves 5m
     ${sure}`
  check(
    world,
    `why train.0: kept train.0.1 $20.00
     why train.0: hunting stays`,
  )
  check(
    `${world}
     checkpoint train`,
    `acquire train.0.2 acme/spot x1 $8.00 replaces train.0.1
     why train.0: kept train.0.1 $20.00
     why train.0: hunting tries acme/spot`,
  )
})

it('[PL43] counts what is saved as done, by what the capacity was worth', () => {
  const late = `${market}
     throughput A100-80GB 0.25
     job train H100:8 or A100-80GB:8 deadline 6h work 6h saves 5m`
  check(late, 'acquire train.0.1 acme/sure x1 $20.00')
  check(
    `${late}
     checkpoint train worked 5h on H100:8`,
    'acquire train.0.1 acme/spot x1 $8.00',
  )
  check(
    `${late}
     checkpoint train worked 1h on A100-80GB:8`,
    'acquire train.0.1 acme/sure x1 $20.00',
  )
})

it('[PL43] buys nothing that is too slow to be in time', () => {
  const slow = `offer acme/a100 A100-80GB:8 us $2
     offer acme/old A100-80GB:8 us $1 spot
     offer acme/sure H100:8 us $20
     throughput A100-80GB 0.25`
  check(
    `${slow}
     job train H100:8 or A100-80GB:8 deadline 8h work 4h saves 5m`,
    'acquire train.0.1 acme/sure x1 $20.00',
  )
  check(
    `${slow}
     job train H100:8 or A100-80GB:8 deadline 80h work 4h saves 5m`,
    'acquire train.0.1 acme/old x1 $1.00',
  )
})

it('[PL44] buys the cheapest without a deadline, and after it', () => {
  check(`${market}\njob train H100:8`, 'acquire train.0.1 acme/spot x1 $8.00')
  check(
    `offer acme/sure H100:8 us $6
     offer acme/spot H100:8 us $8 spot
     job train H100:8 submitted 5h deadline 4h work 4h saves 5m`,
    'acquire train.0.1 acme/sure x1 $6.00',
  )
})
