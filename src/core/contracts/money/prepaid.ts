/**
 * Which charges were paid ahead: a prepayment is used up by what the other side charges, in order
 * of time, from the day on which it was paid. Every dollar of a charge comes from one prepayment.
 */
import type { Clause, Prepay } from '../../domain/clause.ts'
import { clauseName } from '../../domain/clause.ts'
import { type Amount, amountOf, least } from '../amount.ts'
import { type Draw, inTurn } from './draw.ts'
import type { Claimed } from './drawdown/takers.ts'

/** In the order of their use. A deposit and a loan come back as they went, and pay for nothing. */
export function prepayments(clauses: readonly Clause[]): readonly Prepay[] {
  return paidAhead(clauses).filter(({ form }) => form === 'prepay')
}

/** Deposits and loans as well, in the order in which they are paid. */
export function paidAhead(clauses: readonly Clause[]): readonly Prepay[] {
  const payments = clauses.filter((clause) => clause.kind === 'prepay')
  return payments.sort((a, b) => a.paidAt - b.paidAt || (clauseName(a) < clauseName(b) ? -1 : 1))
}

export function prepaid(
  charges: readonly Claimed[],
  /** What of each was used up before. */
  since: ReadonlyMap<string, Amount>,
): { readonly draws: readonly Draw[]; readonly used: ReadonlyMap<string, Amount> } {
  const purses = new Map<Prepay, Purse>()
  const purseFor = (payment: Prepay) => {
    const purse = purses.get(payment) ?? purseOf(payment, since)
    purses.set(payment, purse)
    return purse
  }
  const used = new Map(since)
  const draws: Draw[] = []
  for (const charge of [...charges].sort(inTurn)) {
    let owed = charge.amount
    for (const payment of charge.takers) {
      if (payment.kind !== 'prepay') continue
      const purse = purseFor(payment)
      const taken = least(owed, purse.left)
      if (taken <= 0n) continue
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
  readonly name: string
  left: Amount
}

function purseOf(payment: Prepay, since: ReadonlyMap<string, Amount>): Purse {
  const name = clauseName(payment)
  return { name, left: amountOf(payment.dollars) - (since.get(name) ?? 0n) }
}
