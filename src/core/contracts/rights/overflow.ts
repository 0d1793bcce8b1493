/**
 * Where the hunt goes once the other side of a clause has no space left: in the order it prefers.
 */
import { type Clause, clauseName, type PreferredOverflow } from '../../domain/clause.ts'
import { type Facts, isInScope } from '../scope.ts'

export interface OverflowRank {
  /** The lower is asked first; who is not named comes after all who are. */
  readonly rank: number
  readonly why: string
}

const unranked: OverflowRank = { rank: 0, why: 'no clause prefers anybody' }

/** The rank of a supplier while those in `outOfSpace` have nothing. */
export function overflowOrder(
  clauses: readonly Clause[],
  ask: {
    readonly supplier: string
    readonly facts: Facts
    readonly outOfSpace: readonly string[]
  },
): OverflowRank {
  const { supplier, facts, outOfSpace } = ask
  const live = clauses.filter((each): each is PreferredOverflow => {
    return each.kind === 'preferred_overflow' && outOfSpace.includes(each.with)
  })
  const [clause] = live
    .filter(({ scope }) => isInScope(scope, facts))
    .sort((a, b) => (clauseName(a) < clauseName(b) ? -1 : 1))
  if (!clause) return unranked
  const rank = clause.order.indexOf(supplier)
  const name = clauseName(clause)
  return rank < 0
    ? { rank: clause.order.length, why: `${clause.with} is full, and ${name} names others first` }
    : { rank, why: `${clause.with} is full, and ${name} prefers it as number ${rank + 1}` }
}
