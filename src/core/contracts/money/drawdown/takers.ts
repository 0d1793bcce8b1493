/**
 * Which clauses may take a part of which charge: duties to use, commitments to spend, and what was
 * paid ahead, of its other side and while they last.
 */
import type { Clause, Prepay, SpendCommit, TakeOrPay } from '../../../domain/clause.ts'
import { isInScope } from '../../scope.ts'
import type { DrawnCharge } from '../draw.ts'

export type Taker = TakeOrPay | SpendCommit | Prepay

export function isTaker(clause: Clause): clause is Taker {
  const { kind } = clause
  return kind === 'take_or_pay' || kind === 'spend_commit' || kind === 'prepay'
}

/** By the side of whose charges they take. */
export function takersOf(clauses: readonly Clause[]): ReadonlyMap<string, readonly Taker[]> {
  const found = known.get(clauses) ?? Map.groupBy(clauses.filter(isTaker), (each) => each.with)
  known.set(clauses, found)
  return found
}

/** A memo and nothing else: each turn asks the same clauses. */
const known = new WeakMap<readonly Clause[], ReadonlyMap<string, readonly Taker[]>>()

/** Whether it may, of a charge of its other side. */
export function takes(clause: Taker, { at, accelerator, facts }: DrawnCharge): boolean {
  if (at < clause.from || (clause.to !== null && at >= clause.to)) return false
  if (clause.kind === 'take_or_pay' && clause.accelerator !== accelerator) return false
  if (clause.kind === 'prepay' && at < clause.paidAt) return false
  return isInScope(clause.scope, facts)
}
