/**
 * What the ledger kept of what happened, sorted by what clauses ask for.
 */
import type { LawRecord } from '../../domain/contract.ts'
import type { Records } from './act.ts'

export function keptRecords(
  kept: readonly LawRecord[],
): Pick<Records, 'launches' | 'inabilities' | 'firstLooks'> {
  const firstLooks = kept.flatMap((each) => {
    if (each.kind !== 'first-look') return []
    return { clause: each.clause, askedAt: each.at, releasedAt: each.releasedAt }
  })
  const about = (kind: 'launch' | 'inability') =>
    kept.flatMap((each) => (each.kind === kind ? [each] : []))
  return { firstLooks, launches: about('launch'), inabilities: about('inability') }
}
