/**
 * When a right of first refusal is triggered: an offer in scope, firm enough, and large enough
 * together with what was bought elsewhere a little earlier.
 */
import type { Rofr } from '../../domain/clause.ts'
import type { Deal, RofrCase } from '../../domain/contract.ts'
import { dayMs } from '../../domain/day.ts'
import type { Ms } from '../../domain/time.ts'
import { type Facts, mayBeInScope } from '../scope.ts'

/** What was bought, from whom, when; and what is about to be. */
export interface Purchase {
  readonly id: string
  readonly at: Ms
  readonly supplier: string
  readonly deal: Deal
  readonly facts: Facts
}

export interface Proposal extends Purchase {
  readonly firmness: 'indicative' | 'accepted-loi' | 'binding-offer'
}

export interface Opening {
  /** Accelerators that count: this purchase and those that it is added to. */
  readonly accelerators: number
  readonly added: readonly string[]
}

/** Null where the right is not triggered. `earlier` may hold anything that was ever bought. */
export function opening(
  clause: Rofr,
  proposal: Proposal,
  earlier: readonly Purchase[],
): Opening | null {
  if (!isFirm(clause, proposal) || !concerns(clause, proposal)) return null
  const since = proposal.at - clause.aggregateDays * dayMs
  const added = earlier.filter((each) => {
    const isRecent = each.at > since && each.at <= proposal.at && each.id !== proposal.id
    return isRecent && concerns(clause, each)
  })
  const accelerators = added.reduce(
    (total, each) => total + each.deal.accelerators,
    proposal.deal.accelerators,
  )
  const ids = added.map(({ id }) => id).sort()
  return accelerators < clause.acceleratorsMin ? null : { accelerators, added: ids }
}

function isFirm(clause: Rofr, { firmness }: Proposal): boolean {
  if (firmness === 'binding-offer') return true
  return firmness === 'accepted-loi' && clause.trigger === 'accepted-loi'
}

/** Capacity from anybody but the holder, in scope or not known to be outside. */
function concerns(clause: Rofr, { supplier, facts }: Purchase): boolean {
  return supplier !== clause.with && mayBeInScope(clause.scope, facts)
}

/** A new case under a clause that is in force, about all that counts and not a slice of it. */
export function openCase(
  clause: Rofr,
  proposal: Proposal,
  { accelerators, added }: Opening,
): RofrCase {
  const { id, supplier, deal } = proposal
  const together =
    added.length === 0 ? '' : `, which with ${added.join(', ')} come to ${accelerators}`
  const why = `${supplier} offers ${deal.accelerators} accelerators${together}`
  return {
    id: `${clause.contract}/${clause.id}/${id}`,
    clause,
    thirdParty: supplier,
    deal: { ...deal, accelerators },
    step: 'triggered',
    digest: null,
    deadline: null,
    longStop: null,
    freedom: null,
    freeUntil: null,
    acceleratorsTaken: 0,
    acceleratorsFree: 0,
    acceleratorsSigned: 0,
    purchases: [],
    evidence: [
      { at: proposal.at, from: null, to: 'triggered', actor: 'us', why, digest: null, proof: null },
    ],
  }
}
