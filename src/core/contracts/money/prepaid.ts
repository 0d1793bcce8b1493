/**
 * Which charges were paid ahead: a prepayment is used up by what the other side charges, in order
 * of time, from the day on which it was paid. Every dollar of a charge comes from one prepayment.
 */
import type { Clause, Prepay } from '../../domain/clause.ts'
import { clauseName } from '../../domain/clause.ts'
import { type Amount, amountOf, least } from '../amount.ts'
import { isInScope } from '../scope.ts'
import type { Draw, DrawnCharge } from './draw.ts'

/** A deposit and a loan come back as they went, and pay for nothing. */
export function prepaid(
  clauses: readonly Clause[],
  charges: readonly DrawnCharge[],
): readonly Draw[] {
  const payments = clauses.filter((clause): clause is Prepay => {
    return clause.kind === 'prepay' && clause.form === 'prepay'
  })
  const inTurn = payments.sort(
    (a, b) => a.paidAt - b.paidAt || (clauseName(a) < clauseName(b) ? -1 : 1),
  )
  const left = new Map<string, Amount>(
    inTurn.map((each) => [clauseName(each), amountOf(each.dollars)]),
  )
  const inOrder = [...charges].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
  return inOrder.flatMap((charge) => {
    let owed = charge.amount
    return inTurn.flatMap((clause): readonly Draw[] => {
      const name = clauseName(clause)
      const taken = least(owed, left.get(name) ?? 0n)
      if (taken <= 0n || !pays(clause, charge)) return []
      owed -= taken
      left.set(name, (left.get(name) ?? 0n) - taken)
      return [{ charge: charge.id, clause: name, hours: 0, amount: taken }]
    })
  })
}

function pays(clause: Prepay, { at, supplier, accelerator, facts }: DrawnCharge): boolean {
  if (clause.with !== supplier || at < clause.paidAt) return false
  if (at < clause.from || (clause.to !== null && at >= clause.to)) return false
  const known = { supplier: [supplier], accelerator: [accelerator] }
  return isInScope(clause.scope, { ...facts, ...known })
}
