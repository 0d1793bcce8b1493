/**
 * What the law is, for people: of any day, as it was known on any day.
 */
import { asOf } from '../../core/contracts/as-of.ts'
import { calendar } from '../../core/contracts/calendar.ts'
import { gaps } from '../../core/contracts/check/contradictions.ts'
import { type Bar, barOf, houseOf, lawAt } from '../../core/contracts/law.ts'
import { phrase, phraseSilence } from '../../core/contracts/phrase.ts'
import { noRecords } from '../../core/contracts/rights/act.ts'
import { keptRecords } from '../../core/contracts/rights/kept.ts'
import { type Clause, clauseName } from '../../core/domain/clause.ts'
import { type Offer, offerName } from '../../core/domain/offer.ts'
import type { Ms } from '../../core/domain/time.ts'
import type { Workload } from '../../core/domain/workload.ts'
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

/** What is not said in what binds now, and should be known. */
export function gapsView(snapshot: Snapshot) {
  const { inForce } = asOf(historyOf(snapshot), snapshot.now, snapshot.now)
  return gaps(inForce)
}

export interface Verdict {
  readonly offer: string
  /** Null where it might have been bought. */
  readonly bar: Bar | null
}

/** What the law of a day says to a workload at what is for sale today. */
export function verdictsAt(
  snapshot: Snapshot,
  workload: Workload,
  { offers, at }: { readonly offers: readonly Offer[]; readonly at: Ms },
): readonly Verdict[] {
  const waivers = snapshot.rows.waiver.map(({ body }) => body)
  const sellers = snapshot.rows.supplier.map(({ body }) => body)
  const house = houseOf(snapshot.rows.policy[0]?.body ?? null, sellers)
  const kept = keptRecords(snapshot.rows.record.map(({ body }) => body))
  const records = { ...noRecords, ...kept, waivers }
  const law = lawAt(historyOf(snapshot), at, { records, house })
  return offers.flatMap((offer) => {
    const { accelerator, perNode, region, supplier } = offer
    const alternative = workload.resources.find((each) => {
      return each.accelerator === accelerator && each.perNode === perNode
    })
    if (!alternative) return []
    const { nodes } = alternative
    const pricePerHour = offer.pricePerHour * nodes
    const seller = sellers.find(({ name }) => name === supplier) ?? null
    const shape = { accelerator, perNode, nodes, region, pricePerHour }
    const buying = { id: '', workload, supplier, seller, ...shape }
    return { offer: offerName(offer), bar: barOf(law, buying) }
  })
}
