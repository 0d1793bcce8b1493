/**
 * An invoice as its supplier writes it, in FOCUS or as a plain table, and how it compares with what
 * we charged for ourselves, rental by rental, and with what is owed for what was promised and not
 * used, clause by clause.
 */
import { type CsvRow, readCsv } from '../catalog/csv.ts'
import type { Due } from '../contracts/money/dues.ts'
import type { Invoice, InvoiceLine } from '../domain/charge.ts'
import { parseMoment } from '../domain/day.ts'
import { type Micros, sum } from '../domain/money.ts'
import type { Ms } from '../domain/time.ts'
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
  promise: ['commitment'],
  applied: ['contractapplied'],
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
  // What was promised may be owed for long before: it does not widen the span of the rentals.
  const used = rows.filter((_, index) => !lines[index]?.promised)
  const moments = (field: Field) => {
    const about = used.length > 0 ? used : rows
    return about.flatMap((row) => parseMoment(textOf(row, field)) ?? [])
  }
  // What the invoice says it is about; else what its lines are about.
  const from = Math.min(...moments('from'), ...moments('periodFrom'))
  const to = Math.max(...moments('to'), ...moments('periodTo'))
  return { invoice: { number, from, to, lines } }
}

function lineOf(row: CsvRow): InvoiceLine {
  const rental = textOf(row, 'rental') || null
  const clause = rental === null ? clauseOf(row) : null
  const [from, to] = (['from', 'to'] as const).map((field) => parseMoment(textOf(row, field)) ?? 0)
  return {
    line: row.line,
    rental,
    amount: parseAmount(textOf(row, 'amount')) ?? 0,
    description: textOf(row, 'about'),
    ...(clause && { promised: { clause, from: from ?? 0, to: to ?? 0 } }),
  }
}

/** What is about no rental may be about one promise, by its column or by what FOCUS has of it. */
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

export type Verdict =
  | 'same'
  | 'differs'
  | 'billed twice' // as it should be, but for an earlier invoice that asks for it as well
  | 'not ours'
  | 'not billed'
  | 'no rental'

export interface Comparison {
  /** Empty where it is about a promise, or about nothing that is known. */
  readonly rental: string
  /** The promise, `<contract>/<clause>`; null where it is about a rental. */
  readonly clause: string | null
  readonly verdict: Verdict
  /** The earlier invoice, where it is billed twice. */
  readonly before: string | null
  readonly billed: Micros
  readonly charged: Micros
}

/** Suppliers round to the cent. */
const centMicros = 10_000

/** What we reckon of a supplier ourselves. */
export interface Reckoned {
  readonly slices: readonly Slice[]
  readonly dues: readonly Due[]
  /** Its clauses that ever bound. */
  readonly clauses: readonly string[]
  /** What it asked for before. */
  readonly earlier: readonly Invoice[]
}

/** Of slices and dues those of the invoice's span count. Worst first. */
export function compareInvoice(
  invoice: Pick<Invoice, 'lines' | 'from' | 'to'>,
  reckoned: Reckoned,
): readonly Comparison[] {
  const { slices, dues, clauses } = reckoned
  const { lines, from, to } = invoice
  const ours = Map.groupBy(
    slices.filter((slice) => slice.from >= from && slice.from < to),
    ({ charge }) => charge.rental,
  )
  const theirs = Map.groupBy(
    lines.filter(({ promised }) => !promised),
    ({ rental }) => rental ?? '',
  )
  const rentals = [...new Set([...ours.keys(), ...theirs.keys()])].sort()
  const rows = rentals.map((rental): Comparison => {
    const billed = sum((theirs.get(rental) ?? []).map(({ amount }) => amount))
    const charged = sum((ours.get(rental) ?? []).map(({ amount }) => amount))
    const isOurs = ours.has(rental)
    const compared = { billed, charged, isOurs, isTheirs: theirs.has(rental) }
    const verdict = rental === '' ? 'no rental' : verdictOf(compared)
    return { rental, clause: null, verdict, before: null, billed, charged }
  })
  const promises = promisesIn(invoice, dues, clauses)
  return [...rows, ...promises]
    .map((row) => asBilledBefore(row, invoice, reckoned))
    .sort((a, b) => apart(b) - apart(a) || (nameOf(a) < nameOf(b) ? -1 : 1))
}

/** What agrees with what we charged is too much all the same where it was asked for before. */
function asBilledBefore(
  row: Comparison,
  invoice: Pick<Invoice, 'lines' | 'from' | 'to'>,
  { dues, earlier }: Reckoned,
): Comparison {
  if (row.verdict !== 'same') return row
  const here = dues.filter((due) => due.clause === row.clause && isBilledBy(invoice, due))
  const before = earlier.find((each) => {
    if (row.clause !== null) return here.some((due) => isBilledBy(each, due))
    const isThen = each.from < invoice.to && invoice.from < each.to
    return isThen && each.lines.some(({ rental }) => rental === row.rental)
  })
  return before ? { ...row, verdict: 'billed twice', before: before.number } : row
}

/** What is billed of a promise beside what is owed for what ended in the span of the line. */
function promisesIn(
  invoice: Pick<Invoice, 'lines' | 'from' | 'to'>,
  dues: readonly Due[],
  clauses: readonly string[],
): readonly Comparison[] {
  const theirs = Map.groupBy(
    invoice.lines.filter(({ promised }) => promised),
    ({ promised }) => promised?.clause ?? '',
  )
  const here = dues.filter((due) => isBilledBy(invoice, due) || endsIn(due, invoice))
  const ours = Map.groupBy(here, ({ clause }) => clause)
  return [...new Set([...ours.keys(), ...theirs.keys()])].map((clause): Comparison => {
    const billed = sum((theirs.get(clause) ?? []).map(({ amount }) => amount))
    const charged = Number((ours.get(clause) ?? []).reduce((all, { amount }) => all + amount, 0n))
    const isOurs = clauses.includes(clause)
    const verdict = verdictOf({ billed, charged, isOurs, isTheirs: theirs.has(clause) })
    return { rental: '', clause, verdict, before: null, billed, charged }
  })
}

/** Whether a line of an invoice is about what is owed: what is owed is billed once it is over. */
export function isBilledBy({ lines }: Pick<Invoice, 'lines'>, due: Due): boolean {
  return lines.some(({ promised }) => promised?.clause === due.clause && endsIn(due, promised))
}

function endsIn({ to: end }: Due, { from, to }: { readonly from: Ms; readonly to: Ms }): boolean {
  return end > from && end <= to
}

function verdictOf({
  billed,
  charged,
  isOurs,
  isTheirs,
}: {
  readonly billed: Micros
  readonly charged: Micros
  readonly isOurs: boolean
  readonly isTheirs: boolean
}): Verdict {
  if (!isOurs) return 'not ours'
  if (!isTheirs) return 'not billed'
  return Math.abs(billed - charged) < centMicros ? 'same' : 'differs'
}

function nameOf({ rental, clause }: Comparison): string {
  return clause ?? rental
}

function apart({ billed, charged }: Comparison): number {
  return Math.abs(billed - charged)
}
