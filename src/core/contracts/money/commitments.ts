/**
 * Contracts as the commitments that a cost ledger knows, in the words of FOCUS 1.4.
 */
import type { Clause } from '../../domain/clause.ts'
import { clauseName } from '../../domain/clause.ts'
import type { Commitment, Contract } from '../../domain/contract.ts'
import type { Ms } from '../../domain/time.ts'
import { lastVersions, latestOf } from '../as-of.ts'

/** Each once, in its newest version. `exhausted` names clauses with nothing left to draw. */
export function commitments(
  history: readonly Contract[],
  now: Ms,
  exhausted: readonly string[] = [],
): readonly Commitment[] {
  const known = history.filter((each) => each.recordedAt <= now)
  const contracts = latestOf(known)
  const superseded = new Set(
    [...contracts.values()].filter(({ from }) => from <= now).flatMap((each) => each.supersedes),
  )
  const rows = lastVersions(known.map((each) => knownOf(each, now))).flatMap(
    (clause): readonly Commitment[] => {
      const terms = termsOf(clause)
      const contract = contracts.get(clause.contract)
      if (!terms || !contract) return []
      const id = clauseName(clause)
      const lifecycle = superseded.has(contract.name)
        ? 'Superseded'
        : exhausted.includes(id)
          ? 'Exhausted'
          : lifecycleOf(clause, contract, now)
      const { from, to } = clause
      return [{ id, contract: contract.name, supplier: clause.with, lifecycle, from, to, ...terms }]
    },
  )
  return rows.sort((a, b) => (a.id < b.id ? -1 : 1))
}

function knownOf(contract: Contract, now: Ms): Contract {
  return { ...contract, clauses: contract.clauses.filter(({ recordedAt }) => recordedAt <= now) }
}

function lifecycleOf(
  { from, to }: Clause,
  { bindingness }: Contract,
  now: Ms,
): Commitment['lifecycle'] {
  if (bindingness !== 'definitive' && bindingness !== 'terminated') return 'Proposed'
  if (now < from) return 'Pending'
  return to !== null && now >= to ? 'Expired' : 'Active'
}

const intervals = {
  hour: 'Hourly',
  month: 'Monthly',
  quarter: 'Quarterly',
  year: 'Annual',
} as const

type Terms = Omit<Commitment, 'id' | 'contract' | 'supplier' | 'lifecycle' | 'from' | 'to'>

/** Null for clauses that commit us to nothing countable. */
function termsOf(clause: Clause): Terms | null {
  if (clause.kind === 'take_or_pay') {
    return {
      category: 'Usage',
      benefit: 'Availability',
      model: 'Continuous',
      interval: intervals[clause.interval],
      quantity: clause.quantity,
      costDollars: null,
      payment: 'No Upfront',
    }
  }
  if (clause.kind === 'spend_commit') {
    return {
      category: 'Spend',
      // No discount of so many percent: what is bought under it has prices of its own.
      benefit: 'Other',
      model: 'Discontinuous',
      interval: clause.milestones.length > 0 ? 'Custom' : 'Full Period',
      quantity: null,
      costDollars: clause.totalDollars,
      payment: 'No Upfront',
    }
  }
  if (clause.kind !== 'prepay') return null
  return {
    category: 'Spend',
    benefit: 'Entitlement',
    model: 'Discontinuous',
    interval: 'Full Period',
    quantity: null,
    costDollars: clause.dollars,
    payment: 'All Upfront',
  }
}
