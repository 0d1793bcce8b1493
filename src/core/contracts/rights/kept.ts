/**
 * What the ledger kept of what happened, sorted by what clauses ask for.
 */
import type { LawRecord } from '../../domain/contract.ts'
import type { Records } from './act.ts'

type Kept = Pick<Records, 'launches' | 'inabilities' | 'firstLooks'>

/** A memo and nothing else: turn by turn the same was kept. */
const memo = new WeakMap<readonly LawRecord[], Kept>()

export function keptRecords(kept: readonly LawRecord[]): Kept {
  const known = memo.get(kept) ?? sorted(kept)
  memo.set(kept, known)
  return known
}

function sorted(kept: readonly LawRecord[]): Kept {
  const firstLooks = kept.flatMap((each) => {
    if (each.kind !== 'first-look') return []
    return { clause: each.clause, askedAt: each.at, releasedAt: each.releasedAt }
  })
  const about = (kind: 'launch' | 'inability') =>
    kept.flatMap((each) => (each.kind === kind ? [each] : []))
  return { firstLooks, launches: about('launch'), inabilities: about('inability') }
}
