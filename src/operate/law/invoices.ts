/**
 * Invoices in the ledger: taken once, held against what we charged for ourselves, never changed.
 */
import type { Invoice } from '../../core/domain/charge.ts'
import { event } from '../../core/domain/event.ts'
import type { FocusFault } from '../../core/focus/check.ts'
import { readInvoice } from '../../core/focus/invoice/read.ts'
import type { Ledger } from '../../ports/ledger.ts'
import { every } from '../memory.ts'

export interface InvoiceOrder {
  readonly supplier: string
  /** The table as it came. */
  readonly text: string
  readonly by: string
}

export type InvoiceOutcome =
  | { readonly outcome: 'done'; readonly invoice: Invoice }
  | { readonly outcome: 'faulty'; readonly faults: readonly FocusFault[] }
  /** Nobody sells under that name, or the invoice is here already. */
  | { readonly outcome: 'refused'; readonly why: string }

export async function takeInvoice(ledger: Ledger, order: InvoiceOrder): Promise<InvoiceOutcome> {
  const { supplier, text, by } = order
  const seller = await ledger.get('supplier', supplier)
  if (!seller) return { outcome: 'refused', why: `there is no supplier ${supplier}` }
  const read = readInvoice(text, supplier)
  if ('faults' in read) return { outcome: 'faulty', faults: read.faults }
  const importedAt = await ledger.now()
  const invoice: Invoice = { ...read.invoice, supplier, importedAt, by }
  const { number, lines } = invoice
  const id = `${supplier}/${number}`
  const total = lines.reduce((sum, { amount }) => sum + amount, 0)
  const done = await ledger.commit({
    puts: [{ kind: 'invoice', id, version: 0, live: false, body: invoice }],
    events: [event('invoice.taken', { supplier }, { number, lines: lines.length, total, by })],
  })
  if (done.outcome === 'done') return { outcome: 'done', invoice }
  const before = await ledger.get('invoice', id)
  const since = before ? `, ${before.body.by} brought it in` : ''
  const remedy = `see \`calumet invoice compare ${supplier} ${number}\``
  const why = `invoice ${number} of ${supplier} is here already${since}; ${remedy}`
  return { outcome: 'refused', why }
}

export async function everyInvoice(ledger: Ledger): Promise<readonly Invoice[]> {
  const all: Invoice[] = []
  for await (const { body } of every(ledger, 'invoice')) all.push(body)
  return all
}
