/**
 * An invoice as its supplier writes it, in FOCUS or as a plain table. Nothing is taken of one in
 * which anything is wrong.
 */
import { type CsvRow, readCsv } from '../../catalog/csv.ts'
import {
  type BilledHours,
  type ChargeCategory,
  chargeCategories,
  type Invoice,
  type InvoiceLine,
} from '../../domain/charge.ts'
import { parseMoment } from '../../domain/day.ts'
import type { Micros } from '../../domain/money.ts'
import type { Ms } from '../../domain/time.ts'
import type { FocusFault } from '../check.ts'

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
  promise: ['commitment'],
  applied: ['contractapplied'],
  category: ['chargecategory', 'category'],
  hours: ['hours'],
  acceleratorHours: ['accelerator_hours'],
  priced: ['pricingquantity'],
  pricedIn: ['pricingunit'],
  consumed: ['consumedquantity'],
  consumedIn: ['consumedunit'],
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
  const lines = rows.map(lineOf)
  return { invoice: { number, ...spanOf(rows, lines), lines } }
}

/** What the invoice says it is about; else what its lines are about. */
function spanOf(
  rows: readonly CsvRow[],
  lines: readonly InvoiceLine[],
): Pick<Invoice, 'from' | 'to'> {
  const moments = (about: readonly CsvRow[], field: Field) => {
    return about.flatMap((row) => parseMoment(textOf(row, field)) ?? [])
  }
  const [starts, ends] = [moments(rows, 'periodFrom'), moments(rows, 'periodTo')]
  const isStated = starts.length === rows.length && ends.length === rows.length
  if (isStated) return { from: least(starts), to: most(ends) }
  // What was promised may be owed for long before: it does not widen the span of the rentals.
  const used = rows.filter((_, index) => !lines[index]?.promised)
  const about = used.length > 0 ? used : rows
  return {
    from: least([...moments(about, 'from'), ...starts]),
    to: most([...moments(about, 'to'), ...ends]),
  }
}

// Not all at once as arguments: an invoice may have more lines than a call takes.
function least(moments: readonly Ms[]): Ms {
  return moments.reduce((a, b) => Math.min(a, b), Number.MAX_SAFE_INTEGER)
}

function most(moments: readonly Ms[]): Ms {
  return moments.reduce((a, b) => Math.max(a, b), 0)
}

function lineOf(row: CsvRow): InvoiceLine {
  const [named, clause] = [textOf(row, 'rental'), clauseOf(row)]
  // In FOCUS a commitment that is bought, or not used, is a resource of its own.
  const rental = named === '' || named === clause ? null : named
  const from = parseMoment(textOf(row, 'from')) ?? 0
  const to = parseMoment(textOf(row, 'to')) ?? 0
  const category = categoryOf(textOf(row, 'category'))
  const hours = hoursOf(row)
  return {
    line: row.line,
    rental,
    amount: parseAmount(textOf(row, 'amount')) ?? 0,
    description: textOf(row, 'about'),
    span: { from, to },
    ...(category && { category }),
    ...(hours && { hours }),
    ...(rental === null && clause !== null && { promised: { clause, from, to } }),
  }
}

function categoryOf(text: string): ChargeCategory | undefined {
  return chargeCategories.find((each) => each.toLowerCase() === text.toLowerCase())
}

/** The first quantity in hours, whoever's hours they are. */
function hoursOf(row: CsvRow): BilledHours | null {
  const told: readonly (readonly [Field, string])[] = [
    ['priced', textOf(row, 'pricedIn')],
    ['consumed', textOf(row, 'consumedIn')],
    ['hours', 'hours'],
    ['acceleratorHours', 'accelerator-hours'],
  ]
  for (const [field, unit] of told) {
    const count = textOf(row, field)
    const match = /^(?:(accelerator|chip|gpu|tpu)s?[- ])?hours?$/i.exec(unit)
    if (!match || !isCount(count)) continue
    return { count: Number(count), of: match[1] === undefined ? 'rental' : 'accelerators' }
  }
  return null
}

function isCount(text: string): boolean {
  return /^\d{1,12}(\.\d{1,18})?$/.test(text)
}

/** A line may be about one promise, by its column or by what FOCUS has of it. */
function clauseOf(row: CsvRow): string | null {
  const named = textOf(row, 'promise')
  if (named !== '') return named
  const ids = [...textOf(row, 'applied').matchAll(/"ContractCommitmentId": ?"([^"\\]{1,300})"/g)]
  return ids.length === 1 ? (ids[0]?.[1] ?? null) : null
}

function textOf(row: CsvRow, field: Field): string {
  return names[field].map((name) => row.get(name)).find((value) => value !== '') ?? ''
}

function lineFaults(row: CsvRow, supplier: string, number: string): readonly FocusFault[] {
  const fault = (field: Field, expected: string): FocusFault => {
    return { line: row.line, column: field, found: textOf(row, field) || 'nothing', expected }
  }
  const [from, to] = (['from', 'to'] as const).map((field) => parseMoment(textOf(row, field)))
  const isMoment = (field: Field) => parseMoment(textOf(row, field)) !== null
  const isNone = (field: Field) => textOf(row, field) === ''
  const isHours = (field: Field) => isNone(field) || isCount(textOf(row, field))
  const [issuer, category] = [textOf(row, 'issuer'), textOf(row, 'category')]
  const checks: readonly (readonly [boolean, Field, string])[] = [
    [textOf(row, 'number') === '', 'number', 'the number of the invoice'],
    [textOf(row, 'number') !== number, 'number', `${number}: one invoice in a file`],
    [issuer !== '' && issuer !== supplier, 'issuer', `${supplier}, whose invoice this is to be`],
    [textOf(row, 'currency') !== 'USD', 'currency', `USD, so ask ${supplier} to bill in dollars`],
    [parseAmount(textOf(row, 'amount')) === null, 'amount', 'dollars such as 12.34'],
    [from === null, 'from', 'a day or moment such as 2026-11-01T00:00:00Z'],
    [to === null, 'to', 'a day or moment such as 2026-12-01T00:00:00Z'],
    [from != null && to != null && to < from, 'to', 'an end that is not before the start'],
    [!isNone('periodFrom') && !isMoment('periodFrom'), 'periodFrom', 'a day or moment'],
    [!isNone('periodTo') && !isMoment('periodTo'), 'periodTo', 'a day or moment'],
    [category !== '' && !categoryOf(category), 'category', `one of ${chargeCategories.join(', ')}`],
    [!isHours('hours'), 'hours', 'hours such as 12.5'],
    [!isHours('acceleratorHours'), 'acceleratorHours', 'hours such as 12.5'],
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
