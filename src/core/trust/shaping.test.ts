/** How long asks are held back: by relation alone, and by what was drawn for each. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { relations, type Shaping } from '../domain/trust.ts'
import { heldBackUntil, jitterOf } from './shaping.ts'

const shaping: readonly Shaping[] = [
  { relations: ['rival'], jitterMs: 90_000 },
  { relations: ['rival', 'landlord'], jitterMs: 30_000 },
]

const site = (...those: (typeof relations)[number][]) => ({
  relations: those.map((relation) => ({ relation, party: 'bolt' })),
  proofs: [],
})

it('[TR7] holds back by the longest that fits, and nobody else', () => {
  assert.equal(jitterOf(shaping, site('rival')), 90_000)
  assert.equal(jitterOf(shaping, site('landlord')), 30_000)
  assert.equal(jitterOf(shaping, site('landlord', 'rival')), 90_000)
  assert.equal(jitterOf(shaping, site('neutral')), 0)
  assert.equal(jitterOf([], site('rival')), 0)
})

it('[TR7] never holds back less for one relation more', () => {
  const some = fc.uniqueArray(fc.constantFrom(...relations))
  fc.assert(
    fc.property(some, fc.constantFrom(...relations), (those, more) => {
      assert.ok(jitterOf(shaping, site(...those, more)) >= jitterOf(shaping, site(...those)))
    }),
  )
})

it('[TR7] asks neither before it was decided nor later than it may', () => {
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  const jitter = fc.integer({ min: 1_000, max: 900_000 })
  fc.assert(
    fc.property(fc.nat(), jitter, chance, (decidedAt, jitterMs, drawn) => {
      const waitMs = heldBackUntil(decidedAt, jitterMs, drawn) - decidedAt
      assert.ok(waitMs >= 0 && waitMs <= jitterMs)
      // What is drawn says it all: neither the moment nor anything else moves it.
      assert.equal(heldBackUntil(0, jitterMs, drawn), waitMs)
    }),
  )
})
