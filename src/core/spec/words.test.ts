/** What somebody may have meant. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { nearest } from './words.ts'

const right = ['name', 'envs', 'resources', 'accelerators', 'market', 'max_price', 'run', 'min']

for (const [word, meant] of [
  ['nmae', 'name'],
  ['NAME', 'name'],
  ['env', 'envs'],
  ['accelerator', 'accelerators'],
  ['resorces', 'resources'],
  ['max', 'max_price'],
  ['gpus', 'accelerators'],
  ['use_spot', 'market'],
  ['commands', 'run'],
  ['constructor', null],
  ['zzz', null],
  ['', null],
  ['a'.repeat(100_000), null],
] as const) {
  it(`takes ${word.slice(0, 20)} for ${meant}`, () => assert.equal(nearest(word, right), meant))
}
