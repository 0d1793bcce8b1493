/** By which hours of the day a region is believed to have more to give than at others. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { type Belief, noBelief } from '../domain/world.ts'
import { forecast, observe } from './belief.ts'
import { afterSpell, oddsAt } from './hours.ts'

const hour = 3_600_000
const day = 24 * hour
const pool = { id: 'acme/spot', region: 'us' }

/** Up until eight in the evening and down until midnight, asked twice an hour. */
function evenings(days: number): Belief {
  let belief = noBelief
  for (let at = 0; at < days * day; at += hour / 2) {
    const isUp = Math.floor(at / hour) % 24 < 20
    const outcome = isUp ? 'available' : 'refused'
    belief = observe(belief, pool, { pool: pool.id, atMs: at, outcome })
  }
  return belief
}

/** How likely it is up at an hour of the next day, known at midnight; with hours and without. */
function likely(days: number, at: number): readonly [number, number] {
  const belief = evenings(days)
  const plain = { pools: belief.pools }
  const odds = [belief, plain].map((each) => forecast(each, pool, days * day).upIn(at * hour))
  return odds as [number, number]
}

it('[HU17] an hour that was lean is believed to be lean again', () => {
  const [evening, whenever] = likely(7, 22)
  assert.ok(evening < 0.75 * whenever, `${evening} beside ${whenever}`)
  const [morning, ever] = likely(7, 10)
  assert.ok(morning > ever, `${morning} beside ${ever}`)
})

it('[HU17] the fewer days were seen, the less they change', () => {
  const [first, third, last] = [1, 3, 9].map((days) => {
    const [evening, whenever] = likely(days, 22)
    return evening / whenever
  }) as [number, number, number]
  assert.ok(1 > first && first > third && third > last, `${first}, ${third}, ${last}`)
})

it('[HU17] holds for the other pools of the region, and for no other region', () => {
  const belief = evenings(7)
  const upAt = (region: string) => {
    const other = { id: 'acme/other', region }
    return forecast(belief, other, 7 * day).upIn(22 * hour)
  }
  assert.ok(upAt('us') < upAt('eu'))
})

it('[HU17] a spell fills the hours that it lasted, and what is old fades', () => {
  const spell = afterSpell(undefined, { fromMs: 9.5 * hour, toMs: 11.25 * hour, isUp: true })
  assert.deepEqual(spell.up.slice(8, 13), [0, 0.5, 1, 0.25, 0])
  assert.deepEqual(spell.seen, spell.up)
  const down = (old: typeof spell, days: number) => {
    return afterSpell(old, { fromMs: days * day, toMs: days * day + hour, isUp: false })
  }
  const [soon, late] = [down(spell, 1), down(spell, 60)]
  assert.ok(oddsAt(soon, 10 * hour) > 1 && oddsAt(soon, 0) < 1)
  assert.ok(Math.abs(oddsAt(late, 10 * hour) - 1) < 0.1)
})

it('[HU17] a lease was there for as long as it was ours', () => {
  const had = observe(noBelief, pool, { pool: pool.id, atMs: 0, outcome: 'available' })
  const lost = observe(had, pool, { pool: pool.id, atMs: 5 * hour, outcome: 'preempted' })
  assert.deepEqual(lost.hours?.us?.up.slice(0, 6), [1, 1, 1, 1, 1, 0])
  const asked = observe(had, pool, { pool: pool.id, atMs: 5 * hour, outcome: 'refused' })
  assert.deepEqual(asked.hours?.us?.seen.slice(0, 6), [0, 0, 0, 0, 1, 0])
})
