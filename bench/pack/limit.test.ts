/**
 * The limit is one: no choice of places exceeds it, and where it should be reached it is.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { limitOf } from './limit.ts'
import { bestPattern } from './patterns.ts'
import { fits, outcomes } from './place.ts'
import type { Host, Kind } from './trace.ts'

const bar = kind(810, 3)
const kinds = [bar, bar, kind(1000, 3), kind(1000, 1), kind(470, 8), kind(160, 2), kind(0, 6)]

it('is no less than the best of all placements that refuse nothing that fits', async () => {
  for (let seed = 1; seed <= 15; seed++) {
    const chance = numbers(seed)
    const hosts = Array.from({ length: 2 }, () => host(2, 6 + chance(12)))
    const pods = [bar, ...Array.from({ length: 5 }, () => kinds[chance(kinds.length)] ?? bar)]
    const limit = await limitOf(hosts, pods)
    const best = mostOf(hosts, pods)
    assert.ok(limit >= best - 1e-6, `seed ${seed}: ${best} were placed, the limit is ${limit}`)
  }
})

it('counts what bars leave behind, unless something small comes', async () => {
  const hosts = [host(2, 100)]
  assert.equal(Math.round(await limitOf(hosts, [bar, bar, kind(470, 1)])), 1620)
  assert.equal(Math.round(await limitOf(hosts, [bar, bar, kind(160, 1)])), 1780)
})

it('sees that a bar can be refused only once the GPUs are taken', async () => {
  const hosts = [host(2, 100)]
  const late = [bar, bar, kind(1000, 4), kind(1000, 4)]
  const early = [kind(1000, 4), kind(1000, 4), bar, bar]
  assert.equal(Math.round(await limitOf(hosts, late)), 1620)
  assert.equal(Math.round(await limitOf(hosts, early)), 2000)
})

it('fills a GPU late only where enough lies on it early', () => {
  const shares = [
    { milli: 300, isSmall: false, isLate: false },
    { milli: 500, isSmall: false, isLate: true },
  ]
  assert.equal(bestPattern({ shares, usedMin: 300 }, [10, 500]).value, 510)
  assert.equal(bestPattern({ shares, usedMin: 301 }, [10, 500]).value, 30)
  assert.deepEqual(bestPattern({ shares, usedMin: 300 }, [-1, 500]).counts, [1, 1])
})

function kind(milli: number, cpu: number): Kind {
  return { cpu, memory: 1, gpus: milli > 0 ? 1 : 0, milli, weight: 0.1 }
}

function host(gpus: number, cpu: number): Host {
  return { cpu, memory: 100, gpus: Array.from({ length: gpus }, () => 1000) }
}

/** By trying every place for every pod. */
function mostOf(hosts: readonly Host[], [pod, ...rest]: readonly Kind[]): number {
  if (!pod) return 0
  const choices = hosts.flatMap((each, index) =>
    fits(each, pod) ? outcomes(each, pod).map((after) => hosts.with(index, after)) : [],
  )
  if (choices.length === 0) return mostOf(hosts, rest)
  return pod.gpus * pod.milli + Math.max(...choices.map((after) => mostOf(after, rest)))
}

/** Whole numbers below what is asked, by a seed. */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 48271) % 2147483647
    return state % below
  }
}
