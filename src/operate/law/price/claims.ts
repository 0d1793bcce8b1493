/**
 * What suppliers asked for above the prices of their contracts, by their own invoices: a listing
 * that is dearer is none, as long as nobody asks for it.
 */
import { formatAmount } from '../../../core/contracts/amount.ts'
import { recentMonths } from '../../../core/contracts/delivery/claims.ts'
import { bindingClauses } from '../../../core/contracts/money/account.ts'
import { hasRate } from '../../../core/contracts/price/rate.ts'
import type { Invoice } from '../../../core/domain/charge.ts'
import { type Clause, clauseName, type Price } from '../../../core/domain/clause.ts'
import { type Micros, sum } from '../../../core/domain/money.ts'
import type { Comparison } from '../../../core/focus/invoice/compare.ts'
import type { ClaimView } from '../claims.ts'
import { type Charged, comparisonOf } from '../money.ts'
import { historyOf } from '../take.ts'

/** A line of an invoice to us about something that a clause gives a price for. */
interface Asked {
  readonly clause: string
  readonly invoice: Invoice
  readonly row: Comparison
}

/** Clause by clause and month by month, where an invoice asks for anything under the clause. */
export function overRates(charged: Charged, invoices: readonly Invoice[]): readonly ClaimView[] {
  const prices = bindingClauses(historyOf(charged.snapshot)).filter(isRated)
  if (prices.length === 0) return []
  const parties = new Set(prices.map((each) => each.with))
  return recentMonths(charged.snapshot.now).flatMap((month) => {
    const ours = invoices.filter(({ supplier, from }) => {
      return parties.has(supplier) && from >= month.from && from < month.to
    })
    const asked = ours.flatMap((invoice) => askedBy(invoice, charged, invoices))
    return prices.flatMap((clause): ClaimView[] => {
      const lines = asked.filter((each) => each.clause === clauseName(clause))
      return lines.length === 0 ? [] : [{ ...claimOf(clause, lines), ...month }]
    })
  })
}

function isRated(clause: Clause): clause is Price {
  return clause.kind === 'price' && hasRate(clause)
}

/** A line that several clauses give prices for is told once, under the first of them by name. */
function askedBy(
  invoice: Invoice,
  charged: Charged,
  invoices: readonly Invoice[],
): readonly Asked[] {
  return comparisonOf(invoice, charged, invoices).flatMap((row) => {
    const [clause] = row.rates
    return clause === undefined ? [] : [{ clause, invoice, row }]
  })
}

function claimOf(clause: Price, lines: readonly Asked[]): Omit<ClaimView, 'from' | 'to'> {
  const over = lines.filter(({ row }) => overOf(row) > 0)
  const credit = sum(over.map(({ row }) => overOf(row)))
  return {
    ...{ clause: clauseName(clause), with: clause.with, kind: 'price', up: null, proof: null },
    bill: String(sum(lines.map(({ row }) => row.billed))),
    credit: credit === 0 ? null : String(credit),
    ...{ deadline: null, isNear: false, excluded: [], withheld: [] },
    evidence: over.map(({ invoice, row }) => {
      const amount = formatAmount(BigInt(overOf(row)))
      return `${invoice.number}, line ${row.line}, ${row.rental}: ${amount} above the price`
    }),
    assumed: [...clause.assumed],
  }
}

/** Of what is asked for too much, what the price makes: hours and repetitions are no price. */
function overOf({ verdict, billed, charged, hours, aboveRate }: Comparison): Micros {
  if (verdict !== 'dearer' && verdict !== 'more hours') return 0
  return Math.max(0, Math.min(hours?.byPrice ?? billed - charged, aboveRate))
}
