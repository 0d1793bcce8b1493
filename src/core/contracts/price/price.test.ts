/** What accelerators cost by clauses: at once, in tiers, and as an index moves. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Price } from '../../domain/clause.ts'
import type { LawRecord } from '../../domain/contract.ts'
import { dayMs } from '../../domain/day.ts'
import { clauseOf, contract, day } from '../draw.test.ts'
import { agreed, type Rented } from './agreed.ts'
import { type Levels, levelsAt, type Notes } from './levels.ts'
import { hasRate, phraseRate, rateOf, rateUnder } from './rate.ts'

const always = Number.POSITIVE_INFINITY
const unknown: Levels = () => ({ is: 'unknown' })

const price = (pricing: string, more = '') =>
  clauseOf('price', `- {kind: price${more}, pricing: {${pricing}}}`)

const tiered = price(
  'form: tiered, tiers: [{accelerators: 100, price_per_hour: 2.00}, ' +
    '{accelerators: 0, price_per_hour: 2.50}]',
)
const indexed = price(
  'form: indexed, index: power, base: 100, unit: USD/MWh, stale_after: 40 days, ' +
    'price_per_hour: 2.20, floor_per_hour: 2.10, cap_per_hour: 2.60',
)

/** `day value` for each level, noted on the day `notedOn`. */
function note(id: number, notedOn: string, levels: readonly string[], unit = 'USD/MWh'): Notes {
  const told = levels.map((each) => {
    const [at = '', value] = each.split(' ')
    return { at: day(at), value: Number(value) }
  })
  return {
    ...{ id: `f${id}`, kind: 'index', index: 'power', unit, by: 'ann', document: 'exchange' },
    ...{ levels: told, at: Math.max(...told.map(({ at }) => at)), notedAt: day(notedOn) },
  }
}

/** An hour of one accelerator on a day, by what was known on a day, and how it comes to that. */
function moved(records: readonly LawRecord[], at: string, known: string | null = null) {
  const levels = levelsAt(records, { at: day(at), known: known ? day(known) : always })
  const rate = rateUnder(indexed, { held: 0, accelerators: 1 }, levels)
  return `${(rate?.pricePerHour ?? 0) / 1e6} ${rate?.how}`
}

describe('an index', () => {
  const notes = [
    note(1, '2025-03-02', ['2025-03-01 100']),
    note(2, '2025-04-02', ['2025-04-01 110']),
    note(3, '2025-04-20', ['2025-03-01 104']),
  ]

  it('[CL111] moves a price by its newest reading that is due', () => {
    assert.equal(moved(notes, '2025-03-31'), '2.288 power at 104 USD/MWh on 2025-03-01')
    assert.equal(moved(notes, '2025-04-01'), '2.42 power at 110 USD/MWh on 2025-04-01')
    assert.equal(moved(notes, '2025-02-28'), '2.6 its cap, since power is not known')
  })

  it('[CL111] leaves a price at its cap once its last reading is too old', () => {
    assert.equal(moved(notes, '2025-05-10'), '2.42 power at 110 USD/MWh on 2025-04-01')
    const old = '2.6 its cap, since power at 110 USD/MWh on 2025-04-01 is too old'
    assert.equal(moved(notes, '2025-05-11'), old)
  })

  it('[CL111] stays within the bounds of its clause, and says so', () => {
    const bounds = 'power at 1 USD/MWh on 2025-03-01, within its bounds'
    assert.equal(moved([note(1, '2025-03-02', ['2025-03-01 1'])], '2025-03-05'), `2.1 ${bounds}`)
    const high = moved([note(1, '2025-03-02', ['2025-03-01 900'])], '2025-03-05')
    assert.equal(high, '2.6 power at 900 USD/MWh on 2025-03-01, within its bounds')
  })

  it('[CL111] is not moved by readings in another unit', () => {
    const euros = [note(1, '2025-03-02', ['2025-03-01 100'], 'EUR/MWh')]
    assert.equal(moved(euros, '2025-03-05'), '2.6 its cap, since power is not known')
  })

  it('[CL112] a later note changes nothing that was known before', () => {
    const told = '2.2 power at 100 USD/MWh on 2025-03-01'
    assert.equal(moved(notes, '2025-03-31', '2025-04-19'), told)
    assert.equal(moved(notes, '2025-03-31', '2025-04-20'), moved(notes, '2025-03-31'))
    assert.match(moved(notes, '2025-03-31', '2025-03-01'), /power is not known/)
  })

  const level = fc.record({
    day: fc.integer({ min: 0, max: 90 }),
    value: fc.integer({ min: 80, max: 130 }),
    noted: fc.integer({ min: 0, max: 120 }),
  })
  const start = day('2025-03-01')
  const notesOf = (all: readonly { day: number; value: number; noted: number }[]) =>
    all.map(({ day: days, value, noted }, index): Notes => {
      const at = start + days * dayMs
      const base = note(index + 1, '2025-03-01', ['2025-03-01 1'])
      return { ...base, levels: [{ at, value }], at, notedAt: start + noted * dayMs }
    })

  it('[CL112] the order of notes, and what is noted later, change no answer', () => {
    const days = fc.integer({ min: 0, max: 120 })
    fc.assert(
      fc.property(fc.array(level, { maxLength: 12 }), days, days, (all, at, known) => {
        const notes = notesOf(all)
        const asked = (records: readonly Notes[]) => {
          const moment = { at: start + at * dayMs, known: start + known * dayMs }
          return rateUnder(indexed, { held: 0, accelerators: 1 }, levelsAt(records, moment))
        }
        assert.deepEqual(asked([...notes].reverse()), asked(notes))
        const then = notes.filter(({ notedAt }) => notedAt <= start + known * dayMs)
        assert.deepEqual(asked(then), asked(notes))
      }),
    )
  })

  it('[CL111] the higher it stands, the more is paid, between the bounds', () => {
    const value = fc.double({ min: 0.01, max: 1_000, noNaN: true })
    fc.assert(
      fc.property(value, value, (a, b) => {
        const [low, high] = [a, b]
          .sort((x, y) => x - y)
          .map((each) => {
            const levels: Levels = () => {
              const reading = { at: 0, value: each, unit: 'USD/MWh', document: 'exchange' }
              return { is: 'known', reading }
            }
            return rateUnder(indexed, { held: 0, accelerators: 8 }, levels)?.pricePerHour ?? 0
          })
        assert.ok(16_800_000 <= (low ?? 0) && (low ?? 0) <= (high ?? 0))
        assert.ok((high ?? 0) <= 20_800_000)
      }),
    )
  })
})

describe('tiers', () => {
  const hour = (clause: Price, held: number, accelerators: number) => {
    return rateUnder(clause, { held, accelerators }, unknown)?.pricePerHour ?? null
  }

  it('[CL113] each accelerator costs what the tier says that it comes to stand in', () => {
    assert.deepEqual(
      [hour(tiered, 0, 8), hour(tiered, 92, 8), hour(tiered, 96, 8), hour(tiered, 100, 8)],
      [20_000_000, 20_000_000, 18_000_000, 16_000_000],
    )
    const rate = rateUnder(tiered, { held: 96, accelerators: 8 }, unknown)
    assert.ok(rate)
    assert.equal(
      phraseRate(rate, { accelerators: 8 }),
      'deal/price: $2.25 an accelerator, with 96 held',
    )
  })

  it('[CL113] nothing is promised for what stands below the first', () => {
    const late = price('form: tiered, tiers: [{accelerators: 64, price_per_hour: 2.00}]')
    assert.deepEqual(
      [hour(late, 56, 8), hour(late, 63, 8), hour(late, 64, 8)],
      [null, null, 16_000_000],
    )
  })

  it('[CL113] leave no gap between them: bought at once or one by one, all costs the same', () => {
    const tiers = fc.uniqueArray(
      fc.record({
        accelerators: fc.integer({ min: 1, max: 200 }),
        perHour: fc.integer({ min: 1, max: 5_000_000 }),
      }),
      { maxLength: 5, selector: ({ accelerators }) => accelerators },
    )
    const some = fc.integer({ min: 0, max: 150 })
    fc.assert(
      fc.property(tiers, some, some, some, (more, held, a, b) => {
        const all = [{ accelerators: 0, perHour: 3_000_000 }, ...more].sort(
          (x, y) => x.accelerators - y.accelerators,
        )
        const clause: Price = { ...tiered, pricing: { form: 'tiered', tiers: all } }
        const whole = hour(clause, held, a + b) ?? -1
        const parts = (hour(clause, held, a) ?? 0) + (hour(clause, held + a, b) ?? 0)
        assert.equal(whole, parts)
        const prices = all.map(({ perHour }) => perHour)
        assert.ok(whole >= (a + b) * Math.min(...prices) && whole <= (a + b) * Math.max(...prices))
      }),
    )
  })

  it('[CL113] that fall never make the next accelerator dearer', () => {
    const counts = fc.integer({ min: 0, max: 300 })
    fc.assert(
      fc.property(counts, counts, (a, b) => {
        const [fewer, more] = a < b ? [a, b] : [b, a]
        assert.ok((hour(tiered, more, 8) ?? 0) <= (hour(tiered, fewer, 8) ?? 0))
      }),
    )
  })
})

it('[CL38] the lowest price that a clause surely gives holds', () => {
  const { clauses } = contract(`- kind: price
  id: tiers
  pricing:
    form: tiered
    tiers: [{accelerators: 100, price_per_hour: 2.00}, {accelerators: 0, price_per_hour: 2.50}]
- kind: price
  id: power
  pricing:
    form: indexed
    price_per_hour: 2.20
    index: power
    base: 100
    floor_per_hour: 2.10
    cap_per_hour: 2.60`)
  const perHour = (held: number, ...levels: readonly string[]) => {
    const records = levels.map((each, index) => note(index + 1, '2025-03-02', [each]))
    const rate = rateOf(clauses, {
      ...{ supplier: 'incumbent', facts: {}, accelerators: 8, heldUnder: () => held },
      levels: levelsAt(records, { at: day('2025-03-10'), known: always }),
    })
    return (rate?.pricePerHour ?? 0) / 8
  }
  assert.equal(perHour(0), 2_500_000)
  assert.equal(perHour(0, '2025-03-01 100'), 2_200_000)
  assert.equal(perHour(0, '2025-03-01 50'), 2_100_000)
  assert.equal(perHour(100, '2025-03-01 100'), 2_000_000)
})

it('[CL114] neither the best price nor an auction says what an hour costs', () => {
  const forms = [
    'form: mfn, comparators: [rival]',
    'form: auction',
    'form: auction, index: power',
  ].map((each) => price(each))
  const levels = levelsAt([note(1, '2025-03-02', ['2025-03-01 2'])], { at: always, known: always })
  assert.deepEqual(
    forms.map((each) => rateUnder(each, { held: 0, accelerators: 8 }, levels)),
    [null, null, null],
  )
  assert.deepEqual([...forms, tiered, indexed].map(hasRate), [false, false, false, true, true])
})

describe('what was rented', () => {
  const rented = (id: string, from: string, to: string, accelerators = 64): Rented => {
    const base = { supplier: 'incumbent', accelerator: 'H100', workload: null, region: 'us' }
    return { ...base, id, accelerators, from: day(from), to: day(to) }
  }
  const rentals = [
    rented('old', '2025-03-01', '2025-03-10'),
    rented('new', '2025-03-02', '2025-03-20'),
  ]
  const perHour = (clause: Price, id: string, at: string, records: readonly LawRecord[] = []) => {
    return agreed([clause], rentals, records).rateAt(id, day(at))?.pricePerHour ?? null
  }

  it('[CL115] stands in tiers by its age, as long as the older ones last', () => {
    assert.equal(perHour(tiered, 'old', '2025-03-05'), 64 * 2_500_000)
    assert.equal(perHour(tiered, 'new', '2025-03-05'), 36 * 2_500_000 + 28 * 2_000_000)
    assert.equal(perHour(tiered, 'new', '2025-03-10'), 64 * 2_500_000)
    const { turns } = agreed([tiered], rentals, [])
    assert.deepEqual(turns('new').includes(day('2025-03-10')), true)
  })

  it('[CL115] costs what each day says, and nothing is agreed out of the clause', () => {
    const records = [note(1, '2025-03-20', ['2025-03-04 100', '2025-03-06 110'])]
    assert.equal(perHour(indexed, 'new', '2025-03-03', records), 64 * 2_600_000)
    assert.equal(perHour(indexed, 'new', '2025-03-05T23:00Z', records), 64 * 2_200_000)
    assert.equal(perHour(indexed, 'new', '2025-03-06', records), 64 * 2_420_000)
    const short = { ...tiered, to: day('2025-03-08') }
    assert.deepEqual(
      [perHour(short, 'old', '2025-03-07T23:59Z'), perHour(short, 'old', '2025-03-08')],
      [64 * 2_500_000, null],
    )
    const elsewhere = price('form: fixed, price_per_hour: 1', ', scope: {region: eu}')
    assert.equal(perHour(elsewhere, 'old', '2025-03-05'), null)
  })

  it('[CL115] comes to the same together, whatever order it is told in', () => {
    const one = fc.record({
      from: fc.integer({ min: 0, max: 20 }),
      days: fc.integer({ min: 1, max: 20 }),
      accelerators: fc.integer({ min: 1, max: 90 }),
    })
    fc.assert(
      fc.property(fc.array(one, { maxLength: 8 }), fc.integer({ min: 0, max: 40 }), (all, days) => {
        const at = day('2025-03-01') + days * dayMs
        const told = all.map(({ from, days: length, accelerators }, index) => {
          const start = day('2025-03-01') + from * dayMs
          const base = rented(`r${index}`, '2025-03-01', '2025-03-01', accelerators)
          return { ...base, from: start, to: start + length * dayMs }
        })
        const running = told.filter(({ from, to }) => from <= at && at < to)
        const sum = (rentals: readonly Rented[]) => {
          const { rateAt } = agreed([tiered], rentals, [])
          return running.reduce((all, { id }) => all + (rateAt(id, at)?.pricePerHour ?? 0), 0)
        }
        const held = running.reduce((count, each) => count + (each.accelerators ?? 0), 0)
        // Together they fill the tiers from below.
        assert.equal(
          sum(told),
          rateUnder(tiered, { held: 0, accelerators: held }, unknown)?.pricePerHour,
        )
        assert.equal(sum([...told].reverse()), sum(told))
      }),
    )
  })
})
