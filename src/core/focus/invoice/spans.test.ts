/** Spans are looked up as if all were gone through. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { firstAt, firstFrom } from './spans.ts'

const moment = fc.integer({ min: 0, max: 30 })

it('[FO6] finds the first span that a moment lies in, however they overlap', () => {
  const span = fc.record({ from: moment, to: moment })
  let found = 0
  fc.assert(
    fc.property(fc.array(span, { maxLength: 12 }), (spans) => {
      const first = firstAt(spans)
      for (let at = -1; at <= 31; at += 1) {
        const expected = spans.find(({ from, to }) => at >= from && at < to) ?? null
        assert.equal(first(at), expected)
        found += expected ? 1 : 0
      }
    }),
    { numRuns: 300 },
  )
  assert.ok(found > 1_000, `${found} found`)
})

it('[FO6] finds the first moment that is not before another', () => {
  const sorted = fc.array(moment).map((all) => all.sort((a, b) => a - b))
  fc.assert(
    fc.property(sorted, moment, (all, at) => {
      const expected = all.findIndex((each) => each >= at)
      assert.equal(
        firstFrom(all, at, (each) => each),
        expected < 0 ? all.length : expected,
      )
    }),
  )
})
