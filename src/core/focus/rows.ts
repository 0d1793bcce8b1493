/**
 * Rows of FOCUS 1.4: a value or nothing under each name, money and quantities as exact decimals.
 */
import { addMonths, civilOf, formatMoment, msOfCivil } from '../domain/day.ts'
import type { Micros } from '../domain/money.ts'
import type { Ms } from '../domain/time.ts'
import { columnsOf, type Dataset } from './columns.ts'
import type { Asked } from './invoice/billing.ts'

/** Custom columns begin with `x_`, and come after those of FOCUS. */
export type FocusRow = Readonly<Record<string, string | null>>

/** The names of a table: those of FOCUS that any row has, in its order, then ours. */
export function headOf(dataset: Dataset, rows: readonly FocusRow[]): readonly string[] {
  const used = new Set(rows.flatMap((row) => Object.keys(row)))
  const own = columnsOf[dataset].filter(({ name, level }) => used.has(name) || level === 'required')
  const custom = [...used].filter((name) => name.startsWith('x_')).sort()
  return [...own.map(({ name }) => name), ...custom]
}

/** As RFC 4180 has it; what is null is empty. */
export function focusCsv(dataset: Dataset, rows: readonly FocusRow[]): string {
  const head = headOf(dataset, rows)
  const lines = rows.map((row) => head.map((name) => cell(row[name] ?? '')).join(','))
  return [head.join(','), ...lines, ''].join('\r\n')
}

function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Dollars as a decimal with as many digits as it needs: `12.345678`. */
export function decimal(micros: bigint | Micros): string {
  const amount = BigInt(micros)
  const whole = amount < 0n ? -amount : amount
  const rest = String(whole % 1_000_000n)
    .padStart(6, '0')
    .replace(/0+$/, '')
  return `${amount < 0n ? '-' : ''}${whole / 1_000_000n}${rest === '' ? '' : `.${rest}`}`
}

/** Hours of a span, times a count, to nine digits. */
export function hours(spanMs: number, count = 1): string {
  const nanos = (BigInt(spanMs) * BigInt(count) * 1_000_000_000n + 1_800_000n) / 3_600_000n
  const rest = String(nanos % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '')
  return `${nanos / 1_000_000_000n}${rest === '' ? '' : `.${rest}`}`
}

/** The calendar month of UTC in which a moment lies. */
export function monthOf(at: Ms): { readonly from: Ms; readonly to: Ms } {
  const { year, month } = civilOf(at)
  const from = msOfCivil({ year, month, day: 1 })
  return { from, to: addMonths(from, 1) }
}

/** What all rows say of who bills whom, for what, in which month, and where it was asked for. */
export function billed(
  installation: string,
  supplier: string,
  at: Ms,
  asked: Asked | null,
): FocusRow {
  return {
    BillingAccountId: installation,
    BillingAccountName: installation,
    BillingCurrency: 'USD',
    // What is on an invoice belongs to the month of that, whenever it was used.
    ...periodOf(asked?.invoice.from ?? at),
    ChargeClass: null,
    InvoiceDetailId: asked && detailIdOf(asked),
    InvoiceId: asked?.invoice.number ?? null,
    InvoiceIssuerName: supplier,
    ServiceCategory: 'Compute',
    ServiceName: 'Accelerators',
    ServiceProviderName: supplier,
    ServiceSubcategory: 'Virtual Machines',
  }
}

/** The month of a moment, as a billing period. */
export function periodOf(at: Ms): FocusRow {
  const { from, to } = monthOf(at)
  return { BillingPeriodStart: formatMoment(from), BillingPeriodEnd: formatMoment(to) }
}

/** A name for each line of an invoice, by its place in the file. */
export function detailIdOf({ invoice, line }: Asked): string {
  return `${invoice.number}-${line.line}`
}
