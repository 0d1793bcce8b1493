/** What is drawn for a key: even, the same every time, and nobody's to work out. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { systemKeys } from './keys.ts'

const keys = systemKeys('secret')
const issued = Array.from({ length: 4_000 }, (_, number) => keys.keyOf('us', `train.0.${number}`))

it('draws evenly over all keys, and for each the same again', () => {
  const tenths = Map.groupBy(issued, (key) => Math.floor(10 * keys.chanceOf(key)))
  assert.deepEqual([...tenths.keys()].sort(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  // Four standard deviations around the 400 that are expected.
  for (const { length } of tenths.values()) assert.ok(Math.abs(length - 400) < 76, `${length}`)
  for (const key of issued) assert.equal(systemKeys('secret').chanceOf(key), keys.chanceOf(key))
})

it('draws what neither the key nor the proof of a machine tells', () => {
  const [key = ''] = issued
  assert.notEqual(systemKeys('another').chanceOf(key), keys.chanceOf(key))
  const proof = Buffer.from(keys.secretOf(key), 'base64url').readUIntBE(0, 6) / 2 ** 48
  assert.notEqual(proof, keys.chanceOf(key))
})
