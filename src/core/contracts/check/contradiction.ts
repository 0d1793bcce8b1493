/**
 * What may be wrong between clauses, each with what was found and what would put it right.
 */
import { type Clause, clauseName } from '../../domain/clause.ts'

export type ContradictionKind =
  | 'dates' // out of order, or outside the contract
  | 'version' // one clause, recorded at one moment, in two wordings
  | 'reference' // names what is not there
  | 'unit' // cannot be converted
  | 'scope' // matches nothing that is known
  | 'exclusive' // two are promised the same alone, or one is promised what is bought elsewhere
  | 'priority' // two are to be asked at the same time
  | 'launch' // who is to be first may not be
  | 'order' // two orders for the same overflow
  | 'secret' // one is to be told what is kept for another
  | 'placement' // work that may run nowhere

export interface Contradiction {
  readonly kind: ContradictionKind
  readonly clause: string
  readonly other: string | null
  /** What of the clause it is about, by its keys and positions; all of it where that is empty. */
  readonly path: readonly (string | number)[]
  readonly found: string
  readonly remedy: string
}

export function contradiction(
  kind: ContradictionKind,
  clause: Clause,
  {
    other = null,
    path = [],
    found,
    remedy,
  }: {
    readonly other?: Clause | null
    readonly path?: Contradiction['path']
    readonly found: string
    readonly remedy: string
  },
): Contradiction {
  const names = { clause: clauseName(clause), other: other && clauseName(other) }
  return { kind, ...names, path, found, remedy }
}
