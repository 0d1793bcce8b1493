/** Blocks of capacity in time, one drawing a rule. */
import { it } from 'node:test'
import { planChecker } from '../../../testing/plan.ts'
import { lint } from '../lint.ts'
import { plan } from '../plan.ts'

const check = planChecker(plan, lint)

const sure = 'offer acme/sure H100:8 us $20'

it('[PL57] buys no block before it opens, and says when and what it would save', () => {
  check(
    `${sure}
     offer bolt/block H100:8 us $10 opens 2h ends 50h
     job train H100:8`,
    `acquire train.0.1 acme/sure x1 $20.00
     why train.0: chosen acme/sure $20.00 of 1
     why train.0: not-yet bolt/block 2h saves 50%`,
  )
  check(
    `offer bolt/block H100:8 us $10 opens 2h
     job train H100:8`,
    'why train.0: not-yet bolt/block 2h',
  )
})

const running = `lease train.0.1 ready at acme/sure for $20
     run train.0 running on train.0.1
     checkpoint train`

it('[PL57] moves a gang there once it is open, by the usual rules', () => {
  const world = (block: string, rest = running) => `${sure}
     offer bolt/block H100:8 us ${block} ends 50h
     job train H100:8
     ${rest}`
  check(
    world('$10 opens 2h'),
    `why train.0: kept train.0.1 $20.00
     why train.0: not-yet bolt/block 2h saves 50%`,
  )
  check(world('$10'), 'acquire train.0.2 bolt/block x1 $10.00 replaces train.0.1 ends 2d 2h')
  check(world('$18'), 'why train.0: kept train.0.1 $20.00 bolt/block saves 10%')
  const unsaved = running.replace('checkpoint train', '')
  check(world('$10', unsaved), 'why train.0: kept train.0.1 $20.00 bolt/block saves 50%')
})

it('[PL57] shares purchases out among the blocks that are open', () =>
  check(
    `offer acme/block H100:8 us $10 stock 1 ends 50h
     offer bolt/block H100:8 us $5 opens 1m
     offer core/sure H100:8 us $20
     job a H100:8
     job b H100:8`,
    `acquire a.0.1 acme/block x1 $10.00 ends 2d 2h
     acquire b.0.1 core/sure x1 $20.00`,
  ))

it('[PL58] buys no block that ends before a launch and an hour of work', () => {
  const world = (ends: string, job = 'job train H100:8') => `${sure}
     offer bolt/block H100:8 us $10 ends ${ends}
     ${job}`
  check(
    world('79m'),
    `acquire train.0.1 acme/sure x1 $20.00
     why train.0: chosen acme/sure $20.00 of 1
     why train.0: too-short bolt/block 1h 19m of 1h 20m`,
  )
  check(world('80m'), 'acquire train.0.1 bolt/block x1 $10.00 ends 1h 20m')
  check(world('79m', 'service chat H100:8 replicas 1'), 'acquire chat.0.1 acme/sure x1 $20.00')
})

it('[PL58] buys a short one for a job that will be done by then', () => {
  const world = (job: string) => `${sure}
     throughput A100-80GB 0.5
     offer bolt/block H100:8 us $10 ends 40m
     offer bolt/half A100-80GB:8 us $4 ends 50m
     ${job}`
  check(world('job train H100:8 lasts 20m'), 'acquire train.0.1 bolt/block x1 $10.00 ends 40m')
  check(world('job train H100:8 lasts 21m'), 'acquire train.0.1 acme/sure x1 $20.00')
  check(
    world('job train H100:8 or A100-80GB:8 lasts 15m'),
    'acquire train.0.1 bolt/half x1 $4.00 ends 50m',
  )
  check(
    world(`job long H100:8 lasts 2h
     job short H100:8 lasts 10m`).replace('$20', '$20 stock none'),
    `acquire short.0.1 bolt/block x1 $10.00 ends 40m
     why long.0: too-short bolt/block 40m of 1h 20m
     why long.0: no-stock acme/sure 0 of 1
     why short.0: chosen bolt/block $10.00 of 1
     why short.0: no-stock acme/sure 0 of 1`,
  )
})

it('[PL58] leaves a good place only where two moves are earned back before the block ends', () => {
  const world = (ends: string) => `policy move 0.1
     ${sure}
     offer bolt/block H100:8 us $16 ends ${ends}
     job train H100:8
     ${running}`
  // Two launches with both places held cost $6, and $4 are saved in an hour.
  check(
    world('109m'),
    `why train.0: kept train.0.1 $20.00
     why train.0: too-short bolt/block 1h 49m of 1h 50m`,
  )
  check(world('110m'), 'acquire train.0.2 bolt/block x1 $16.00 replaces train.0.1 ends 1h 50m')
})

it('[PL58] goes to the next best where the best block does not earn the move', () =>
  check(
    `policy move 0.1
     ${sure}
     offer bolt/block H100:8 us $15 ends 89m
     offer core/sure H100:8 us $16
     job train H100:8
     ${running}`,
    'acquire train.0.2 core/sure x1 $16.00 replaces train.0.1',
  ))

const held = (ends: string) => `lease train.0.1 ready at bolt/block for $10 ends ${ends}
     run train.0 running on train.0.1`

it('[PL59] buys the successor in time before a block ends, and not before', () => {
  const world = (ends: string) => `${sure}
     job train H100:8
     ${held(ends)}`
  check(world('16m'), 'why train.0: kept train.0.1 $10.00')
  check(world('15m'), 'acquire train.0.2 acme/sure x1 $20.00 replaces train.0.1')
  check(
    `${world('10m')}
     lease train.0.2 ready at acme/sure for $20 replaces train.0.1`,
    'drain train.0: moves to train.0.2',
  )
})

it('[PL59] starts nothing on a block that is about to end', () =>
  check(
    `${sure}
     job train H100:8
     lease train.0.1 ready at bolt/block for $10 ends 14m
     run train.0 waiting`,
    `release train.0.1: its block is about to end
     acquire train.0.2 acme/sure x1 $20.00`,
  ))

it('[PL59] lets a successor come on top of a quota that the old lease fills', () =>
  check(
    `quota x H100:8
     ${sure}
     job train H100:8 team x
     ${held('15m')}`,
    'acquire train.0.2 acme/sure x1 $20.00 replaces train.0.1',
  ))

const spot = 'offer acme/spot H100:8 us $18 spot'

it('[PL60] keeps a deadline on a block that lasts until the work is done, and on no other', () => {
  const world = (ends: string) => `${sure}
     ${spot}
     offer bolt/block H100:8 us $10 ${ends}
     job train H100:8 deadline 4h10m work 4h saves 5m`
  check(
    world('ends 255m'),
    `acquire train.0.1 acme/sure x1 $20.00
     why train.0: hunting pays acme/sure
     why train.0: too-short bolt/block 4h 15m of 4h 20m`,
  )
  check(world('ends 260m'), 'acquire train.0.1 bolt/block x1 $10.00 ends 4h 20m')
  check(
    world('opens 1m'),
    `acquire train.0.1 acme/sure x1 $20.00
     why train.0: hunting pays acme/sure
     why train.0: not-yet bolt/block 1m`,
  )
})

it('[PL60] takes a block that it holds and that ends too early for no safe place', () => {
  const world = (ends: string) => `${sure}
     ${spot}
     job train H100:8 deadline 4h10m work 4h saves 5m
     ${held(ends)}`
  check(world('20h'), 'why train.0: kept train.0.1 $10.00\nwhy train.0: hunting stays')
  check(world('2h'), 'acquire train.0.2 acme/sure x1 $20.00 replaces train.0.1')
})
