/**
 * The story, lived as `npm start` lives it: it ends well, says what it promises, leaves nothing.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { processesBelow } from '../../examples/story/stage.ts'
import { live } from './story.ts'

/** What has to be told, in this order. */
const plot = [
  /buy {2}pretrain\.0 {2}H100:8 x2 {2}incumbent\/h100x8/,
  /incumbent\/h100x8 was chosen: .* the only offer that fits/,
  /rival\/t9x4 may not be bought: incumbent may refuse first/,
  /pretrain\.0: bought H100:8 x2 at incumbent \(h100x8\) for \$176\.00\/h/,
  /pretrain\.0 started on pretrain\.0\.1, epoch 1/,
  /a small load begins/,
  /rank 0: step \d+ loss 3\.\d+ \(epoch 1, 2 ranks\)/,
  /rank 0: step \d+ loss 2\.\d+ \(epoch 1, 2 ranks\)/,
  /incumbent refused chat\.2\.1: no stock/,
  /chat\.2: bought L40S:1 at rival/,
  /to incumbent, by .*:\n {2}price per hour: /,
  /pretrain@rival\/t9x4 is free, until .*: the holder declines/,
  /the incumbent is gone: 1 server and \d+ processes of its machines/,
  /incumbent does not answer/,
  /pretrain\.0: bought T9:4 x3 at rival \(t9x4\)/,
  /pretrain\.0 started on pretrain\.0\.2, epoch 2/,
  /signed with rival for 12 accelerators/,
  /rank 0: step \d+ loss [12]\.\d+ \(epoch 2, 3 ranks\)/,
  /pretrain has succeeded/,
  /pretrain\.0\.2 +rival +T9:4 x3/,
  /incumbent refused chat\.2\.1: no stock/,
  /total +\$\d+\.\d\d/,
  /all +\d+ +\d+ +0 +\d+/,
  /nothing is held any more at any supplier that still answers/,
]

it('the story ends well and leaves nothing behind', async () => {
  const { code, output } = await live()
  assert.equal(code, 0, output)
  let rest = output
  for (const scene of plot) {
    const found = scene.exec(rest)
    assert.ok(found, `${scene} is not told, or not in its place:\n${output}`)
    rest = rest.slice(found.index + found[0].length)
  }
  const steps = [...output.matchAll(/step (\d+) loss \S+ \(epoch (\d)/g)]
  const before = steps.filter(([, , epoch]) => epoch === '1').map(([, step]) => Number(step))
  const after = steps.filter(([, , epoch]) => epoch === '2').map(([, step]) => Number(step))
  assert.ok(Math.min(...after) >= Math.max(...before) - 40, 'it resumed, it did not begin anew')
  assert.deepEqual(processesBelow('/calumet-story-'), [])
})
