/**
 * What failed once never fails again: every known seed, with all that it drew at the time.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { trial } from '../../src/sim/trial.ts'
import { knownSeeds } from './seeds.ts'

for (const task of knownSeeds()) {
  it(`seed ${task.seed}`, async () => {
    const { violations } = await trial(task)
    assert.deepEqual(violations, [])
  })
}
