/**
 * Which charges were paid ahead: a prepayment is used up by what the other side charges, in order
 * of time, from the day on which it was paid. Every dollar of a charge comes from one prepayment.
 */
import type { Clause, Prepay } from '../../domain/clause.ts'
import { clauseName } from '../../domain/clause.ts'
import { type Amount, amountOf, least } from '../amount.ts'
import { type Draw, type DrawnCharge, inTurn } from './draw.ts'
import { takes } from './drawdown/takers.ts'

/** In the order of their use. A deposit and a loan come back as they went, and pay for nothing. */
export function prepayments(clauses: readonly Clause[]): readonly Prepay[] {
  const payments = clauses.filter((clause) => clause.kind === 'prepay')
  return payments
    .filter(({ form }) => form === 'prepay')
    .sort((a, b) => a.paidAt - b.paidAt || (clauseName(a) < clauseName(b) ? -1 : 1))
}

export function prepaid(
  clauses: readonly Clause[],
  charges: readonly DrawnCharge[],
  /** What of each was used up before. */
  since: ReadonlyMap<string, Amount>,
): { readonly draws: readonly Draw[]; readonly used: ReadonlyMap<string, Amount> } {
  const oldest = prepayments(clauses)
  if (oldest.length === 0) return { draws: [], used: since }
  const purses = Map.groupBy(
    oldest.map((clause): Purse => {
      const name = clauseName(clause)
      return { clause, name, left: amountOf(clause.dollars) - (since.get(name) ?? 0n) }
    }),
    ({ clause }) => clause.with,
  )
  const used = new Map(since)
  const draws: Draw[] = []
  for (const charge of [...charges].sort(inTurn)) {
    let owed = charge.amount
    for (const purse of purses.get(charge.supplier) ?? []) {
      const taken = least(owed, purse.left)
      if (taken <= 0n || !takes(purse.clause, charge)) continue
      owed -= taken
      purse.left -= taken
      const { id, at } = charge
      const { name: clause } = purse
      used.set(clause, (used.get(clause) ?? 0n) + taken)
      draws.push({ charge: id, clause, at, hours: 0, amount: taken, madeUp: null })
    }
  }
  return { draws, used }
}

/** A prepayment as it is used up, which changes with every charge. */
interface Purse {
  readonly clause: Prepay
  readonly name: string
  left: Amount
}
