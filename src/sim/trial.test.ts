/**
 * A handful of simulated days: they hold all invariants, and they obey their seeds.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { type Phases, trial } from './trial.ts'

const hour = 3_600_000
const short: Phases = { troubleMs: 2 * hour, convergeMs: 3 * hour, emptyMs: 2 * hour }

it('[SI8] gives the same world for the same seed, and another one for another', async () => {
  const [one, again, other] = await Promise.all(
    ['first', 'first', 'second'].map((seed) => trial({ seed, phases: short })),
  )
  assert.equal(one?.hash, again?.hash)
  assert.notEqual(one?.hash, other?.hash)
})

it('[SI10] gives the same world again for what was drawn, once that was written down', async () => {
  const one = await trial({ seed: 'first', phases: short })
  const drawn = JSON.parse(JSON.stringify(one.drawn))
  const again = await trial({ seed: 'first', phases: short, drawn })
  assert.equal(one.hash, again.hash)
})

it('[SI11] decides the same, whatever the clocks of others show', async () => {
  const phases = { ...short, convergeMs: hour / 2, emptyMs: hour / 2 }
  for (const seed of ['c', 'f', 'g']) {
    const one = await trial({ seed, phases })
    const other = await trial({ seed, phases, wrongClocks: true })
    assert.notEqual(one.decisions, null, `seed ${seed} goes by their clocks`)
    assert.equal(one.decisions, other.decisions, `seed ${seed}`)
    assert.notEqual(one.hash, other.hash)
  }
})

it('holds all invariants through trouble, calm and the end', async () => {
  for (const seed of ['a', 'b', 'c', 'd', 'e']) {
    const { violations, counts } = await trial({ seed, phases: short })
    assert.deepEqual(violations, [], `seed ${seed}`)
    assert.ok(counts.events > 0)
  }
})
