/** Invoices beside what is reckoned of them: a verdict for each line, and what no line asks for. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Charge, Invoice } from '../../domain/charge.ts'
import { formatMoment } from '../../domain/day.ts'
import { formatUsd, sum } from '../../domain/money.ts'
import { focusCsv } from '../rows.ts'
import {
  april,
  block,
  charge,
  compared,
  contracts,
  exported,
  hour,
  invoiceOf,
  type Ledger,
  may,
  paidAhead,
  spend,
} from '../stage.test.ts'
import type { Comparison } from './compare.ts'

const usd = (micros: number) => formatUsd(micros)

/** `line name verdict billed of owed`, with what it says beside that. */
function said({ line, rental, clause, verdict, billed, charged, before }: Comparison): string {
  const name = clause ?? (rental || '(none)')
  const sums = `${usd(billed)} of ${usd(charged)}`
  return `${line ?? '-'} ${name} ${verdict} ${sums}${before === null ? '' : `, ${before}`}`
}

const told = (ledger: Ledger) => compared(ledger).map(said)

const head = 'invoice,rental,amount,currency,from,to\n'
const line = (rental: string, amount: string, number = 'I') =>
  `${number},${rental},${amount},USD,2026-05-01,2026-06-01\n`
const of = (...lines: string[]) => invoiceOf(head + lines.join(''))

const mays: readonly Charge[] = [
  charge('r1', may, may + hour),
  charge('r2', may, may + 2 * hour),
  charge('r3', may, may + 3 * hour),
  charge('r4', may - 9 * hour, may - 8 * hour),
]

describe('lines about rentals', () => {
  it('[FO6] each has its verdict and its number, and what no line asks for is told', () => {
    const invoice = of(
      line('r1', '10.004'),
      line('r2', '25'),
      line('r9', '5'),
      line('', '1'),
      line('r4', '10'),
    )
    assert.deepEqual(told({ charges: mays, invoices: [invoice] }), [
      '- r3 not billed $0.00 of $30.00',
      '6 r4 not then $10.00 of $0.00',
      '3 r2 dearer $25.00 of $20.00',
      '4 r9 not ours $5.00 of $0.00',
      '5 (none) unknown $1.00 of $0.00',
      '2 r1 same $10.00 of $10.00',
    ])
  })

  it('[FO6] agrees to less than a cent', () => {
    const verdictOf = (amount: string) => {
      const [row] = told({ charges: mays.slice(0, 1), invoices: [of(line('r1', amount))] })
      return row?.split(' ')[2]
    }
    assert.deepEqual(['9.9900', '9.9901', '10.0099', '10.0100'].map(verdictOf), [
      'cheaper',
      'same',
      'same',
      'dearer',
    ])
  })

  it('[FO6] each is about its own span, however finely it is billed', () => {
    const day = charge('r1', may, may + 24 * hour)
    const hours = Array.from({ length: 24 }, (_, index) => {
      const at = (after: number) => formatMoment(may + after * hour)
      const amount = index === 5 ? '11' : '10'
      return `I,r1,${amount},USD,${at(index)},${at(index + 1)}\n`
    })
    const rows = compared({ charges: [day], invoices: [of(...hours)] })
    assert.deepEqual(rows.slice(0, 2).map(said), [
      '7 r1 dearer $11.00 of $10.00',
      '2 r1 same $10.00 of $10.00',
    ])
    assert.equal(rows.filter(({ verdict }) => verdict === 'same').length, 23)
  })

  it('[FO6] what is about another time than the invoice is told, though it agrees', () => {
    const stated = 'billingperiodstart,billingperiodend,'
    const late = `${stated}${head}2026-05-01,2026-06-01,I,r4,10,USD,2026-04-01,2026-05-01\n`
    assert.deepEqual(
      told({ charges: [charge('r4', april, april + hour)], invoices: [invoiceOf(late)] }),
      ['2 r4 out of period $10.00 of $10.00'],
    )
  })

  it('[FO6] our own export, sent back as an invoice, agrees', () => {
    const history = contracts(`${paidAhead}\n${spend}\n${block}`)
    const charges = [charge('r1', may, may + 40 * hour), charge('r2', may, may + 2 * hour)]
    const now = may + 50 * hour
    const rows = exported({ charges, history, now })
    const billed = rows.map((row) => ({ ...row, InvoiceId: 'I', InvoiceDetailId: 'I-1' }))
    const invoice = invoiceOf(focusCsv('cost-and-usage', billed))
    const verdicts = compared({ charges, history, now, invoices: [invoice] })
    assert.equal(verdicts.length, rows.length)
    assert.deepEqual(verdicts.filter(({ verdict }) => verdict !== 'same').map(said), [])
  })
})

describe('lines about the same', () => {
  const charges = [charge('r1', may, may + 3 * hour)]

  it('[FO6] those that share a rental share what is owed', () => {
    assert.deepEqual(told({ charges, invoices: [of(line('r1', '20'), line('r1', '10'))] }), [
      '2 r1 same $20.00 of $20.00',
      '3 r1 same $10.00 of $10.00',
    ])
    assert.deepEqual(told({ charges, invoices: [of(line('r1', '20'), line('r1', '15'))] }), [
      '3 r1 dearer $15.00 of $10.00',
      '2 r1 same $20.00 of $20.00',
    ])
  })

  it('[FO6] so do those that lie within others, and what is taken back of them', () => {
    const part = (from: string, to: string) => `I,r1,5,USD,2026-05-01T${from}Z,2026-05-01T${to}Z\n`
    const nested = of(line('r1', '20'), part('01:00', '02:00'), part('02:00', '03:00'))
    assert.deepEqual(told({ charges, invoices: [nested] }), [
      '2 r1 same $20.00 of $20.00',
      '3 r1 same $5.00 of $5.00',
      '4 r1 same $5.00 of $5.00',
    ])
    assert.deepEqual(told({ charges, invoices: [of(line('r1', '-5'), line('r1', '36'))] }), [
      '3 r1 dearer $36.00 of $35.00',
      '2 r1 same -$5.00 of -$5.00',
    ])
  })

  it('[FO9] a line twice is billed twice, if it was not owed twice', () => {
    assert.deepEqual(told({ charges, invoices: [of(line('r1', '30'), line('r1', '30'))] }), [
      '3 r1 billed twice $30.00 of $0.00, line 2',
      '2 r1 same $30.00 of $30.00',
    ])
    assert.deepEqual(told({ charges, invoices: [of(line('r1', '25'), line('r1', '25'))] }), [
      '3 r1 billed twice $25.00 of $0.00, line 2',
      '2 r1 cheaper $25.00 of $30.00',
    ])
    assert.deepEqual(told({ charges, invoices: [of(line('r1', '15'), line('r1', '15'))] }), [
      '2 r1 same $15.00 of $15.00',
      '3 r1 same $15.00 of $15.00',
    ])
    const dearer = of(line('r1', '36'), line('r1', '4'))
    assert.deepEqual(told({ charges, invoices: [dearer] }), [
      '2 r1 dearer $36.00 of $30.00',
      '3 r1 billed twice $4.00 of $0.00, line 2',
    ])
  })

  it('[FO9] what an earlier invoice asked for is billed twice, and that invoice is named', () => {
    const [first, second] = [of(line('r1', '30')), of(line('r1', '30', 'J'))]
    assert.deepEqual(told({ charges, invoices: [first, second] }), [
      '2 r1 billed twice $30.00 of $0.00, I',
    ])
    const later = of(line('r1', '30', 'J').replace('2026-05-01', '2026-05-02'))
    assert.deepEqual(told({ charges, invoices: [later, first] }), ['2 r1 same $30.00 of $30.00'])
    const half = invoiceOf(`${head}I,r1,10,USD,2026-05-01,2026-05-01T01:00:00Z\n`)
    assert.deepEqual(told({ charges, invoices: [half, second] }), [
      '2 r1 dearer $30.00 of $20.00, I',
    ])
  })
})

describe('why a line does not agree', () => {
  const charges = [charge('r1', may, may + 8 * hour)]
  const because = (hours: string, amount: string, column = 'hours') => {
    const text = `${column},${head}${hours},${line('r1', amount)}`
    const [row] = compared({ charges, invoices: [invoiceOf(text)] })
    const { byHours = 0, byPrice = 0 } = row?.hours ?? {}
    return `${row?.verdict}: ${usd(byHours)} by hours, ${usd(byPrice)} by price`
  }

  it('[FO14] of hours and of price, which come to the difference', () => {
    assert.equal(because('10', '100'), 'more hours: $20.00 by hours, $0.00 by price')
    assert.equal(because('6', '60'), 'fewer hours: -$20.00 by hours, $0.00 by price')
    assert.equal(because('8', '96'), 'dearer: $0.00 by hours, $16.00 by price')
    assert.equal(because('8', '72'), 'cheaper: $0.00 by hours, -$8.00 by price')
    assert.equal(because('10', '110'), 'more hours: $20.00 by hours, $10.00 by price')
    assert.equal(because('9', '135'), 'dearer: $10.00 by hours, $45.00 by price')
    const accelerators = because('80', '100', 'accelerator_hours')
    assert.equal(accelerators, 'more hours: $20.00 by hours, $0.00 by price')
  })

  it('[FO14] says nothing of hours where the line does not', () => {
    const [row] = compared({ charges, invoices: [of(line('r1', '100'))] })
    assert.deepEqual([row?.verdict, row?.hours], ['dearer', null])
  })
})

const promises = 'invoice,rental,commitment,category,amount,currency,from,to\n'
const promised = (clause: string, amount: string, more = {}) => {
  const spans = { category: '', from: '2026-05-01', to: '2026-06-01', number: 'I', rental: '' }
  const { category, from, to, number, rental } = { ...spans, ...more }
  return `${number},${rental},${clause},${category},${amount},USD,${from},${to}\n`
}
const asks = (...lines: string[]) => invoiceOf(promises + lines.join(''))

describe('lines about promises', () => {
  const history = contracts(`${block}\n${spend}`)
  // One of the 720 hours of April, of eight accelerators.
  const charges = [charge('r1', april, april + hour)]
  const spring = { from: '2026-04-01', to: '2026-05-01' }
  const used = promised('', '10', { rental: 'r1', ...spring })
  const asked = (...lines: string[]) =>
    told({ charges, history, invoices: [asks(used, ...lines)] }).filter((row) => !/ r1 /.test(row))

  it('[FO8] what is asked for one is held against what is owed for its span', () => {
    assert.deepEqual(asked(promised('msa/block', '1424', spring)), [
      '3 msa/block same $1,424.00 of $1,424.00',
    ])
    assert.deepEqual(asked(promised('msa/block', '1500', spring)), [
      '3 msa/block dearer $1,500.00 of $1,424.00',
    ])
    assert.deepEqual(asked(promised('msa/block', '1400', spring)), [
      '3 msa/block cheaper $1,400.00 of $1,424.00',
    ])
    assert.deepEqual(asked(), ['- msa/block not billed $0.00 of $1,424.00'])
    assert.deepEqual(asked(promised('msa/spend', '5', spring)), [
      '- msa/block not billed $0.00 of $1,424.00',
      '3 msa/spend not then $5.00 of $0.00',
    ])
    assert.deepEqual(asked(promised('other/block', '5', spring)), [
      '- msa/block not billed $0.00 of $1,424.00',
      '3 other/block not ours $5.00 of $0.00',
    ])
  })

  it('[FO8] nothing is owed for what is not over, or was owed before', () => {
    const early = asks(promised('msa/block', '9'))
    assert.deepEqual(told({ charges, history, invoices: [early] }), [
      '2 msa/block not then $9.00 of $0.00',
    ])
    const long = asks(used, promised('msa/block', '1424', { from: '2026-01-01', to: '2026-05-01' }))
    assert.deepEqual(told({ charges, history, invoices: [long] }), [
      '2 r1 same $10.00 of $10.00',
      '3 msa/block same $1,424.00 of $1,424.00',
    ])
  })

  it('[FO8] neither another supplier nor a line that gives back asks for what is owed', () => {
    const due = promised('msa/block', '1424', spring)
    const back = promised('msa/block', '-4', spring)
    assert.deepEqual(asked(back, due), [
      '3 msa/block not then -$4.00 of $0.00',
      '4 msa/block same $1,424.00 of $1,424.00',
    ])
    const bolts = { ...asks(promised('msa/block', '1424', spring)), supplier: 'bolt', number: 'B' }
    assert.deepEqual(told({ charges, history, invoices: [bolts, asks(used, due)] }), [
      '2 r1 same $10.00 of $10.00',
      '3 msa/block same $1,424.00 of $1,424.00',
    ])
  })

  it('[FO9] what was asked for by an earlier invoice or line is billed twice', () => {
    const due = promised('msa/block', '1424', spring)
    const again = asks(promised('msa/block', '1424', { ...spring, number: 'J' }))
    assert.deepEqual(told({ charges, history, invoices: [asks(used, due), again] }), [
      '2 msa/block billed twice $1,424.00 of $0.00, I',
      // Nothing of this one is about the rental, which the first one billed.
    ])
    assert.deepEqual(asked(due, due), [
      '4 msa/block billed twice $1,424.00 of $0.00, line 3',
      '3 msa/block same $1,424.00 of $1,424.00',
    ])
  })
})

describe('lines about what is paid ahead', () => {
  const history = contracts(paidAhead)
  const charges = [charge('r1', may, may + 5 * hour)]
  const use = (amount: string) => promised('', amount, { rental: 'r1' })
  const asked = (...invoices: Invoice[]) =>
    told({ charges, history, invoices, now: may + 9 * hour })

  it('[FO15] a purchase is held against the prepayment, whether it names it or not', () => {
    const [owed, named] = [use('20'), promised('msa/ahead', '30', { category: 'Purchase' })]
    const both = ['2 r1 same $20.00 of $20.00', '3 msa/ahead same $30.00 of $30.00']
    assert.deepEqual(asked(asks(owed, named)), both)
    assert.deepEqual(asked(asks(owed, promised('', '30', { category: 'Purchase' }))), both)
    const dear = promised('msa/ahead', '33', { category: 'Purchase' })
    assert.deepEqual(asked(asks(owed, dear))[0], '3 msa/ahead dearer $33.00 of $30.00')
    assert.deepEqual(asked(asks(owed, promised('', '33', { category: 'Purchase' }))), [
      '3 (none) unknown $33.00 of $0.00',
      '- msa/ahead not billed $0.00 of $30.00',
      '2 r1 same $20.00 of $20.00',
    ])
    assert.deepEqual(
      asked(asks(owed, named, named))[0],
      '4 msa/ahead billed twice $30.00 of $0.00, line 3',
    )
    const again = asks(promised('msa/ahead', '30', { category: 'Purchase', number: 'J' }))
    assert.deepEqual(asked(asks(owed, named), again), [
      '2 msa/ahead billed twice $30.00 of $0.00, I',
    ])
    const early = promised('msa/ahead', '30', { from: '2026-03-01', to: '2026-04-01', number: 'J' })
    assert.deepEqual(asked(asks(early)), ['2 msa/ahead not then $30.00 of $0.00'])
  })

  it('[FO15] one purchase pays for one of two that are alike', () => {
    const twice = contracts(`${paidAhead}\n${paidAhead.replace('id: ahead', 'id: more')}`)
    const bare = asks(promised('', '30', { category: 'Purchase' }))
    const rows = told({ charges: [], history: twice, invoices: [bare], now: may + hour })
    assert.deepEqual(rows, [
      '- msa/more not billed $0.00 of $30.00',
      '2 msa/ahead same $30.00 of $30.00',
    ])
    const named = promised('', '30', { category: 'Purchase', rental: 'r1' })
    assert.deepEqual(asked(asks(named)), [
      '- r1 not billed $0.00 of $20.00',
      '2 msa/ahead same $30.00 of $30.00',
    ])
  })

  it('[FO15] what was paid ahead is spread over the hours of a day', () => {
    const half = (from: string, to: string) =>
      promised('', '10', { rental: 'r1', from: `2026-05-01${from}`, to: `2026-05-01${to}` })
    const halves = asks(half('', 'T02:30Z'), half('T02:30Z', 'T05:00Z'))
    const rows = asked(halves).filter((row) => / r1 /.test(row))
    assert.deepEqual(rows, ['2 r1 same $10.00 of $10.00', '3 r1 same $10.00 of $10.00'])
  })

  it('[FO15] what was paid ahead is not owed again, but beside a credit for it', () => {
    const named = promised('msa/ahead', '30', { category: 'Purchase' })
    const rows = compared({
      charges,
      history,
      invoices: [asks(use('50'), named)],
      now: may + 9 * hour,
    })
    assert.deepEqual(rows.map(said)[0], '2 r1 dearer $50.00 of $20.00')
    assert.equal(rows[0]?.ahead, 30_000_000)
    for (const category of ['Credit', '', 'Usage']) {
      const given = promised('msa/ahead', '-30', { category })
      assert.deepEqual(asked(asks(use('50'), named, given)), [
        '2 r1 same $50.00 of $50.00',
        '3 msa/ahead same $30.00 of $30.00',
        '4 msa/ahead same -$30.00 of -$30.00',
      ])
      const less = promised('msa/ahead', '-25', { category })
      assert.deepEqual(
        asked(asks(use('50'), named, less))[0],
        '4 msa/ahead dearer -$25.00 of -$30.00',
      )
    }
    const parts = [-20, -12].map((part) => {
      return promised('msa/ahead', `${part}`, { category: 'Credit' })
    })
    assert.deepEqual(asked(asks(use('50'), named, ...parts)), [
      '5 msa/ahead cheaper -$12.00 of -$10.00',
      '2 r1 same $50.00 of $50.00',
      '3 msa/ahead same $30.00 of $30.00',
      '4 msa/ahead same -$20.00 of -$20.00',
    ])
  })
})

describe('lines of another kind', () => {
  it('[FO16] taxes, credits and adjustments are told as such, whatever they name', () => {
    const kinds = ['Tax', 'Credit', 'Adjustment', 'Purchase']
    const lines = kinds.map((category) => promised('', '-3', { category }))
    const named = promised('msa/spend', '4', { category: 'Tax', rental: 'r1' })
    const less = promised('msa/ahead', '-2', { category: 'Adjustment' })
    const history = contracts(`${spend}\n${paidAhead}`)
    const charges = [charge('r1', may - hour, may)]
    const invoice = asks(...lines, named, less)
    const rows = told({ charges, history, invoices: [invoice], now: may - 1 })
    assert.deepEqual(rows.slice(1), [
      '6 r1 tax $4.00 of $0.00',
      '2 (none) tax -$3.00 of $0.00',
      '3 (none) credit -$3.00 of $0.00',
      '4 (none) adjustment -$3.00 of $0.00',
      '5 (none) unknown -$3.00 of $0.00',
      '7 (none) adjustment -$2.00 of $0.00',
    ])
    assert.equal(rows[0], '- msa/ahead not billed $0.00 of $30.00')
  })

  it('[FO13] what is billed is the invoice, and what is owed is all that we reckon', () => {
    const lines = [line('r1', '9'), line('r2', '25'), line('r2', '25'), line('r9', '4')]
    const rows = compared({ charges: mays, invoices: [of(...lines)] })
    assert.equal(sum(rows.map(({ billed }) => billed)), 63_000_000)
    assert.equal(sum(rows.map(({ charged }) => charged)), 60_000_000)
  })
})
