/**
 * Which clauses may take a part of which charge: duties to use, commitments to spend, and what was
 * paid ahead, of its other side and while they last.
 */
import type { Clause, Prepay, SpendCommit, TakeOrPay } from '../../../domain/clause.ts'
import { isInScope } from '../../scope.ts'
import { type DrawnCharge, inDrawOrder } from '../draw.ts'
import { paidAhead } from '../prepaid.ts'

export type Taker = TakeOrPay | SpendCommit | Prepay

/** By the side of whose charges they take, in the order in which they do. */
export function takersOf(clauses: readonly Clause[]): ReadonlyMap<string, readonly Taker[]> {
  const takers = known.get(clauses) ?? bySide(clauses)
  known.set(clauses, takers)
  return takers
}

function bySide(clauses: readonly Clause[]): ReadonlyMap<string, readonly Taker[]> {
  const all: readonly Taker[] = [...inDrawOrder(clauses), ...paidAhead(clauses)]
  return Map.groupBy(all, (each) => each.with)
}

/** A memo and nothing else: each turn asks the same clauses. */
const known = new WeakMap<readonly Clause[], ReadonlyMap<string, readonly Taker[]>>()

/** A charge, with those that may take a part of it. */
export interface Claimed extends DrawnCharge {
  readonly takers: readonly Taker[]
}

/** What nobody may take of is left out, for it draws nothing down. */
export function claimed(
  clauses: readonly Clause[],
  charges: readonly DrawnCharge[],
): readonly Claimed[] {
  const all = takersOf(clauses)
  return charges.flatMap((charge) => {
    const takers = (all.get(charge.supplier) ?? []).filter((clause) => takes(clause, charge))
    return takers.length === 0 ? [] : [{ ...charge, takers }]
  })
}

function takes(clause: Taker, { at, accelerator, facts }: DrawnCharge): boolean {
  if (at < clause.from || (clause.to !== null && at >= clause.to)) return false
  if (clause.kind === 'take_or_pay' && clause.accelerator !== accelerator) return false
  // A deposit and a loan come back as they went, and pay for nothing.
  if (clause.kind === 'prepay' && (clause.form !== 'prepay' || at < clause.paidAt)) return false
  return isInScope(clause.scope, facts)
}
