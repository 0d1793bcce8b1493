/** Budgets of a span: what they buy, and what they stop. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { planChecker } from '../../../testing/plan.ts'
import { drawnWorld } from '../../../testing/world.ts'
import type { World } from '../../domain/world.ts'
import { lint } from '../lint.ts'
import { plan } from '../plan.ts'

const check = planChecker(plan, lint)

it('[PL39] buys what a budget pays for at least an hour, and says whose is too short', () => {
  const world = (left: string) => `
    budget team nlp left ${left} month
    offer acme/h100 H100:8 us $20
    offer acme/tpu TPU-v6e:8 us $30
    job train H100:8 team nlp priority 90
    job other TPU-v6e:8 team vision`
  check(
    world('$19'),
    `acquire other.0.1 acme/tpu x1 $30.00
     why train.0: spent acme/h100 $20.00 above $19.00 of the budget of team nlp for this month
     why other.0: chosen acme/tpu $30.00 of 1`,
  )
  check(
    world('$20'),
    `acquire train.0.1 acme/h100 x1 $20.00
     acquire other.0.1 acme/tpu x1 $30.00`,
  )
})

it('[PL39] what one budget pays for takes nothing from another', () =>
  check(
    `budget team nlp left $20 month
     budget team vision left $30 month
     budget workload idle left $1 day
     offer acme/h100 H100:8 us $20
     offer acme/tpu TPU-v6e:8 us $30
     job train H100:8 team nlp priority 90
     job other TPU-v6e:8 team vision`,
    `acquire train.0.1 acme/h100 x1 $20.00
     acquire other.0.1 acme/tpu x1 $30.00`,
  ))

it('[PL39] suppliers and workloads have budgets of their own; all that fit have to last', () => {
  const world = (budgets: string) => `
    ${budgets}
    offer acme/h100 H100:8 us $20
    offer bolt/h100 H100:8 us $25
    job train H100:8 team nlp`
  const spent = (whose: string) => `$19.00 of the budget of ${whose} for this month`
  check(
    world('budget supplier acme left $19 month'),
    `acquire train.0.1 bolt/h100 x1 $25.00
     why train.0: chosen bolt/h100 $25.00 of 1
     why train.0: spent acme/h100 $20.00 above ${spent('supplier acme')}`,
  )
  check(
    world(`budget team nlp left $99 month
    budget workload train left $19 month`),
    `why train.0: spent acme/h100 $20.00 above ${spent('workload train')}
     why train.0: spent bolt/h100 $25.00 above ${spent('workload train')}`,
  )
})

it('[PL39] counts what is held, and what the same plan buys', () =>
  check(
    `budget supplier acme left $60 day
     offer acme/h100 H100:8 us $20
     job a H100:8
     job b H100:8
     job c H100:8
     lease a.0.1 ready at acme/h100 for $20
     run a.0 running epoch 1 on a.0.1`,
    `acquire b.0.1 acme/h100 x1 $20.00
     acquire c.0.1 acme/h100 x1 $20.00
     why b.0: chosen acme/h100 $20.00 of 1
     why c.0: chosen acme/h100 $20.00 of 1
     why a.0: kept a.0.1 $20.00`,
  ))

it('[PL39] counts what is asked for at its ceiling, for its team, and not what is gone', () => {
  const world = (state: string) => `
    budget team nlp left $29 day
    offer acme/h100 H100:8 us $20
    job a H100:8 team nlp
    job b H100:8 team nlp
    lease a.0.1 ${state} at acme/h100 for $20
    run a.0 waiting attempts 1`
  const buys = (drawing: World) =>
    plan(drawing).actions.filter((action) => action.do === 'acquire' && action.run === 'b.0').length
  const counted = ['intended', 'asked', 'unsure', 'ready'].map((state) =>
    buys(drawnWorld(world(state))),
  )
  assert.deepEqual(counted, [0, 0, 0, 0])
  // Of a workload that is no longer there, which its lease remembers the team of.
  const left = (state: string, team: object) => {
    const drawing = drawnWorld(world(state).replace('job a H100:8 team nlp', ''))
    return buys({ ...drawing, leases: drawing.leases.map((lease) => ({ ...lease, ...team })) })
  }
  assert.deepEqual([left('ready', { team: 'nlp' }), left('gone', { team: 'nlp' })], [0, 1])
  assert.equal(left('ready', {}), 1)
})

it('[PL39] stops what a budget does not last for, the least urgent first', () =>
  check(
    `budget everything left $19 month
     offer acme/h100 H100:8 us $20
     job a H100:8 priority 10
     job b H100:8 priority 90
     lease a.0.1 ready at acme/h100 for $20
     run a.0 running epoch 1 on a.0.1
     lease b.0.1 ready at acme/h100 for $20
     run b.0 running epoch 1 on b.0.1`,
    `drain a.0: the budget for this month is used up
     why b.0: kept b.0.1 $20.00
     why a.0: spent acme/h100 $20.00 above $0.00 of the budget for this month`,
  ))

it('[PL39] gives back what it stopped, though what waits comes before what runs', () =>
  check(
    `budget everything left $19 month
     offer acme/h100 H100:8 us $20
     job a H100:8 priority 10
     job b H100:8 priority 90
     lease a.0.1 ready at acme/h100 for $20
     run a.0 waiting epoch 1
     lease b.0.1 ready at acme/h100 for $20
     run b.0 running epoch 1 on b.0.1`,
    `release a.0.1: the budget for this month is used up
     why a.0: spent acme/h100 $20.00 above $0.00 of the budget for this month
     why b.0: kept b.0.1 $20.00`,
  ))

it('[PL39] gives back what waits on a lease that nobody pays for, and buys no other', () =>
  check(
    `budget workload a left $5 year
     offer acme/h100 H100:8 us $20
     job a H100:8
     lease a.0.1 ready at acme/h100 for $20
     run a.0 waiting epoch 1`,
    `release a.0.1: the budget of workload a for this year is used up
     why a.0: spent acme/h100 $20.00 above $0.00 of the budget of workload a for this year`,
  ))
