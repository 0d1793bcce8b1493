/**
 * What lines of invoices ask for beyond what we charged, or short of it, as rows of FOCUS 1.4: with
 * them the charges of an invoice come to what is to be paid, line by line.
 */
import type { Invoice, InvoiceLine } from '../domain/charge.ts'
import { formatMoment } from '../domain/day.ts'
import { type Asked, spanOf } from './invoice/billing.ts'
import { billed, decimal, type FocusRow } from './rows.ts'

/** `charged`: what of ours each line asks for. */
export function adjustmentRows(
  installation: string,
  invoices: readonly Invoice[],
  charged: ReadonlyMap<InvoiceLine, bigint>,
): readonly FocusRow[] {
  return invoices.flatMap((invoice) =>
    invoice.lines.flatMap((line) => {
      const more = BigInt(line.amount) - (charged.get(line) ?? 0n)
      return more === 0n ? [] : [adjustmentRow(installation, { invoice, line }, more)]
    }),
  )
}

function adjustmentRow(installation: string, asked: Asked, more: bigint): FocusRow {
  const { invoice, line } = asked
  const { supplier } = invoice
  const { from, to } = spanOf(line, invoice)
  const { category = 'Usage', rental } = line
  const isOwn = category === 'Tax' || category === 'Credit'
  const place = `line ${line.line} of ${invoice.number}`
  const cost = decimal(more)
  return {
    ...billed(installation, supplier, from, asked),
    BilledCost: cost,
    ChargeCategory: isOwn ? category : 'Adjustment',
    ChargeDescription: `${more > 0n ? 'more' : 'less'} on ${place} than was charged`,
    ChargeFrequency: 'One-Time',
    ChargePeriodStart: formatMoment(from),
    ChargePeriodEnd: formatMoment(to),
    ContractedCost: cost,
    EffectiveCost: cost,
    HostProviderName: null,
    ListCost: cost,
    ResourceId: rental,
    ResourceType: rental === null ? null : 'Rental',
  }
}
