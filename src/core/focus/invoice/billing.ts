/**
 * Which line of which invoice asks for what we charged, owe or paid ahead: each belongs to the
 * first line that asks for it, in the order in which invoices came in.
 */
import type { Due } from '../../contracts/money/dues.ts'
import type { Invoice, InvoiceLine } from '../../domain/charge.ts'
import { clauseName, type Prepay } from '../../domain/clause.ts'
import type { Slice } from '../../meter/slices.ts'
import { firstAt, type Span } from './spans.ts'

export interface Asked {
  readonly invoice: Invoice
  readonly line: InvoiceLine
}

export interface Billing {
  ofPart(part: Slice): Asked | null
  ofDue(due: Due): Asked | null
  ofPrepay(prepay: Prepay): Asked | null
}

/** Suppliers round to the cent. */
export const centMicros = 10_000

export function billing(invoices: readonly Invoice[], prepays: readonly Prepay[]): Billing {
  const asked = [...invoices].sort(inTurn).flatMap((invoice) => {
    return invoice.lines.map((line): Asked => ({ invoice, line }))
  })
  const promises = Map.groupBy(
    asked.filter(({ line }) => isCharge(line) && line.promised && line.amount >= 0),
    ({ line }) => line.promised?.clause ?? '',
  )
  const paid = paidBy(asked, promises, prepays)
  const paying = new Set([...paid.values()].map(({ line }) => line))
  const about = Map.groupBy(
    asked.filter(({ line }) => isUse(line) && !paying.has(line)),
    ({ invoice, line }) => JSON.stringify([invoice.supplier, line.rental]),
  )
  const uses = new Map(
    [...about].map(([rental, all]) => {
      const spans = all.map((each) => ({ ...spanOf(each.line, each.invoice), asked: each }))
      return [rental, firstAt(spans)] as const
    }),
  )
  return {
    // By its beginning: pieces are cut where lines begin and end.
    ofPart({ charge: { supplier, rental }, from }) {
      return uses.get(JSON.stringify([supplier, rental]))?.(from)?.asked ?? null
    },
    ofDue(due) {
      const lines = promises.get(due.clause) ?? []
      return (
        lines.find(({ invoice, line: { promised } }) => {
          return invoice.supplier === due.with && promised !== undefined && endsIn(due, promised)
        }) ?? null
      )
    },
    ofPrepay: (prepay) => paid.get(clauseName(prepay)) ?? null,
  }
}

function inTurn(a: Invoice, b: Invoice): number {
  return a.importedAt - b.importedAt || (a.number < b.number ? -1 : 1)
}

/** Whether it asks for something that was sold: neither a tax on it, nor what is given back. */
export function isCharge({ category = 'Usage' }: InvoiceLine): boolean {
  return category === 'Usage' || category === 'Purchase'
}

export function isUse(line: InvoiceLine): boolean {
  return line.rental !== null && isCharge(line)
}

export function spanOf({ span }: InvoiceLine, { from, to }: Span): Span {
  return span ?? { from, to }
}

/** What is owed is billed once it is over. */
export function endsIn({ to: end }: Due, { from, to }: Span): boolean {
  return end > from && end <= to
}

export function isPaidIn({ paidAt }: Prepay, { from, to }: Span): boolean {
  return paidAt >= from && paidAt < to
}

/** A line that names the prepayment; else a purchase of as much at that time that names nothing. */
function paidBy(
  asked: readonly Asked[],
  promises: ReadonlyMap<string, readonly Asked[]>,
  prepays: readonly Prepay[],
): ReadonlyMap<string, Asked> {
  const paid = new Map<string, Asked>()
  const taken = new Set<InvoiceLine>()
  const isThen = (prepay: Prepay, { invoice, line }: Asked) => {
    const isOfThem = invoice.supplier === prepay.with && !taken.has(line)
    return isOfThem && (isPaidIn(prepay, spanOf(line, invoice)) || isPaidIn(prepay, invoice))
  }
  const take = (prepay: Prepay, found: Asked | undefined) => {
    if (!found) return
    paid.set(clauseName(prepay), found)
    taken.add(found.line)
  }
  for (const prepay of prepays) {
    const lines = promises.get(clauseName(prepay)) ?? []
    take(
      prepay,
      lines.find((each) => isThen(prepay, each)),
    )
  }
  const bare = asked.filter(({ line }) => line.category === 'Purchase' && !line.promised)
  for (const prepay of prepays) {
    if (paid.has(clauseName(prepay))) continue
    const isAsMuch = ({ line }: Asked) => {
      return Math.abs(line.amount - prepay.dollars * 1_000_000) < centMicros
    }
    take(
      prepay,
      bare.find((each) => isAsMuch(each) && isThen(prepay, each)),
    )
  }
  return paid
}
