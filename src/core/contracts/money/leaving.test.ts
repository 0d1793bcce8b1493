/** What leaving costs on any day, where that steps, and on which day it is cheapest. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import type { Clause } from '../../domain/clause.ts'
import { dayMs, formatDay } from '../../domain/day.ts'
import type { Ms } from '../../domain/time.ts'
import { type Amount, formatAmount } from '../amount.ts'
import { contract, day } from '../draw.test.ts'
import { acceptedUnder } from './account.ts'
import { type LeavingPoint, leaving, leavings, type UsedUp } from './leaving.ts'

function usedBy(now: Ms, clauses: readonly Clause[], more: Partial<UsedUp> = {}): UsedUp {
  return { now, hours: {}, spent: {}, drawn: {}, accepted: acceptedUnder(clauses), ...more }
}

function agreement(text: string) {
  const { clauses } = contract(text)
  const end = clauses.find((each) => each.kind === 'term_end')
  assert.ok(end)
  return { clauses, end }
}

function curve(text: string, now: string, more: Partial<UsedUp> = {}): readonly LeavingPoint[] {
  const { clauses, end } = agreement(text)
  const points = leavings(end, clauses, usedBy(day(now), clauses, more))
  assert.ok(points)
  return points
}

function dollars(amount: Amount): string {
  return formatAmount(amount).replace(/\.00$/, '')
}

function told(points: readonly LeavingPoint[]) {
  return points.map(({ at, because, remaining, ways, before, total, isCheapest }) => {
    const why = because.map((each) => each.why).join('+')
    const out = ways.map(({ way, costs }) => `${way} ${dollars(costs)}`).join(', ')
    const all = `${dollars(before)} = ${dollars(total)}${isCheapest ? ' cheapest' : ''}`
    return `${formatDay(at)} ${why}: ${dollars(remaining)}; ${out}; ${all}`
  })
}

const end = '- {kind: term_end, id: end, notice: 30 days, exit_fee: 50%, to: 2025-07-01}\n'
const block = `- {kind: take_or_pay, id: block, quantity: 1 accelerators, accelerator: H100,
   interval: quarter, price_per_hour: 1.00, to: 2025-07-01}\n`

it('[CL122] the way out is told wherever it steps, and the day on which it is cheapest', () => {
  // Ninety days and ninety-one at twenty-four dollars.
  assert.deepEqual(told(curve(end + block, '2025-01-01')), [
    '2025-01-01 today: $4,344; leave $2,172; $0 = $2,172 cheapest',
    '2025-04-01 interval: $2,184; leave $1,092; $2,160 = $3,252',
    '2025-06-01 notice: $2,184; leave $1,092; $2,160 = $3,252',
    '2025-07-01 interval+end: $0; leave $0; $4,344 = $4,344',
  ])
})

it('[CL122] what was used of the present interval is to be paid no more', () => {
  const [now, next] = curve(end + block, '2025-02-01', { hours: { 'deal/block': 160 } })
  assert.deepEqual(
    [now?.remaining, next?.remaining].map((each) => dollars(each ?? 0n)),
    ['$4,184', '$2,184'],
  )
})

it('[CL122] what comes back of what is paid ahead comes off, and what is not paid is due', () => {
  const ahead = `- {kind: prepay, id: a, form: prepay, amount: $100, paid: 2025-01-01, refund: 50%,
   to: 2025-03-01}
- {kind: prepay, id: b, form: prepay, amount: $1000, paid: 2025-02-01, refund: 20%,
   to: 2025-07-01}\n`
  assert.deepEqual(told(curve(end + ahead, '2025-01-15', { drawn: { 'deal/a': 40_000_000n } })), [
    '2025-01-15 today: $0; leave -$30; $0 = -$30 cheapest',
    '2025-02-01 payment: $0; leave -$230; $1,000 = $770',
    // What was paid ahead for a time that is over comes back no more.
    '2025-03-01 terms: $0; leave -$200; $1,000 = $800',
    '2025-06-01 notice: $0; leave -$200; $1,000 = $800',
    '2025-07-01 terms+end: $0; leave -$200; $1,000 = $800',
  ])
})

it('[CL122] what is missing at a milestone is charged there, and to be paid no more', () => {
  const spend = (shortfall: string) => {
    const terms = `total: $900, milestones: [{at: 2025-03-01, dollars: $400}], to: 2025-07-01`
    const text = `${end}- {kind: spend_commit, id: spend, shortfall: ${shortfall}, ${terms}}`
    return told(curve(text, '2025-01-15', { spent: { 'deal/spend': 100_000_000n } }))
  }
  assert.deepEqual(spend('charged'), [
    '2025-01-15 today: $800; leave $400; $0 = $400 cheapest',
    '2025-03-01 milestone: $500; leave $250; $300 = $550',
    '2025-06-01 notice: $500; leave $250; $300 = $550',
    '2025-07-01 milestone+end: $0; leave $0; $800 = $800',
  ])
  // Where nothing is charged, whoever waits owes nothing.
  assert.deepEqual(spend('none').at(-1), '2025-07-01 milestone+end: $0; leave $0; $0 = $0 cheapest')
})

it('[CL122] capacity may be got rid of instead, as long as its notice can be kept', () => {
  const resale =
    '- {kind: cancel_resale_pause, id: out, notice: 30 days, resale: 80%, pause: 10%}\n'
  const points = told(curve(end + block + resale, '2025-05-02'))
  assert.deepEqual(points, [
    // Sixty days are left, of which half come after its notice.
    [
      '2025-05-02 today: $2,184; leave $1,092, resale $1,310.40, pause $2,074.80',
      '$0 = $1,092 cheapest',
    ].join('; '),
    '2025-06-01 notice+terms: $2,184; leave $1,092; $0 = $1,092',
    '2025-07-01 interval+end: $0; leave $0; $2,184 = $2,184',
  ])
  const dear = end.replace('50%', '100%')
  const [first] = curve(dear + block + resale, '2025-05-02')
  assert.deepEqual(
    first?.ways.map(({ way }) => way),
    ['resale', 'pause', 'leave'],
  )
  const others = resale.replace('resale: 80%', 'resale: 80%, scope: {accelerator: TPU}')
  const [bare] = curve(end + block + others, '2025-05-02')
  assert.deepEqual(
    bare?.ways.map(({ way }) => way),
    ['leave'],
  )
})

it('[CL122] a commitment without an end has no curve, and one that begins later counts', () => {
  const endless = agreement(end + block)
  const clauses = endless.clauses.map((each) => {
    return each.kind === 'take_or_pay' ? { ...each, to: null } : each
  })
  const now = day('2025-01-01')
  assert.equal(leavings(endless.end, clauses, usedBy(now, clauses)), null)
  const later = block.replace('to: 2025-07-01', 'from: 2025-04-01, to: 2025-07-01')
  const [today] = curve(end + later, '2025-01-01')
  assert.equal(dollars(today?.remaining ?? 0n), '$2,184')
})

const share = fc.integer({ min: 0, max: 100 }).map((percent) => `${percent}%`)
const month = fc.integer({ min: 0, max: 5 }).map((months) => `2025-0${months + 1}-01`)

/** An agreement until July with two of each that makes leaving dearer or cheaper. */
const anyTerms = fc
  .record({
    ...{ fee: share, refund: share, resale: share, pause: share },
    ...{ paid: month, milestone: month, step: month, notice: fc.integer({ min: 0, max: 90 }) },
    interval: fc.constantFrom('hour', 'month', 'quarter'),
    shortfall: fc.constantFrom('charged', 'none'),
  })
  .map((terms) => {
    const { fee, refund, resale, pause, paid, milestone, step, notice } = terms
    const duty = 'quantity: 8 accelerators, accelerator: H100, price_per_hour: 1.37'
    return `${end.replace('50%', fee)}
- {kind: take_or_pay, id: block, ${duty}, interval: ${terms.interval}, to: 2025-07-01,
   steps: [{from: ${step}, quantity: 3 accelerators}]}
- {kind: take_or_pay, id: later, ${duty}, interval: month, from: 2025-03-11, to: 2025-06-05}
- {kind: spend_commit, id: spend, total: $9000, shortfall: ${terms.shortfall}, to: 2025-07-01,
   milestones: [{at: ${milestone}, dollars: $4000}]}
- {kind: prepay, id: ahead, form: prepay, amount: $700, paid: ${paid}, refund: ${refund},
   to: 2025-07-01}
- {kind: cancel_resale_pause, id: out, notice: ${notice} days, resale: ${resale}, pause: ${pause}}`
  })

const used: Partial<UsedUp> = {
  spent: { 'deal/spend': 123_456_789n },
  drawn: { 'deal/ahead': 55_000_000n },
}

it('[CL122] what is told of a day to come is what is told on it, if nothing more is used', () => {
  const days = fc.integer({ min: 0, max: 180 })
  fc.assert(
    fc.property(anyTerms, days, days, (text, a, b) => {
      const { clauses, end: last } = agreement(text)
      const [now, then] = [Math.min(a, b), Math.max(a, b)].map((n) => day('2025-01-01') + n * dayMs)
      assert.ok(now !== undefined && then !== undefined)
      const foretold = leaving(last, clauses, usedBy(now, clauses, used))?.(then)
      const answer = leaving(last, clauses, usedBy(then, clauses, used))?.(then)
      assert.ok(foretold && answer)
      const { before, total, ...rest } = foretold
      const { before: none, total: costs, ...same } = answer
      assert.deepEqual(rest, same)
      assert.deepEqual([none, costs], [0n, total - before])
    }),
    { numRuns: 60 },
  )
})

it('[CL122] every day less is left and more came due, and none is cheaper than the marked', () => {
  fc.assert(
    fc.property(anyTerms, fc.integer({ min: 0, max: 180 }), (text, from) => {
      const { clauses, end: last } = agreement(text)
      const now = day('2025-01-01') + from * dayMs
      const state = usedBy(now, clauses, used)
      const points = leavings(last, clauses, state)
      const at = leaving(last, clauses, state)
      assert.ok(points && at)
      const [cheapest, ...others] = points.filter(({ isCheapest }) => isCheapest)
      assert.ok(cheapest && others.length === 0)
      let before = at(now)
      for (let then = now; then <= day('2025-07-01'); then += dayMs) {
        const here = at(then)
        assert.ok(here.remaining <= before.remaining && here.before >= before.before)
        assert.ok(here.fee <= here.remaining)
        for (const { way, costs } of here.ways)
          if (way !== 'leave') assert.ok(costs <= here.remaining)
        // Prices by the hour are rounded: a cent may lie between.
        assert.ok(here.total >= cheapest.total - 10_000n, `${formatDay(then)} is cheaper`)
        before = here
      }
    }),
    { numRuns: 40 },
  )
})
