/**
 * What is believed of pools, after drawings of what they showed. Tests no choice.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Belief, noBelief } from '../domain/world.ts'
import { forecast, observe, type Pool, returning } from './belief.ts'
import { lifetimeMs } from './chain.ts'

const tickMs = 600_000
const dayMs = 86_400_000
const longMs = 10 * dayMs

const north: Pool = { id: 'acme/north-a', region: 'north' }
const sibling: Pool = { id: 'acme/north-b', region: 'north' }
const south: Pool = { id: 'acme/south-a', region: 'south' }

/** A tick each: `#` ours and running, `+` a yes, `-` a no, `x` taken from us, `.` not asked. */
function after(drawing: string, pool = north, belief: Belief = noBelief): Belief {
  const outcomes = { '#': 'held', '+': 'available', '-': 'refused', x: 'preempted' } as const
  return [...drawing].reduce((sum, sign, tick) => {
    if (sign === '.') return sum
    const outcome = outcomes[sign as keyof typeof outcomes]
    return observe(sum, pool, { pool: pool.id, atMs: tick * tickMs, outcome })
  }, belief)
}

const life = (belief: Belief, nowTick: number, pool = north) =>
  lifetimeMs(forecast(belief, pool, nowTick * tickMs).ifUp, longMs)

const odds = (belief: Belief, atMs: number, pool = north) => forecast(belief, pool, atMs).upIn(0)

describe('what is believed of a pool', () => {
  it('[HU7] lasts longer, the longer it has lasted', () => {
    const lives = [2, 6, 24, 96].map((ticks) => life(after(`+${'#'.repeat(ticks)}`), ticks))
    assert.deepEqual(
      lives,
      lives.toSorted((a, b) => a - b),
    )
    assert.ok((lives[3] ?? 0) > 1.3 * (lives[0] ?? 0), lives.join(' '))
  })

  it('[HU20] is back later, the longer it has been away', () => {
    const [soon, later] = [6, 96].map((ticks) => {
      return returning(after(`+${'-'.repeat(ticks)}`), north, ticks * tickMs)
    })
    for (const ticks of [1, 6, 36]) {
      const [one = 0, other = 0] = [soon, later].map((backIn) => backIn?.(ticks * tickMs))
      assert.ok(one > other && other > 0 && one < 1, `${one} and ${other}`)
    }
    assert.equal(soon?.(0), 0)
  })

  it('[HU8] the region of a pool that holds is trusted more than one that fails', () => {
    const good = after(`+${'#'.repeat(100)}`)
    const bad = after('-'.repeat(100))
    assert.ok(odds(good, 100 * tickMs, sibling) > odds(good, 100 * tickMs, south) - 1e-9)
    assert.ok(odds(good, 100 * tickMs, sibling) > odds(bad, 100 * tickMs, sibling))
  })

  it('[HU9] a refusal is certain now, likely soon, and forgotten in a month', () => {
    const refused = after('-----')
    const at = 4 * tickMs
    assert.equal(odds(refused, at), 0)
    assert.ok(odds(refused, at + tickMs) < 0.3)
    assert.ok(odds(refused, at + 30 * dayMs) > 0.4)
  })

  it('an answer that came late changes nothing', () => {
    const belief = after('++++')
    assert.equal(observe(belief, north, { pool: north.id, atMs: 0, outcome: 'refused' }), belief)
  })

  it('odds stay odds, whatever was seen', () => {
    for (const drawing of ['+x+x+x+x', '-+-+-+', '#'.repeat(400), `+${'.'.repeat(5_000)}-`]) {
      const belief = after(drawing)
      const weights = belief.pools[north.id]?.weights ?? []
      assert.ok(Math.abs(weights.reduce((sum, each) => sum + each, 0) - 1) < 1e-9)
      assert.ok(weights.every((each) => each >= 0))
    }
  })
})
