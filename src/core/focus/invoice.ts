/**
 * An invoice as its supplier writes it, in FOCUS or as a plain table, and how it compares with what
 * we charged for ourselves, rental by rental.
 */
import { type CsvRow, readCsv } from '../catalog/csv.ts'
import type { Invoice, InvoiceLine } from '../domain/charge.ts'
import { parseMoment } from '../domain/day.ts'
import { type Micros, sum } from '../domain/money.ts'
import type { Slice } from '../meter/slices.ts'
import type { FocusFault } from './check.ts'

export type InvoiceRead =
  | { readonly faults: readonly FocusFault[] }
  | { readonly invoice: InvoiceDraft }
export type InvoiceDraft = Pick<Invoice, 'number' | 'from' | 'to' | 'lines'>

/** The names of what is needed, in FOCUS and as people write them. */
const names = {
  number: ['invoiceid', 'invoice'],
  issuer: ['invoiceissuername', 'supplier'],
  rental: ['resourceid', 'rental'],
  amount: ['billedcost', 'amount'],
  currency: ['billingcurrency', 'currency'],
  from: ['chargeperiodstart', 'from'],
  to: ['chargeperiodend', 'to'],
  periodFrom: ['billingperiodstart'],
  periodTo: ['billingperiodend'],
  about: ['chargedescription', 'description'],
} as const
type Field = keyof typeof names

/** Every row is a line of one invoice; nothing is taken where anything is wrong. */
export function readInvoice(text: string, supplier: string): InvoiceRead {
  const { names: head, rows } = readCsv(text)
  const missing = (['number', 'amount', 'currency', 'from', 'to'] as const).filter((field) => {
    return !names[field].some((name) => head.includes(name))
  })
  if (missing.length > 0 || rows.length === 0) {
    const expected = 'invoice, rental, amount, currency, from and to, or the columns of FOCUS'
    const found = missing.length > 0 ? `no column for ${missing.join(', ')}` : 'no line'
    return { faults: [{ line: 1, column: missing.join(', '), found, expected }] }
  }
  const number = textOf(rows[0] as CsvRow, 'number')
  const faults = rows.flatMap((row) => lineFaults(row, supplier, number))
  if (faults.length > 0) return { faults }
  const lines = rows.map((row): InvoiceLine => {
    return {
      line: row.line,
      rental: textOf(row, 'rental') || null,
      amount: parseAmount(textOf(row, 'amount')) ?? 0,
      description: textOf(row, 'about'),
    }
  })
  const moments = (field: Field) => {
    return rows.flatMap((row) => parseMoment(textOf(row, field)) ?? [])
  }
  // What the invoice says it is about; else what its lines are about.
  const from = Math.min(...moments('from'), ...moments('periodFrom'))
  const to = Math.max(...moments('to'), ...moments('periodTo'))
  return { invoice: { number, from, to, lines } }
}

function textOf(row: CsvRow, field: Field): string {
  return names[field].map((name) => row.get(name)).find((value) => value !== '') ?? ''
}

function lineFaults(row: CsvRow, supplier: string, number: string): readonly FocusFault[] {
  const fault = (field: Field, expected: string): FocusFault => {
    return { line: row.line, column: field, found: textOf(row, field) || 'nothing', expected }
  }
  const [from, to] = (['from', 'to'] as const).map((field) => parseMoment(textOf(row, field)))
  const issuer = textOf(row, 'issuer')
  const checks: readonly (readonly [boolean, Field, string])[] = [
    [textOf(row, 'number') === '', 'number', 'the number of the invoice'],
    [textOf(row, 'number') !== number, 'number', `${number}: one invoice in a file`],
    [issuer !== '' && issuer !== supplier, 'issuer', `${supplier}, whose invoice this is to be`],
    [textOf(row, 'currency') !== 'USD', 'currency', 'USD: no other currency is reckoned in'],
    [parseAmount(textOf(row, 'amount')) === null, 'amount', 'dollars such as 12.34'],
    [from === null, 'from', 'a day or moment such as 2026-11-01T00:00:00Z'],
    [to === null, 'to', 'a day or moment such as 2026-12-01T00:00:00Z'],
    [from != null && to != null && to < from, 'to', 'an end that is not before the start'],
  ]
  return checks.filter(([isWrong]) => isWrong).map(([, field, expected]) => fault(field, expected))
}

/** A dollar amount, which may be negative; what is finer than a micro-dollar is rounded half up. */
function parseAmount(text: string): Micros | null {
  const match = /^(-?)\$?(\d{1,9})(?:\.(\d{1,18}))?$/.exec(text.replaceAll(',', ''))
  if (!match) return null
  const digits = (match[3] ?? '').padEnd(7, '0')
  const micros = Number(match[2]) * 1_000_000 + Number(digits.slice(0, 6))
  const rounded = micros + (Number(digits[6]) >= 5 ? 1 : 0)
  return match[1] === '-' ? -rounded : rounded
}

export type Verdict = 'same' | 'differs' | 'not ours' | 'not billed' | 'no rental'

export interface Comparison {
  readonly rental: string
  readonly verdict: Verdict
  readonly billed: Micros
  readonly charged: Micros
}

/** Suppliers round to the cent. */
const centMicros = 10_000

/** `slices` of that supplier; those of the invoice's span count. Worst first. */
export function compareInvoice(
  { lines, from, to }: Pick<Invoice, 'lines' | 'from' | 'to'>,
  slices: readonly Slice[],
): readonly Comparison[] {
  const ours = Map.groupBy(
    slices.filter((slice) => slice.from >= from && slice.from < to),
    ({ charge }) => charge.rental,
  )
  const theirs = Map.groupBy(lines, ({ rental }) => rental ?? '')
  const rentals = [...new Set([...ours.keys(), ...theirs.keys()])].sort()
  const rows = rentals.map((rental): Comparison => {
    const billed = sum((theirs.get(rental) ?? []).map(({ amount }) => amount))
    const charged = sum((ours.get(rental) ?? []).map(({ amount }) => amount))
    const verdict = verdictOf(rental, billed, charged, ours.has(rental), theirs.has(rental))
    return { rental, verdict, billed, charged }
  })
  return rows.sort((a, b) => apart(b) - apart(a) || (a.rental < b.rental ? -1 : 1))
}

function verdictOf(
  rental: string,
  billed: Micros,
  charged: Micros,
  isOurs: boolean,
  isTheirs: boolean,
): Verdict {
  if (rental === '') return 'no rental'
  if (!isOurs) return 'not ours'
  if (!isTheirs) return 'not billed'
  return Math.abs(billed - charged) < centMicros ? 'same' : 'differs'
}

function apart({ billed, charged }: Comparison): number {
  return Math.abs(billed - charged)
}
