/** Which gangs follow from wishes, load and the state of the replicas. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { drawnWorld } from '../../testing/world.ts'
import { demands } from './demands.ts'

/** The slots demanded, as `workload slot slot …`. */
function check(drawing: string, expected: string) {
  const world = drawnWorld(drawing)
  const told = (wishes: typeof world) =>
    [...Map.groupBy(demands(wishes), ({ workload }) => workload.name)]
      .map(([name, each]) => [name, ...each.map(({ slot }) => slot)].join(' '))
      .join('\n')
  assert.equal(told(world), expected)
  const backwards = {
    ...world,
    workloads: world.workloads.toReversed(),
    runs: world.runs.toReversed(),
    leases: world.leases.toReversed(),
    sights: world.sights.toReversed(),
  }
  assert.equal(told(backwards), expected, '[DE11]')
}

it('[DE1] demands a job until its run has ended', () => {
  check('job train H100:8', 'train 0')
  check('job train H100:8\nrun train.0 running on train.0.1', 'train 0')
  check('job train H100:8\nrun train.0 done epoch 1', '')
  check('job train H100:8\nrun train.0 failed epoch 1', '')
})

it('[DE2] demands nothing for what is being deleted', () =>
  check('job train H100:8 deleting\nservice chat L4:1 replicas 2 deleting', ''))

it('[DE3] wants the replicas that the load needs, within bounds', () => {
  check('service chat L4:1 replicas 2-9\nload chat 99', 'chat 0 1')
  check('service chat L4:1 replicas 1-9 per 10\nload chat 21', 'chat 0 1 2')
  check('service chat L4:1 replicas 1-2 per 10\nload chat 99', 'chat 0 1')
  check('service chat L4:1 replicas 1-2 per 10\nload chat 0', 'chat 0')
})

const three = `
  service chat L4:1 replicas 1-9 per 10
  lease chat.0.1 ready at acme/l4
  lease chat.1.1 ready at acme/l4
  lease chat.2.1 ready at bolt/l4
  run chat.0 running on chat.0.1 answering
  run chat.1 running on chat.1.1 answering
  run chat.2 running on chat.2.1 answering`

it('[DE4] shrinks only where there is room to spare', () => {
  check(`${three}\nload chat 31`, 'chat 0 1 2 3')
  check(`${three}\nload chat 17`, 'chat 0 1 2')
  check(`${three}\nload chat 16`, 'chat 0 1')
  check(`${three}\nload chat 1`, 'chat 0')
})

it('[DE5] keeps its size while nobody reports the load', () => {
  check(three, 'chat 0 1 2')
  check('service chat L4:1 replicas 2-9 per 10', 'chat 0 1')
})

it('[DE6] fills gaps, but never those that ended runs left', () =>
  check(
    `service chat L4:1 replicas 4
     run chat.0 done epoch 1
     run chat.2 running on chat.2.1
     run chat.5 waiting`,
    'chat 1 2 3 5',
  ))

it('[DE7] gives up first what is worth least', () => {
  const five = `
    lease chat.1.1 held at acme/l4
    run chat.0 waiting
    run chat.1 waiting
    run chat.2 running on chat.2.1
    run chat.3 running on chat.3.1 answering
    run chat.4 running on chat.4.1 answering`
  check(`service chat L4:1 replicas 4 ${five}`, 'chat 1 2 3 4')
  check(`service chat L4:1 replicas 3 ${five}`, 'chat 2 3 4')
  check(`service chat L4:1 replicas 2 ${five}`, 'chat 3 4')
  check(`service chat L4:1 replicas 1 ${five}`, 'chat 3')
})

const noticed = (others: string) => `
  service chat L4:1 replicas 2
  lease chat.0.1 ready at acme/l4 notice 2m
  lease chat.1.1 ready at bolt/l4
  run chat.0 running on chat.0.1 answering
  ${others}`

it('[DE8] demands another replica for one that is taken back or unwanted', () => {
  check(noticed('run chat.1 running on chat.1.1 answering'), 'chat 0 1 2')
  const ending = (ends: string) =>
    `service chat L4:1 replicas 1
     lease chat.0.1 ready at acme/l4 ends ${ends}
     run chat.0 running on chat.0.1 answering`
  check(ending('15m'), 'chat 0 1')
  check(ending('16m'), 'chat 0')
  check(
    `service chat L4:1 replicas 1
     lease chat.0.1 ready at acme/l4 unwanted
     run chat.0 running on chat.0.1 answering`,
    'chat 0 1',
  )
})

it('[DE9] lets it go once enough others answer', () => {
  const other = 'run chat.1 running on chat.1.1 answering'
  check(noticed(`${other}\nrun chat.2 running on chat.2.1`), 'chat 0 1 2')
  check(noticed(`${other}\nrun chat.2 running on chat.2.1 answering`), 'chat 1 2')
  check(
    noticed(`${other}\nrun chat.2 running on chat.2.1 answering`).replace(
      'run chat.0 running on chat.0.1 answering',
      'run chat.0 draining on chat.0.1',
    ),
    'chat 1 2',
  )
  // Its lease is gone before the other one came: it is waiting like any other, and worth less.
  check(
    `service chat L4:1 replicas 1
     lease chat.0.1 gone at acme/l4 notice 0s
     lease chat.1.1 held at bolt/l4
     run chat.0 fencing on chat.0.1
     run chat.1 waiting`,
    'chat 1',
  )
})

it('[DE10] believes an endpoint only of a node that was heard just now', () =>
  check(
    noticed(
      `run chat.1 running on chat.1.1 answering silent 31s
       run chat.2 running on chat.2.1 answering`,
    ),
    'chat 0 1 2',
  ))
