/** What may come and may not: as we expect it, at its worst, and against a forecast of ours. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { dayMs, formatDay } from '../../domain/day.ts'
import { amountOf, formatAmount } from '../amount.ts'
import { calendar } from '../calendar.ts'
import { clauseOf, contract, day } from '../draw.test.ts'
import { backstop, optionRange, optionValue } from './contingent.ts'
import { exposures } from './exposure.ts'

function backstopOf(more: string) {
  const cap = 'cap: $6.3B, quantity: 1000 accelerators, accelerator: H100'
  return clauseOf('backstop_purchase', `- {kind: backstop_purchase, ${cap}${more}}`)
}

it('[CL120] what a backstop is expected to come to is said, and is ours, or is not known', () => {
  const unsaid = backstop(backstopOf(''))
  assert.deepEqual([unsaid.expected, unsaid.expectedAccelerators], [null, null])
  const clause = backstopOf(', expected: 30%')
  const { expected, worst, expectedAccelerators, accelerators } = backstop(clause)
  assert.deepEqual([formatAmount(expected ?? 0n), formatAmount(worst)], ['$1.89B', '$6.3B'])
  assert.deepEqual([expectedAccelerators, accelerators], [300, 1_000])
  assert.deepEqual(clause.assumed, ['expected'])
})

it('[CL120] no more is expected than at worst, in dollars and in capacity', () => {
  const share = fc.integer({ min: 0, max: 1_000_000 })
  const cap = fc.integer({ min: 1, max: 1e12 })
  const clause = backstopOf('')
  fc.assert(
    fc.property(share, cap, (expectedPpm, capDollars) => {
      const told = backstop({ ...clause, expectedPpm, capDollars })
      assert.ok((told.expected ?? -1n) >= 0n && (told.expected ?? 0n) <= told.worst)
      const most = told.accelerators ?? 0
      assert.ok((told.expectedAccelerators ?? -1) >= 0 && (told.expectedAccelerators ?? 0) <= most)
    }),
  )
})

it('[CL120] what may come to a supplier stands beside what is at risk there, never in it', () => {
  const cap = 'quantity: 8 accelerators, accelerator: H100'
  const { clauses } = contract(`- {kind: prepay, form: prepay, amount: $500, paid: 2025-01-01}
- {kind: backstop_purchase, id: a, cap: $900, expected: 50%, ${cap}, to: 2025-06-01}
- {kind: backstop_purchase, id: b, cap: $100, ${cap}, from: 2025-03-01}`)
  const told = (at: string, of = clauses) => {
    return exposures(of, { used: {} }, day(at)).map(({ atRisk, mayCome: { worst, expected } }) => {
      return [atRisk, worst, expected].map((each) => each && formatAmount(each))
    })
  }
  assert.deepEqual(told('2025-02-01'), [['$500.00', '$900.00', '$450.00']])
  // Of one of them nobody said what to expect.
  assert.deepEqual(told('2025-03-01'), [['$500.00', '$1,000.00', null]])
  assert.deepEqual(told('2025-06-01'), [['$500.00', '$100.00', null]])
  const both = exposures(clauses, { used: {} }, day('2025-03-01'))[0]?.mayCome
  assert.deepEqual(both?.capacity, [
    { accelerator: 'H100', accelerators: 16, expectedAccelerators: null },
  ])
  const [early] = exposures(clauses, { used: {} }, day('2025-02-01'))
  assert.equal(formatDay(early?.mayCome.until ?? 0), '2025-06-01')
  assert.equal(early?.mayCome.capacity[0]?.expectedAccelerators, 4)
  const bare = clauses.filter(({ kind }) => kind === 'backstop_purchase')
  assert.deepEqual(told('2025-02-01', bare), [[0n, '$900.00', '$450.00']])
})

it('[CL120] the last day of a backstop is in the calendar, with what it may come to', () => {
  const cap = 'cap: $2M, quantity: 8 accelerators, accelerator: H100'
  const law = contract(`- {kind: backstop_purchase, id: a, ${cap}, expected: 25%, to: 2025-06-01}
- {kind: backstop_purchase, id: b, ${cap}, to: 2025-07-01}`)
  const most = '$2M for 8 accelerators of H100 at most'
  const what = `last moment to have us buy what is unsold: ${most}`
  assert.deepEqual(
    calendar([law], [], day('2025-03-01')).map(({ at, by, assumed, ...each }) => {
      return [formatDay(at), by, each.what, ...assumed]
    }),
    [
      [
        '2025-06-01',
        'incumbent',
        `${what}, $500,000.00 for 2 accelerators as we expect`,
        'expected',
      ],
      ['2025-07-01', 'incumbent', what],
    ],
  )
})

const option = `- {kind: expansion_option, quantity: 100 accelerators, accelerator: H100,
   strike_per_hour: 2.00, term: 20 days`

function optionOf(forecast: string) {
  return clauseOf('expansion_option', `${option}${forecast}}`)
}

it('[CL121] an option is worth what it saves by day against the forecast', () => {
  const clause = optionOf(`, forecast: [
     { from: 2025-03-01, price_per_hour: { least: 1.50, likely: 3, most: 4 },
       accelerators: { least: 0, likely: 50, most: 200 } },
     { from: 2025-03-11, price_per_hour: 2.50, accelerators: 100 }]`)
  assert.deepEqual(clause.assumed, ['forecast'])
  const told = (now: string) => {
    const found = optionRange(clause, day(now))
    assert.ok(found)
    const { from, least, likely, most } = found
    return [
      formatDay(from),
      ...[least, likely, most].map(({ value, breakEvenPerHour }) => {
        return `${formatAmount(value)} ${(breakEvenPerHour ?? 0) / 1e6}`
      }),
    ]
  }
  // Ten days as the first of them says, and ten as the second does, which lasts.
  assert.deepEqual(told('2025-02-01'), [
    '2025-03-01',
    '$12,000.00 4',
    '$24,000.00 2.666667',
    '$60,000.00 2',
  ])
  assert.deepEqual(told('2025-03-11'), [
    '2025-03-11',
    '$24,000.00 2',
    '$24,000.00 2',
    '$24,000.00 2',
  ])
  assert.equal(optionRange(optionOf(''), day('2025-02-01')), null)
  const idle = optionOf(', forecast: [{ from: 2025-03-01, price_per_hour: 9, accelerators: 0 }]')
  const nothing = { value: 0n, breakEvenPerHour: null }
  assert.deepEqual(optionRange(idle, day('2025-03-01'))?.likely, nothing)
})

it('[CL121] no less is saved at most than at least, nor more than the dearest market gives', () => {
  const clause = optionOf('')
  const three = (max: number) => {
    const bound = fc.integer({ min: 0, max })
    return fc.tuple(bound, bound, bound).map((all) => {
      const [least = 0, likely = 0, most = 0] = all.toSorted((a, b) => a - b)
      return { least, likely, most }
    })
  }
  const outlook = fc.record({
    days: fc.integer({ min: 0, max: 40 }),
    perHour: three(5_000_000),
    accelerators: three(150),
  })
  fc.assert(
    fc.property(fc.array(outlook, { minLength: 1, maxLength: 4 }), (all) => {
      const forecast = [...new Map(all.map((each) => [each.days, each])).values()]
        .toSorted((a, b) => a.days - b.days)
        .map(({ days, ...each }) => ({ ...each, from: day('2025-02-01') + days * dayMs }))
      const found = optionRange({ ...clause, forecast }, day('2025-02-10'))
      assert.ok(found)
      const { least, likely, most } = found
      assert.ok(least.value <= likely.value && likely.value <= most.value)
      assert.ok(least.value >= 0n)
      const highest = Math.max(...forecast.map(({ perHour }) => perHour.most))
      const sure = [{ likelyPpm: 1_000_000, pricePerHour: highest, accelerators: 100 }]
      // Each stretch of the forecast is rounded by itself.
      assert.ok(most.value <= (optionValue(clause, sure) ?? 0n) + 4n)
      for (const { breakEvenPerHour } of [least, likely, most]) {
        assert.ok(breakEvenPerHour === null || breakEvenPerHour >= clause.strikePerHour)
      }
    }),
  )
})

it('[CL121] taking and leaving come to the same where the market costs its price', () => {
  const clause = optionOf('')
  const worth = (pricePerHour: number) => {
    return optionValue(clause, [{ likelyPpm: 1_000_000, pricePerHour, accelerators: 100 }])
  }
  assert.deepEqual([worth(2_000_000), worth(1_000_000)], [0n, 0n])
  assert.equal(worth(3_000_000), amountOf(100 * 20 * 24))
})
