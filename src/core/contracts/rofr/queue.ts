/**
 * Who is asked next where several hold a right over the same deal: one after the other, by the
 * priority that their clauses declare.
 */
import type { RofrCase } from '../../domain/contract.ts'

export type Turn =
  | { readonly turn: 'notify'; readonly case: RofrCase }
  | { readonly turn: 'wait'; readonly case: RofrCase }
  /** One of them takes it, or it is withdrawn: there is nothing left for the others. */
  | { readonly turn: 'stop'; readonly case: RofrCase }
  | { readonly turn: 'free' }

/** The cases of one deal. */
export function nextTurn(cases: readonly RofrCase[]): Turn {
  const ordered = [...cases].sort((a, b) => {
    return a.clause.priority - b.clause.priority || (a.id < b.id ? -1 : 1)
  })
  for (const each of ordered) {
    const { step } = each
    if (step === 'matched' || step === 'contracted' || step === 'withdrawn') {
      return { turn: 'stop', case: each }
    }
    if (step === 'triggered' || step === 'expired') return { turn: 'notify', case: each }
    if (step === 'noticed' || step === 'disputed') return { turn: 'wait', case: each }
  }
  return { turn: 'free' }
}
