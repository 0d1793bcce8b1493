/** What is read of an invoice, and what is not taken. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { focusCsv } from '../rows.ts'
import {
  block,
  charge,
  contracts,
  exported,
  hour,
  invoiceOf,
  may,
  paidAhead,
} from '../stage.test.ts'
import { readInvoice } from './read.ts'

const head = 'invoice,rental,amount,currency,from,to\n'
const line = (rental: string, amount: string) =>
  `INV-7,${rental},${amount},USD,2026-05-01,2026-06-01\n`

function faultsOf(text: string): readonly string[] {
  const read = readInvoice(text, 'acme')
  return 'faults' in read ? read.faults.map(({ line: at, column }) => `${at} ${column}`) : []
}

it('[FO5] takes nothing of an invoice where anything is wrong', () => {
  assert.deepEqual(faultsOf(head + line('r1', '10.00')), [])
  assert.deepEqual(faultsOf('a,b\n1,2\n'), ['1 number, amount, currency, from, to'])
  assert.deepEqual(faultsOf(head), ['1 '])
  assert.deepEqual(faultsOf(head + line('r1', '10').replace('USD', 'EUR')), ['2 currency'])
  assert.deepEqual(faultsOf(head + line('r1', 'ten')), ['2 amount'])
  const two = head + line('r1', '1') + line('r2', '1').replace('7', '8')
  assert.deepEqual(faultsOf(two), ['3 number'])
  assert.deepEqual(faultsOf(head + line('r1', '1').replace('INV-7', '')), ['2 number'])
  assert.deepEqual(faultsOf(head + line('r1', '1').replace('2026-06-01', '2026-04-01')), ['2 to'])
  assert.deepEqual(faultsOf(head + line('r1', '1').replace('2026-05-01', 'May')), ['2 from'])
  const issued = `supplier,${head}bolt,${line('r1', '1')}`
  assert.deepEqual(faultsOf(issued), ['2 issuer'])
  const kind = `category,hours,accelerator_hours,${head}Usage,1,1,${line('r1', '1')}`
  assert.deepEqual(faultsOf(kind), [])
  assert.deepEqual(faultsOf(kind.replace('Usage', 'Gift')), ['2 category'])
  assert.deepEqual(faultsOf(kind.replace(',1,', ',one,')), ['2 hours'])
  assert.deepEqual(faultsOf(kind.replace(',1,I', ',-1,I')), ['2 acceleratorHours'])
  const stated = `billingperiodstart,billingperiodend,${head}2026-05-01,2026-06-01`
  const period = `${stated},${line('r1', '1')}`
  assert.deepEqual(faultsOf(period), [])
  assert.deepEqual(faultsOf(period.replace('2026-05-01', 'May')), ['2 periodFrom'])
  assert.deepEqual(faultsOf(period.replace('2026-06-01', 'June')), ['2 periodTo'])
})

it('[FO5] another currency is told with what to do', () => {
  const read = readInvoice(head + line('r1', '10').replace('USD', 'EUR'), 'acme')
  assert.ok('faults' in read)
  assert.deepEqual(read.faults, [
    { line: 2, column: 'currency', found: 'EUR', expected: 'USD, so ask acme to bill in dollars' },
  ])
})

it('[FO6] is about what it says, or else about what its lines are', () => {
  const lines = head + line('r1', '1') + line('r2', '1').replace('2026-05-01', '2026-04-20')
  const spanOf = (text: string) => {
    const { from, to } = invoiceOf(text)
    return [from, to].map((at) => new Date(at).toISOString().slice(0, 10))
  }
  assert.deepEqual(spanOf(lines), ['2026-04-20', '2026-06-01'])
  const stated = lines.replace('invoice', 'billingperiodstart,billingperiodend,invoice')
  const period = stated.replaceAll('INV-7', '2026-05-01,2026-06-01,INV-7')
  assert.deepEqual(spanOf(period), ['2026-05-01', '2026-06-01'])
})

it('[FO14] tells whose hours a line is about', () => {
  const hoursOf = (columns: string, values: string) => {
    const [read] = invoiceOf(`${columns},${head}${values},${line('r1', '1')}`).lines
    return read?.hours ?? null
  }
  assert.deepEqual(hoursOf('hours', '2.5'), { count: 2.5, of: 'rental' })
  assert.deepEqual(hoursOf('accelerator_hours', '20'), { count: 20, of: 'accelerators' })
  const units = 'pricingquantity,pricingunit,consumedquantity,consumedunit'
  assert.deepEqual(hoursOf(units, '3,Hours,24,GPU Hours'), { count: 3, of: 'rental' })
  assert.deepEqual(hoursOf(units, '3,Months,24,GPU-Hours'), { count: 24, of: 'accelerators' })
  assert.deepEqual(hoursOf(units, '3,Months,7,GB'), null)
})

it('[FO6] reads our own export back: rentals, prepayments and what was not used', () => {
  const history = contracts(`${paidAhead}\n${block}`)
  const charges = [charge('r1', may, may + 5 * hour)]
  const rows = exported({ charges, history, now: may + 40 * hour })
  const billed = rows.map((row, index) => ({
    ...row,
    InvoiceId: 'I',
    InvoiceDetailId: `I-${index}`,
  }))
  const { lines } = invoiceOf(focusCsv('cost-and-usage', billed))
  assert.deepEqual(
    lines.map(({ rental, promised, category, amount }) => {
      return `${rental ?? promised?.clause} ${category} ${amount / 1e6}`
    }),
    ['msa/ahead Purchase 30', 'r1 Usage 20', 'msa/block Usage 1440'],
  )
})
