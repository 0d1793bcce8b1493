/**
 * What suppliers hold of ours, and whether a contract would let one of them hold too much.
 */

import { formatAmount } from '../../core/contracts/amount.ts'
import { acceptedUnder, bindingClauses } from '../../core/contracts/money/account.ts'
import type { Liability } from '../../core/contracts/money/contingent.ts'
import { creditsLeft } from '../../core/contracts/money/drawdown/credits.ts'
import {
  endingSupport,
  exposures,
  lapses,
  overLimit,
  type PaidFor,
} from '../../core/contracts/money/exposure.ts'
import type { Charge } from '../../core/domain/charge.ts'
import { clauseName } from '../../core/domain/clause.ts'
import { formatDay } from '../../core/domain/day.ts'
import type { Spec } from '../../core/domain/spec.ts'
import type { Ms } from '../../core/domain/time.ts'
import type { Ledger, Row, Snapshot } from '../../ports/ledger.ts'
import { type Charged, usedOf } from './money.ts'
import { historyOf, type LawChange } from './take.ts'

/** Amounts in micro-dollars, as texts. */
export interface ExposureView {
  readonly supplier: string
  /** Paid ahead, deposited, lent or paid for hours to be made up, and not used up. */
  readonly held: string
  /** What guarantors stand for. */
  readonly supported: string
  readonly atRisk: string
  /** What backstops may have us pay it, beside what is at risk; not known where nobody said it. */
  readonly mayCome: Omit<Liability, 'worst' | 'expected'> & {
    readonly worst: string
    readonly expected: string | null
  }
  /** What the policy allows to be at risk; null where it says nothing. */
  readonly limit: string | null
}

export async function exposureView(charged: Charged): Promise<readonly ExposureView[]> {
  const { snapshot } = charged
  const clauses = bindingClauses(historyOf(snapshot))
  const paidFor = await paidForOf(charged)
  return exposures(clauses, paidFor, snapshot.now).map(({ supplier, ...amounts }) => {
    const { held, supported, atRisk, mayCome } = amounts
    const { worst, expected, ...rest } = mayCome
    const likely = expected === null ? null : String(expected)
    return {
      supplier,
      held: String(held),
      supported: String(supported),
      atRisk: String(atRisk),
      mayCome: { ...rest, worst: String(worst), expected: likely },
      limit: limitOf(snapshot, supplier),
    }
  })
}

function limitOf({ rows }: Snapshot, supplier: string): string | null {
  const limits = rows.policy[0]?.body.exposureLimits ?? []
  const found = limits.find((each) => each.supplier === supplier)
  return found ? String(found.max) : null
}

/** A guarantor that soon stands for less than is held. */
export interface LapseView {
  readonly clause: string
  readonly guarantor: string
  readonly supplier: string
  readonly at: Ms
  /** Held without support from then on. */
  readonly atRisk: string
  readonly limit: string | null
}

export async function lapsesView(charged: Charged): Promise<readonly LapseView[]> {
  const { snapshot } = charged
  const clauses = bindingClauses(historyOf(snapshot))
  // Years of charges are gone through only where support ends.
  if (endingSupport(clauses, snapshot.now).length === 0) return []
  return lapses(clauses, await paidForOf(charged), snapshot.now).map(
    ({ clause, at, supplier, atRisk }) => {
      const limit = limitOf(snapshot, supplier)
      const { guarantor } = clause
      return { clause: clauseName(clause), guarantor, supplier, at, atRisk: String(atRisk), limit }
    },
  )
}

async function paidForOf(charged: Charged): Promise<PaidFor> {
  const { now } = charged.snapshot
  const { drawdown } = await usedOf(charged)
  const clauses = bindingClauses(historyOf(charged.snapshot))
  const options = { now, accepted: acceptedUnder(clauses) }
  const credits = clauses.flatMap((clause) => {
    return clause.kind === 'take_or_pay' ? creditsLeft(clause, drawdown, options) : []
  })
  return { used: Object.fromEntries(drawdown.dollars), credits }
}

/** Why contracts may not be signed, in one sentence; null where nobody comes to hold too much. */
export async function tooExposed(
  ledger: Ledger,
  specs: readonly Spec[],
  { drafts }: LawChange,
): Promise<string | null> {
  const added = [...drafts.values()].flatMap(({ change, body }) => {
    return change === 'unchanged' ? [] : [body]
  })
  if (!added.some(({ clauses }) => clauses.some(({ kind }) => kind === 'prepay'))) return null
  const snapshot = await ledger.read()
  const policies = specs.flatMap((each) => (each.kind === 'Policy' ? [each.spec] : []))
  const policy = policies.at(-1) ?? snapshot.rows.policy[0]?.body
  const limits = policy?.exposureLimits ?? []
  if (limits.length === 0) return null
  const paidFor = await paidForOf({ snapshot, charges: await everyCharge(ledger) })
  const clauses = bindingClauses([...historyOf(snapshot), ...added])
  const over = overLimit(clauses, paidFor, limits, snapshot.now)
  if (!over) return null
  const { supplier, atRisk, max, at } = over
  return (
    `${supplier} would hold ${formatAmount(atRisk)} of ours from ${formatDay(at)} on, and the ` +
    `policy ${policy?.name} allows ${formatAmount(max)}; ask for credit_support, pay less ahead, ` +
    'or raise its limit under exposure_limits'
  )
}

async function everyCharge(ledger: Ledger): Promise<readonly Charge[]> {
  const charges: Charge[] = []
  for (let after: string | undefined; ; ) {
    const rows: readonly Row<'charge'>[] = await ledger.list('charge', { all: true, after, limit })
    charges.push(...rows.map(({ body }) => body))
    after = rows.at(-1)?.id
    if (rows.length < limit) return charges
  }
}

const limit = 1_000
