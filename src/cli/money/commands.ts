/**
 * `calumet focus` and `calumet invoice`: what was charged in the words of FOCUS 1.4, and what
 * suppliers ask for beside what we reckoned.
 */
import { writeFile } from 'node:fs/promises'
import type { InvoiceReply, InvoiceView } from '../../api/wire/money.ts'
import { formatDay } from '../../core/domain/day.ts'
import { formatUsd } from '../../core/domain/money.ts'
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

/** Needs no server: the specification is in the program. */
export async function checkFile(session: Session, dataset: Dataset, file: string): Promise<number> {
  const { text } = await readDocument(session, file, 50_000_000)
  const faults = checkFocus(dataset, text)
  session.reply({ file, dataset, faults }, () =>
    faults.length > 0
      ? table(faultColumns, faults, session.look)
      : `${plain(file)} is a ${dataset} table of FOCUS 1.4\n`,
  )
  return faults.length > 0 ? exitCodes.invalid : exitCodes.ok
}

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
  return tellComparison(session, reply)
}

export async function compareInvoice(
  session: Session,
  supplier: string,
  number: string,
): Promise<number> {
  const api = await session.api()
  return tellComparison(session, await api.call('invoice', { params: { supplier, number } }))
}

type Row = InvoiceReply['comparison'][number]

const comparisonColumns: readonly Column<Row>[] = [
  { title: 'RENTAL OR CLAUSE', cell: ({ rental, clause }) => clause ?? (rental || '(none)') },
  {
    title: 'VERDICT',
    cell: ({ verdict, before }) => (before === null ? verdict : `${verdict}, on ${plain(before)}`),
    tint: ({ verdict }) => (verdict === 'same' ? null : 'yellow'),
  },
  { title: 'BILLED', cell: ({ billed }) => formatUsd(billed), isRight: true },
  { title: 'CHARGED', cell: ({ charged }) => formatUsd(charged), isRight: true },
  { title: 'MORE', cell: ({ billed, charged }) => formatUsd(billed - charged), isRight: true },
]

function tellComparison(session: Session, reply: InvoiceReply): number {
  const apart = reply.comparison.filter(({ verdict }) => verdict !== 'same')
  session.reply(reply, ({ invoice, comparison }) => {
    const charged = comparison.reduce((sum, row) => sum + row.charged, 0)
    const head = `invoice ${plain(invoice.number)} of ${plain(invoice.supplier)}, `
    const span = `${formatDay(invoice.from)} to ${formatDay(invoice.to)}`
    const sums = `billed ${formatUsd(invoice.billed)}, charged ${formatUsd(charged)}`
    const verdict =
      apart.length === 0
        ? `all ${comparison.length} agree`
        : `${apart.length} of ${comparison.length} do not agree`
    const rows = apart.length > 0 ? `\n${table(comparisonColumns, apart, session.look)}` : ''
    return `${head}${span}: ${sums}; ${verdict}\n${rows}`
  })
  return exitCodes.ok
}
