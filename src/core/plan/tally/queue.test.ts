/** Jobs that wait for the very same are answered together, and no differently than one by one. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { drawnWorld } from '../../../testing/world.ts'
import { reasonsIn } from '../../domain/plan.ts'
import type { Job } from '../../domain/workload.ts'
import type { World } from '../../domain/world.ts'
import { plan } from '../plan.ts'

it('[PL52] says once for a queue what holds for all that wait in it', () => {
  const queue = Array.from({ length: 30 }, (_, at) => `job j${at} H100:8 x3 team nlp`)
  const world = drawnWorld(
    ['quota nlp H100:16', 'offer acme/h100 H100:8 us $20', ...queue].join('\n'),
  )
  const planned = plan(world)
  assert.equal(planned.reasons.length, 1)
  const [alike, ...others] = planned.alike ?? []
  assert.deepEqual(others, [])
  assert.equal(alike?.runs.length, 29)
  const told = reasonsIn(planned, (run) => run === 'j7.0')
  assert.deepEqual(told, [{ ...planned.reasons[0], run: 'j7.0' }])
})

it('[PL52] lets whoever takes something along ask for itself, wherever that lies by now', () => {
  const world = drawnWorld(
    `policy max $1
     egress us eu $0.02
     offer acme/h100 H100:8 us $20
     job a H100:8 copies 3600@us
     job b H100:8 copies 3600@us
     job c H100:8
     job d H100:8`,
  )
  assert.deepEqual(plan(world).alike, [{ as: 'c.0', runs: ['d.0'] }])
})

/** Each with a deadline that has passed, which changes nothing but that it waits in no queue. */
function apart(world: World): World {
  const demands = world.demands.map((demand) => {
    const workload = { ...demand.workload, kind: 'Job', deadline: { at: 0, workMs: 1 } } as Job
    return { ...demand, workload }
  })
  return { ...world, demands }
}

const figure = (max: number) => fc.integer({ min: 1, max })

const crowd: fc.Arbitrary<World> = fc
  .record({
    stock: fc.array(fc.tuple(fc.constantFrom('H100:8', 'L4:1'), figure(20), figure(5)), {
      minLength: 1,
      maxLength: 5,
    }),
    rules: fc.subarray([
      'quota x H100:16 of house borrows 8',
      'quota y H100:8 of house',
      'quota x L4:2',
      'policy max $90',
      'outage bolt',
      'cooling acme/1 until 1m',
    ]),
    jobs: fc.array(
      fc.tuple(
        fc.constantFrom('H100:8', 'H100:8 x2', 'L4:1', 'H100:8 or L4:1 x2'),
        fc.constantFrom('', 'team x', 'team y'),
        fc.constantFrom(10, 50, 90),
        fc.constantFrom('', '', 'max $15'),
      ),
      { minLength: 4, maxLength: 24 },
    ),
    held: fc.array(fc.nat(23), { maxLength: 3 }),
  })
  .map(({ stock, rules, jobs, held }) =>
    drawnWorld(
      [
        ...rules,
        ...stock.map(([shape, price, left], at) => {
          return `offer ${at % 2 ? 'acme' : 'bolt'}/${at} ${shape} us $${price} stock ${left}`
        }),
        ...jobs.map(([shape, team, priority, max], at) => {
          return `job j${at} ${shape} ${team} priority ${priority} ${max}`
        }),
        ...[...new Set(held)]
          .filter((at) => at < jobs.length)
          .flatMap((at) => [
            `lease j${at}.0.1 ready at acme/1 for $9`,
            `run j${at}.0 running on j${at}.0.1 attempts 1`,
          ]),
      ].join('\n'),
    ),
  )

it('[PL52] serves and tells everybody as if each waited alone', () =>
  fc.assert(
    fc.property(crowd, (world) => {
      const [together, alone] = [plan(world), plan(apart(world))]
      assert.equal(alone.alike, undefined)
      assert.deepEqual(together.actions, alone.actions)
      const byRun = (one: typeof alone) => Map.groupBy(reasonsIn(one), ({ run }) => run)
      assert.deepEqual(byRun(together), byRun(alone))
    }),
    { numRuns: 400 },
  ))
