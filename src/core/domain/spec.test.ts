/** What counts as another revision: what ranks run, and nothing else. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { drawnWorld } from '../../testing/world.ts'
import { numbered } from './spec.ts'

function job(saving: string) {
  const [status] = drawnWorld(`job train H100:8 ${saving}`).workloads
  if (!status) throw new Error('one job was drawn')
  return status.spec
}

it('restarts nothing for the size of a checkpoint, which only says what a move costs', () => {
  const first = numbered(job('saves 5m'), null)
  const sized = numbered(job('saves 5m carries 50'), first)
  assert.deepEqual([sized.generation, sized.revision], [2, 1])
  const even = { ...sized, checkpoint: { dir: '/saved', everyMs: 300_000, evenSteps: true } }
  assert.equal(numbered(even as typeof sized, sized).revision, 1)
  const rarer = numbered(job('saves 9m carries 50'), sized)
  assert.deepEqual([rarer.generation, rarer.revision], [3, 2])
})
