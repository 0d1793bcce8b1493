/**
 * Any ledger and any invoice: what is billed and what is owed are told whole, each dollar once; and
 * a line that is changed in one way is told for that.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Charge } from '../../domain/charge.ts'
import { formatMoment } from '../../domain/day.ts'
import { costOf, sum } from '../../domain/money.ts'
import {
  april,
  block,
  charge,
  compared,
  contracts,
  exported,
  hour,
  invoiceOf,
  may,
  paidAhead,
} from '../stage.test.ts'
import type { Verdict } from './compare.ts'

const day = 24 * hour
const june = may + 31 * day

const charges: fc.Arbitrary<readonly Charge[]> = fc
  .array(
    fc.record({
      from: fc.integer({ min: 0, max: 20 * 24 * 3_600 }),
      seconds: fc.integer({ min: 3_600, max: 9 * 24 * 3_600 }),
      price: fc.integer({ min: 1_000_000, max: 90_000_007 }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((all) =>
    all.map(({ from, seconds, price }, index) => {
      const [start, span] = [may + from * 1_000, seconds * 1_000]
      const more = { pricePerHour: price, amount: costOf(price, span) }
      return charge(`r${index}`, start, start + span, more)
    }),
  )

const head = 'invoice,rental,commitment,category,hours,amount,currency,from,to\n'

interface Line {
  readonly rental: string
  readonly amount: number
  readonly from: number
  readonly to: number
  readonly hours?: number
  readonly clause?: string
  readonly category?: string
}

function textOf({ rental, amount, from, to, hours, clause = '', category = '' }: Line): string {
  const span = `${formatMoment(from)},${formatMoment(to)}`
  const dollars = (amount / 1e6).toFixed(6)
  return `I,${rental},${clause},${category},${hours ?? ''},${dollars},USD,${span}\n`
}

/** What a supplier that is right would write. */
const right = ({ rental, amount, from, to }: Charge) => {
  const [start, end] = [from, to ?? from]
  return { rental, amount, from: start, to: end, hours: (end - start) / hour }
}

type Told = readonly (readonly [Line, Verdict])[]

/** Ways in which a line may be wrong, and what is told of each line that comes of it. */
const ways: Readonly<Record<string, (line: Line & { readonly hours: number }) => Told>> = {
  right: (line) => [[line, 'same']],
  dear: (line) => [[{ ...line, amount: line.amount + 2_000_000 }, 'dearer']],
  cheap: (line) => [[{ ...line, amount: line.amount - 700_000 }, 'cheaper']],
  long: (line) => [[{ ...line, amount: line.amount * 2, hours: line.hours * 2 }, 'more hours']],
  short: (line) => {
    return [
      [{ ...line, amount: Math.round(line.amount / 2), hours: line.hours / 2 }, 'fewer hours'],
    ]
  },
  twice: (line) => [
    [line, 'same'],
    [line, 'billed twice'],
  ],
  foreign: (line) => [[{ ...line, rental: `not-${line.rental}` }, 'not ours']],
  early: (line) => [[{ ...line, from: april, to: april + day }, 'not then']],
  nameless: (line) => [[{ ...line, rental: '' }, 'unknown']],
  taxed: (line) => [[{ ...line, category: 'Tax' }, 'tax']],
  left: () => [],
}
const names = Object.keys(ways)
/** Those that ask for what is owed: of all others it is told that nobody does. */
const asking = ['right', 'dear', 'cheap', 'long', 'short', 'twice']

/** An adjustment of nothing, so that the invoice is about all of the time. */
const whole: Line = { rental: '', amount: 0, from: may, to: june, category: 'Adjustment' }

describe('any invoice', () => {
  it('[FO13] each line is told for what is wrong with it, and so is what is left out', () => {
    const seen = new Map(names.map((name) => [name, 0]))
    const picks = fc.array(fc.constantFrom(...names), { minLength: 6, maxLength: 6 })
    fc.assert(
      fc.property(charges, picks, (all, picked) => {
        const told = all.flatMap((each, index) => {
          const name = picked[index] ?? 'right'
          seen.set(name, (seen.get(name) ?? 0) + 1)
          return ways[name]?.(right(each)) ?? []
        })
        const lines = [...told.map(([line]) => line), whole]
        const invoice = invoiceOf(head + lines.map(textOf).join(''))
        const rows = compared({ charges: all, invoices: [invoice], now: june })
        const verdicts = new Map(rows.map(({ line, verdict }) => [line, verdict]))
        for (const [index, [, verdict]] of told.entries()) {
          assert.equal(verdicts.get(index + 2), verdict, `line ${index + 2}`)
        }
        const left = all.filter((_, index) => !asking.includes(picked[index] ?? ''))
        assert.deepEqual(
          rows.flatMap(({ line, rental }) => (line === null ? rental : [])).sort(),
          left.map(({ rental }) => rental).sort(),
        )
      }),
      { numRuns: 150 },
    )
    for (const [name, count] of seen) assert.ok(count > 10, `${name} ${count} times`)
  })

  it('[FO13] [FO14] what is billed and what is owed are told whole, each dollar once', () => {
    const lines = fc.array(
      fc.record({
        rental: fc.constantFrom('r0', 'r1', 'r2', 'r3', 'r9', ''),
        clause: fc.constantFrom('', '', 'msa/ahead', 'msa/block', 'msa/no'),
        category: fc.constantFrom('', '', 'Purchase', 'Credit', 'Tax'),
        amount: fc.integer({ min: -90_000_000, max: 900_000_000 }),
        from: fc.integer({ min: 0, max: 25 * 24 }).map((hours) => may + hours * hour),
        length: fc.integer({ min: 0, max: 400 }),
        hours: fc.constantFrom(undefined, 3, 40.5),
      }),
      { minLength: 1, maxLength: 10 },
    )
    const prices = `  - { kind: price, id: rate, from: 2026-05-03, to: 2026-05-09,
      pricing: { form: fixed, price_per_hour: 0.50 } }
  - { kind: price, id: tiers, pricing: { form: tiered, tiers: [
      { accelerators: 0, price_per_hour: 1 }, { accelerators: 8, price_per_hour: 0.77 }] } }`
    const signed = fc.constantFrom(
      ...[paidAhead, prices].map((clauses) => contracts(`${clauses}\n${block}`)),
    )
    const seen = new Set<Verdict>()
    const invoiced = (drawn: readonly (Line & { readonly length: number })[], at: number) => {
      const texts = drawn.map(({ length, ...line }) =>
        textOf({ ...line, to: line.from + length * hour }),
      )
      return { ...invoiceOf(head + texts.join(''), at), number: `N${at}` }
    }
    const drawn = lines.map((all) => all.map((line) => ({ ...line, to: line.from })))
    fc.assert(
      fc.property(charges, drawn, drawn, signed, (all, before, here, history) => {
        const [first, invoice] = [invoiced(before, 1), invoiced(here, 2)]
        const ledger = { charges: all, history, now: june }
        const rows = compared({ ...ledger, invoices: [first, invoice] })
        for (const { verdict } of rows) seen.add(verdict)
        const billed = rows.flatMap(({ line }) => line ?? []).sort((a, b) => a - b)
        assert.deepEqual(
          billed,
          invoice.lines.map(({ line }) => line),
        )
        const total = sum(invoice.lines.map(({ amount }) => amount))
        assert.equal(sum(rows.map((row) => row.billed)), total)
        for (const { hours, billed: asked, charged } of rows) {
          if (hours) assert.equal(hours.byHours + hours.byPrice, asked - charged)
        }
        // What is owed on it and in its span, by the rows of FOCUS.
        const owed = exported({ ...ledger, invoices: [first, invoice] })
          .filter(
            ({ ChargeCategory }) => ChargeCategory === 'Usage' || ChargeCategory === 'Purchase',
          )
          .filter(({ InvoiceId, ChargePeriodStart, ChargePeriodEnd, ResourceType }) => {
            if (InvoiceId !== null) return InvoiceId === invoice.number
            const at = Date.parse(ChargePeriodStart ?? '')
            if (ResourceType !== 'Commitment') return at >= invoice.from && at < invoice.to
            const end = Date.parse(ChargePeriodEnd ?? '')
            return end > invoice.from && end <= invoice.to
          })
          .map(({ BilledCost, ListCost, ContractedCost }) => {
            // What was charged above the price of a contract is billed, and not owed.
            const above = Number(ListCost) - Number(ContractedCost)
            return Math.round((Number(BilledCost) - above) * 1e6)
          })
        assert.equal(sum(rows.map(({ charged }) => charged)), sum(owed))
      }),
      { numRuns: 150 },
    )
    assert.ok(seen.size > 9, [...seen].join(', '))
  })
})
