/**
 * `calumet focus` and `calumet invoice`: what was charged in the words of FOCUS 1.4, and what
 * suppliers ask for beside what we reckoned.
 */
import { writeFile } from 'node:fs/promises'
import type { InvoiceReply, InvoiceView } from '../../api/wire/money.ts'
import { formatDay } from '../../core/domain/day.ts'
import { formatUsd, sum } from '../../core/domain/money.ts'
import { checkFocus, type FocusFault } from '../../core/focus/check.ts'
import type { Dataset } from '../../core/focus/columns.ts'
import { focusCsv } from '../../core/focus/rows.ts'
import { readDocument } from '../documents.ts'
import { CliError, exitCodes } from '../failure.ts'
import type { Session } from '../session.ts'
import { type Column, table } from '../show/table.ts'
import { plain } from '../show/text.ts'

export interface ExportOptions {
  readonly month?: string
  readonly output?: string
}

/** One dataset as a table with commas, to stdout or into a file. */
export async function exportFocus(
  session: Session,
  dataset: Dataset,
  { month, output }: ExportOptions,
): Promise<number> {
  const api = await session.api()
  const reply = await api.call('focus', { params: { dataset }, query: { month } })
  const text = focusCsv(dataset, reply.rows)
  if (output === undefined) {
    session.reply(reply, () => text)
    return exitCodes.ok
  }
  await writeFile(output, text).catch((error: NodeJS.ErrnoException) => {
    throw new CliError('invalid', `${output} cannot be written: ${error.code}`)
  })
  session.reply({ ...reply, output }, ({ rows }) => `${plain(output)}: ${rows.length} rows\n`)
  return exitCodes.ok
}

const faultColumns: readonly Column<FocusFault>[] = [
  { title: 'LINE', cell: ({ line }) => line, isRight: true },
  { title: 'COLUMN', cell: ({ column }) => column },
  { title: 'FOUND', cell: ({ found }) => found },
  { title: 'EXPECTED', cell: ({ expected }) => expected },
]

export interface CheckOptions {
  readonly invoices?: string | undefined
}

/** Needs no server: the specification is in the program. */
export async function checkFile(
  session: Session,
  { dataset, file, invoices }: CheckOptions & { readonly dataset: Dataset; readonly file: string },
): Promise<number> {
  if (invoices !== undefined && dataset !== 'cost-and-usage') {
    throw new CliError('invalid', '--invoices is for cost-and-usage, which has to come to them')
  }
  const { text } = await readDocument(session, file, tableBytesMax)
  const details = invoices && (await readDocument(session, invoices, tableBytesMax)).text
  const faults = checkFocus(dataset, text, details ?? null)
  session.reply({ file, dataset, faults }, () =>
    faults.length > 0
      ? table(faultColumns, faults, session.look)
      : `${plain(file)} is a ${dataset} table of FOCUS 1.4\n`,
  )
  return faults.length > 0 ? exitCodes.invalid : exitCodes.ok
}

const tableBytesMax = 50_000_000

const invoiceColumns: readonly Column<InvoiceView>[] = [
  { title: 'SUPPLIER', cell: ({ supplier }) => supplier },
  { title: 'NUMBER', cell: ({ number }) => number },
  { title: 'FROM', cell: ({ from }) => formatDay(from) },
  { title: 'TO', cell: ({ to }) => formatDay(to) },
  { title: 'LINES', cell: ({ lines }) => lines, isRight: true },
  { title: 'BILLED', cell: ({ billed }) => formatUsd(billed), isRight: true },
  { title: 'BY', cell: ({ by }) => by },
]

export async function listInvoices(session: Session): Promise<number> {
  const api = await session.api()
  const reply = await api.call('invoices', {})
  session.reply(reply, ({ invoices }) =>
    invoices.length > 0
      ? table(invoiceColumns, invoices, session.look)
      : 'no invoice came in yet\n',
  )
  return exitCodes.ok
}

export async function importInvoice(
  session: Session,
  file: string,
  supplier: string,
): Promise<number> {
  const { text } = await readDocument(session, file, 5_000_000)
  const api = await session.api()
  const reply = await api.call('takeInvoice', { body: { supplier, file, text } })
  tellComparison(session, reply)
  return exitCodes.ok
}

/** Exits with 1 where anything does not agree, so that a script can tell. */
export async function compareInvoice(
  session: Session,
  supplier: string,
  number: string,
): Promise<number> {
  const api = await session.api()
  const reply = await api.call('invoice', { params: { supplier, number } })
  tellComparison(session, reply)
  return reply.comparison.every(agrees) ? exitCodes.ok : exitCodes.failed
}

type Row = InvoiceReply['comparison'][number]

const agrees = ({ verdict }: Row) => verdict === 'same'

const comparisonColumns: readonly Column<Row>[] = [
  { title: 'LINE', cell: ({ line }) => line ?? '-', isRight: true },
  { title: 'RENTAL OR CLAUSE', cell: ({ rental, clause }) => clause ?? (rental || '(none)') },
  {
    title: 'VERDICT',
    cell: ({ verdict }) => verdict,
    tint: (row) => (agrees(row) ? null : 'yellow'),
  },
  { title: 'BILLED', cell: ({ billed }) => formatUsd(billed), isRight: true },
  { title: 'OWED', cell: ({ charged }) => formatUsd(charged), isRight: true },
  { title: 'MORE', cell: ({ billed, charged }) => formatUsd(billed - charged), isRight: true },
  { title: 'WHY', cell: (row) => whyOf(row) },
]

function whyOf(row: Row): string {
  const { verdict, before, hours, billed, charged, ahead, aboveRate, rates } = row
  const reasons = [before === null ? '' : `asked for on ${plain(before)}`]
  if (/hours|dearer|cheaper/.test(verdict) && hours) {
    const [theirs, ours] = [hours.billed, hours.charged].map((count) => count.toFixed(2))
    if (hours.byHours !== 0) reasons.push(`${theirs} h, not ${ours} h`)
    const [asked, owed] = [billed / hours.billed, charged / hours.charged].map(priceOf)
    if (hours.byPrice !== 0) reasons.push(`${asked} an hour, not ${owed}`)
  }
  if (verdict === 'out of period') reasons.push('about another time than the invoice')
  if (aboveRate > 0) {
    reasons.push(`${formatUsd(aboveRate)} was charged above ${rates.map(plain).join(' and ')}`)
  }
  if (ahead > 0) reasons.push(`${formatUsd(ahead)} of it was paid ahead`)
  if (/dearer|cheaper/.test(verdict) && !hours) reasons.push('it tells no hours')
  return reasons.filter(Boolean).join('; ')
}

function priceOf(perHour: number): string {
  return Number.isFinite(perHour) ? formatUsd(Math.round(perHour)) : '-'
}

function tellComparison(session: Session, reply: InvoiceReply): void {
  session.reply(reply, ({ invoice, comparison }) => {
    const apart = comparison.filter((row) => !agrees(row))
    const lines = comparison.filter(({ line }) => line !== null)
    const owed = sum(lines.map(({ charged }) => charged))
    const missing = sum(comparison.map(({ line, charged }) => (line === null ? charged : 0)))
    const head = `invoice ${plain(invoice.number)} of ${plain(invoice.supplier)}, `
    const span = `${formatDay(invoice.from)} to ${formatDay(invoice.to)}`
    const sums = `billed ${formatUsd(invoice.billed)}, owed ${formatUsd(owed)}`
    const rest = missing === 0 ? '' : `, not billed ${formatUsd(missing)}`
    const wrong = lines.filter((row) => !agrees(row)).length
    const verdict =
      wrong === 0
        ? `all ${lines.length} lines agree`
        : `${wrong} of ${lines.length} lines do not agree`
    const rows = apart.length > 0 ? `\n${table(comparisonColumns, apart, session.look)}` : ''
    return `${head}${span}: ${sums}${rest}; ${verdict}\n${rows}`
  })
}
