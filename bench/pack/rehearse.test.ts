/**
 * Rehearsals teach what becomes of a GPU, and a pod goes where that costs least.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { descent, place, placedBy } from './place.ts'
import { leftBy, rehearse } from './rehearse.ts'
import { fragmentation, leftInTheEnd } from './rules.ts'
import type { Kind } from './trace.ts'

const large = kind(810, 0.6)
const half = kind(470, 0.3)
const little = kind(160, 0.1)
const hosts = Array.from({ length: 10 }, () => ({ cpu: 8, memory: 8, gpus: [1000, 1000] }))

it('is the mean of what was seen, and a guess by the kinds where nothing was', () => {
  const seen = new Map([[530, new Map([[60, 3000]])]])
  assert.equal(Math.round(leftBy(seen, [half])(530)), 60)
  assert.equal(Math.round(leftBy(new Map(), [half])(460)), 460)
  const guess = leftBy(new Map(), [half])(530)
  assert.ok(guess > 60 && guess < 100, `${guess} is left, but most often a half comes`)
})

it('learns that a gap is lost where nothing comes for it', () => {
  const kinds = [large, half, little]
  const without = rehearse(hosts, kinds, [stream([large, half]), stream([large, half])])
  const often = rehearse(hosts, kinds, [stream([large, little]), stream([large, little])])
  assert.ok(without(190) > 150, `only ${without(190)} are left`)
  assert.ok(often(190) < 60, `${often(190)} are left`)
})

it('says the same again, and places no less than it did without', () => {
  const kinds = [large, half, little]
  const pods = stream([half, large, little, half, large])
  const taught = () => rehearse(hosts, kinds, [pods, pods])
  const ours = placedBy(place(hosts, pods, descent(leftInTheEnd(kinds, taught()))))
  assert.equal(placedBy(place(hosts, pods, descent(leftInTheEnd(kinds, taught())))), ours)
  assert.ok(ours >= placedBy(place(hosts, pods, descent(fragmentation(kinds)))))
})

it('takes CPU where the GPUs can spare it', () => {
  const rule = descent(leftInTheEnd([large, half], leftBy(new Map(), [large, half])))
  const [first] = place(
    [
      { cpu: 8, memory: 8, gpus: [1000] },
      { cpu: 1, memory: 8, gpus: [1000] },
    ],
    [{ ...half, gpus: 0, milli: 0, cpu: 1 }],
    rule,
  )
  assert.equal(first?.before.cpu, 8)
})

function kind(milli: number, weight: number): Kind {
  return { cpu: 1, memory: 1, gpus: 1, milli, weight }
}

function stream(kinds: readonly Kind[]): Kind[] {
  return Array.from({ length: 30 }, () => kinds).flat()
}
