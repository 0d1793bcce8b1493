/**
 * What the law is, for people: of any day, as it was known on any day.
 */
import { asOf } from '../../core/contracts/as-of.ts'
import { calendar } from '../../core/contracts/calendar.ts'
import { gaps } from '../../core/contracts/check/contradictions.ts'
import { phrase, phraseSilence } from '../../core/contracts/phrase.ts'
import { type Clause, clauseName } from '../../core/domain/clause.ts'
import type { Contract } from '../../core/domain/contract.ts'
import type { Ms } from '../../core/domain/time.ts'
import type { Snapshot } from '../../ports/ledger.ts'
import { historyOf } from './take.ts'

export interface ClauseView {
  /** `<contract>/<clause>`. */
  readonly clause: string
  readonly kind: string
  readonly with: string
  readonly says: string
  readonly about: string
  readonly when: string
  readonly source: string
  readonly assumed: string | null
  /** Why it does not bind; null where it does. */
  readonly silent: string | null
}

/** Every clause that was ever known, with those in force first. */
export function lawView(snapshot: Snapshot, at: Ms, known: Ms): readonly ClauseView[] {
  const { inForce, silent } = asOf(historyOf(snapshot), at, known)
  return [
    ...inForce.map((clause) => clauseView(clause, null)),
    ...silent.map(({ clause, silence }) => clauseView(clause, phraseSilence(silence))),
  ]
}

function clauseView(clause: Clause, silent: string | null): ClauseView {
  const { kind, with: party } = clause
  return { clause: clauseName(clause), kind, with: party, ...phrase(clause), silent }
}

export interface DateView {
  readonly at: Ms
  readonly clause: string
  readonly what: string
  readonly by: string | null
  readonly isNear: boolean
  readonly assumed: readonly string[]
}

/** Every date ahead, those of open cases among them. */
export function datesView(snapshot: Snapshot): readonly DateView[] {
  return datesOf(snapshot).map(({ at, clause, what, by, isNear, assumed }) => {
    return { at, clause, what, by, isNear, assumed }
  })
}

/** What is ours and near. The last day to claim is no duty where there is nothing to claim. */
export function nearDuties(snapshot: Snapshot): readonly DateView[] {
  return datesOf(snapshot).filter(({ isNear, by, kind }) => {
    return isNear && by === 'us' && kind !== 'sla_credit'
  })
}

function datesOf(snapshot: Snapshot) {
  const cases = snapshot.rows.right.map(({ body }) => body)
  return calendar(historyOf(snapshot), cases, snapshot.now)
}

/** What is not said in what binds now, and should be known; `more` may come beside it. */
export function gapsView(snapshot: Snapshot, more: readonly Contract[] = []) {
  const { inForce } = asOf([...historyOf(snapshot), ...more], snapshot.now, snapshot.now)
  return gaps(inForce)
}
