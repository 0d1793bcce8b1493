/** Days, months and business days, against the calendar of the runtime. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import {
  addMonths,
  type BusinessCalendar,
  dayMs,
  deadlineOf,
  formatDay,
  isBusinessDay,
  parseMoment,
} from './day.ts'

const moment = fc.integer({ min: -4e12, max: 8e12 })

it('formats and reads days as the runtime does', () => {
  fc.assert(
    fc.property(moment, (at) => {
      assert.equal(formatDay(at), new Date(at).toISOString().slice(0, 10))
      assert.equal(parseMoment(formatDay(at)), Math.floor(at / dayMs) * dayMs)
    }),
  )
  assert.equal(parseMoment('2025-01-21T17:00-08:00'), Date.parse('2025-01-22T01:00:00Z'))
  assert.equal(parseMoment('2025-02-29'), null)
  assert.equal(parseMoment('2025-01-21T24:00Z'), null)
})

it('ends a month where the month ends', () => {
  assert.equal(formatDay(addMonths(Date.UTC(2024, 0, 31), 1)), '2024-02-29')
  assert.equal(formatDay(addMonths(Date.UTC(2025, 11, 15), 1)), '2026-01-15')
  assert.equal(formatDay(addMonths(Date.UTC(2025, 0, 15), -1)), '2024-12-15')
})

const pacific: BusinessCalendar = { offsetMinutes: -480, weekend: [5, 6], holidays: ['2025-07-04'] }
const calendar = fc.record({
  offsetMinutes: fc.integer({ min: -840, max: 840 }),
  weekend: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { maxLength: 6 }),
  holidays: fc.array(
    moment.map((at) => formatDay(at)),
    { maxLength: 5 },
  ),
}) as fc.Arbitrary<BusinessCalendar>

it('[CL10] counts no weekend and no holiday, and ends at the end of the last day there', () => {
  const thursdayEvening = parseMoment('2025-07-03T23:00-08:00') ?? 0
  const end = deadlineOf(thursdayEvening, { days: 2, counted: 'business' }, pacific)
  assert.equal(end + 1, parseMoment('2025-07-09T00:00-08:00'))
})

it('[CL10] a deadline falls on a business day, and a longer window never ends sooner', () => {
  fc.assert(
    fc.property(moment, fc.integer({ min: 1, max: 40 }), calendar, (from, days, where) => {
      const end = deadlineOf(from, { days, counted: 'business' }, where)
      assert.ok(isBusinessDay(end, where))
      assert.ok(end < deadlineOf(from, { days: days + 1, counted: 'business' }, where))
      assert.ok(end <= deadlineOf(from + dayMs, { days, counted: 'business' }, where))
      assert.ok(end >= deadlineOf(from, { days, counted: 'calendar' }, where))
    }),
  )
})
