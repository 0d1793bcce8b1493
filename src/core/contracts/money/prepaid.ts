/**
 * Which charges were paid ahead: a prepayment is used up by what the other side charges, in order
 * of time, from the day on which it was paid. Every dollar of a charge comes from one prepayment.
 */
import type { Clause, Prepay } from '../../domain/clause.ts'
import { clauseName } from '../../domain/clause.ts'
import { type Amount, amountOf, least } from '../amount.ts'
import { isInScope } from '../scope.ts'
import { type Draw, type DrawnCharge, inTurn } from './draw.ts'

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
  const used = new Map(since)
  const draws = [...charges].sort(inTurn).flatMap((charge) => {
    let owed = charge.amount
    return oldest.flatMap((clause): readonly Draw[] => {
      const name = clauseName(clause)
      const before = used.get(name) ?? 0n
      const taken = least(owed, amountOf(clause.dollars) - before)
      if (taken <= 0n || !pays(clause, charge)) return []
      owed -= taken
      used.set(name, before + taken)
      const { id, at } = charge
      return [{ charge: id, clause: name, at, hours: 0, amount: taken, madeUp: null }]
    })
  })
  return { draws, used }
}

function pays(clause: Prepay, { at, supplier, accelerator, facts }: DrawnCharge): boolean {
  if (clause.with !== supplier || at < clause.paidAt) return false
  if (at < clause.from || (clause.to !== null && at >= clause.to)) return false
  if (clause.scope.length === 0) return true
  const known = { supplier: [supplier], accelerator: [accelerator] }
  return isInScope(clause.scope, { ...facts, ...known })
}
