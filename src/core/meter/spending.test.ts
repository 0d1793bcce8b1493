/** What was spent on which day, and what budgets have left. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import type { Charge } from '../domain/charge.ts'
import { dayMs } from '../domain/day.ts'
import { costOf } from '../domain/money.ts'
import type { Budget } from '../domain/supplier.ts'
import { count, purses, type Spending, spanOf } from './spending.ts'

const hour = 3_600_000
const may = Date.parse('2026-05-01')

function charge(from: number, to: number | null, more: Partial<Charge> = {}): Charge {
  const pricePerHour = 10_000_000
  return {
    ...{ id: `acme/${from}`, supplier: 'acme', rental: `${from}`, lease: `l${from}` },
    ...{ workload: 'train', team: 'nlp', account: 'usage', accelerator: 'H100', accelerators: 8 },
    ...{ pricePerHour, from, to, amount: to === null ? 0 : costOf(pricePerHour, to - from) },
    ...more,
  }
}

const monthly: Budget = { of: 'everything', name: '', amount: 100_000_000, per: 'month' }

const charged = {
  ...{ id: 'train.0.1', workload: 'train', supplier: 'acme', state: 'held', calls: 1 },
  pricePerHourMax: 40_000_000,
}

function spentOf(budget: Partial<Budget>, now: number, closed: Charge[], open: Charge[] = []) {
  const spending: Spending = new Map()
  for (const each of closed) count(spending, each)
  const whole: Budget = {
    of: 'everything',
    name: '',
    amount: 1_000_000_000,
    per: 'month',
    ...budget,
  }
  return purses([whole], { closed: spending, open, leases: [], now })[0]?.spent
}

it('[MT5] a budget counts what its span, its team, its workload and its supplier spent', () => {
  const all = [charge(may - hour, may + hour), charge(may, may + hour, { team: 'vision' })]
  assert.equal(spentOf({}, may + dayMs, all), 20_000_000)
  assert.equal(spentOf({ per: 'year' }, may + dayMs, all), 30_000_000)
  assert.equal(spentOf({ of: 'team', name: 'nlp' }, may + dayMs, all), 10_000_000)
  assert.equal(spentOf({ of: 'supplier', name: 'acme' }, may + dayMs, all), 20_000_000)
  assert.equal(spentOf({ of: 'supplier', name: 'bolt' }, may + dayMs, all), 0)
  assert.equal(spentOf({ of: 'workload', name: 'train' }, may + dayMs, all), 20_000_000)
  assert.equal(spentOf({ of: 'workload', name: 'serve' }, may + dayMs, all), 0)
  assert.equal(spentOf({ per: 'day' }, may + dayMs, all), 0)
  assert.equal(spentOf({ per: 'day' }, may + hour, all), 20_000_000)
  const tomorrow = charge(may + dayMs, may + dayMs + hour)
  assert.equal(spentOf({ per: 'day' }, may + hour, [tomorrow]), 0)
})

it('[MT5] what is closed, what runs and what nobody knows of count for whom they are', () => {
  const { team: _, ...nobody } = charge(may + 1, may + hour + 1, { workload: null })
  const spending: Spending = new Map()
  for (const each of [charge(may, may + hour), nobody]) count(spending, each)
  const other = { workload: 'serve', team: 'vision', supplier: 'bolt' }
  const lease = { ...charged, ...other, id: 'x', state: 'unsure', intendedAt: may }
  const runs = { ...charge(may, null, other), id: 'bolt/r', lease: 'held' }
  const held = { ...lease, id: 'held', state: 'held' }
  const left = (of: Budget['of'], name: string) => {
    const budget: Budget = { of, name, amount: 100_000_000, per: 'day' }
    const leases = [lease, held] as never
    const books = { closed: spending, open: [runs], leases, now: may + hour }
    const [purse] = purses([budget], books)
    assert.equal((purse?.left ?? 0) + (purse?.spent ?? 0), budget.amount)
    return (purse?.left ?? 0) / 1e6
  }
  // Twice $10 that is closed, $10 that runs, and $40 at its ceiling.
  assert.equal(left('everything', ''), 30)
  const ours = [left('team', 'nlp'), left('workload', 'train'), left('supplier', 'acme')]
  assert.deepEqual(ours, [90, 90, 80])
  const theirs = [left('team', 'vision'), left('workload', 'serve'), left('supplier', 'bolt')]
  assert.deepEqual(theirs, [50, 50, 50])
})

it('[MT5] what runs counts up to now, from the beginning of the span', () => {
  assert.equal(spentOf({}, may + hour, [], [charge(may - dayMs, null)]), 10_000_000)
})

it('[MT7] what runs counts from when it was intended, whatever its supplier says', () => {
  const lease = { ...charged, intendedAt: may }
  const spent = (skewMs: number) => {
    const open = [charge(may + skewMs, null, { lease: lease.id })]
    const books = { closed: new Map(), open, leases: [lease as never], now: may + hour }
    return purses([monthly], books).map((purse) => purse.spent)
  }
  assert.deepEqual([-hour, 0, 3 * hour].map(spent), [[10_000_000], [10_000_000], [10_000_000]])
})

it('[MT5] [MT7] what was closed just now counts as what it came to', () => {
  assert.equal(spentOf({}, may + 3 * hour, [], [charge(may - hour, may + hour)]), 10_000_000)
  const open = [charge(may + hour, may + 2 * hour, { lease: charged.id })]
  const leases = [{ ...charged, intendedAt: may } as never]
  const books = { closed: new Map(), open, leases, now: may + 3 * hour }
  assert.equal(purses([monthly], books)[0]?.spent, 10_000_000)
})

it('[MT5] what nobody knows the outcome of counts at its ceiling', () => {
  const lease = { ...charged, state: 'unsure', intendedAt: may }
  const books = { closed: new Map(), open: [], leases: [lease as never], now: may + hour }
  assert.deepEqual(purses([monthly], books), [
    { budget: monthly, spent: 40_000_000, left: 60_000_000, until: Date.parse('2026-06-01') },
  ])
  for (const unasked of [{ calls: 0 }, { state: 'gone' }]) {
    const none = { ...lease, ...unasked } as never
    assert.equal(purses([monthly], { ...books, leases: [none] })[0]?.spent, 0)
  }
  const heldBack = { ...(lease as object), notBefore: may + hour } as never
  assert.equal(purses([monthly], { ...books, leases: [heldBack] })[0]?.spent, 0)
})

it('[MT6] days add up to the charge, to the micro-dollar', () => {
  const spans = fc.tuple(
    fc.integer({ min: 0, max: 3 * 365 * dayMs }),
    fc.integer({ min: 0, max: 40 * dayMs }),
    fc.integer({ min: 0, max: 1_000_000_007 }),
  )
  fc.assert(
    fc.property(spans, ([from, span, pricePerHour]) => {
      const spending: Spending = new Map()
      const one = charge(from, from + span, { pricePerHour, amount: costOf(pricePerHour, span) })
      count(spending, one)
      const days = [...(spending.get('team:nlp')?.values() ?? [])]
      assert.equal(
        days.reduce((a, b) => a + b, 0),
        one.amount,
      )
      assert.ok(days.every((each) => each >= 0))
    }),
  )
})

it('[MT6] spans follow each other without gap, through all months', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 4e12 }),
      fc.constantFrom('day', 'month', 'year'),
      (at, per) => {
        const { from, to } = spanOf(per as Budget['per'], at)
        assert.ok(from <= at && at < to)
        assert.equal(spanOf(per as Budget['per'], to).from, to)
      },
    ),
  )
})
