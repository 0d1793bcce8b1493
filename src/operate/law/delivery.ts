/**
 * What was promised to come: how far each tranche is, what its lateness is worth, which shares
 * vest, and whether something else may stand in for it.
 */
import { asOf } from '../../core/contracts/as-of.ts'
import { acceleratorsOf } from '../../core/contracts/capacity.ts'
import {
  expected,
  type LadderRung,
  ladder,
  schedulable,
} from '../../core/contracts/delivery/ladder.ts'
import { type Lateness, lateness } from '../../core/contracts/delivery/late.ts'
import { learnt, type SlipLaw } from '../../core/contracts/delivery/slip.ts'
import { acceptance, type Spec } from '../../core/contracts/delivery/substitution.ts'
import { vesting } from '../../core/contracts/delivery/vesting.ts'
import { standingOf } from '../../core/contracts/price/held.ts'
import { levelsAt } from '../../core/contracts/price/levels.ts'
import { type RateQuestion, rateOf } from '../../core/contracts/price/rate.ts'
import { type Clause, clauseName, type Ramp, type Tranche } from '../../core/domain/clause.ts'
import { dayMs } from '../../core/domain/day.ts'
import type { Micros } from '../../core/domain/money.ts'
import type { Ms } from '../../core/domain/time.ts'
import type { Delivery } from '../../core/report/score.ts'
import type { Snapshot } from '../../ports/ledger.ts'
import { historyOf } from './take.ts'

export interface TrancheView {
  /** `<contract>/<clause>/<tranche>`. */
  readonly tranche: string
  readonly with: string
  readonly accelerator: string
  /** Null where nobody said what the unit comes to. */
  readonly accelerators: number | null
  readonly rung: LadderRung
  readonly dueAt: Ms
  /** As likely as not, and nine times in ten, accepted by then. */
  readonly likelyAt: Ms
  readonly lateAt: Ms
  /** Null while it is not late, and where no clause says what that is worth. */
  readonly late: {
    readonly clause: string
    readonly days: number
    /** In micro-dollars, as a text; null where no clause tells a price. */
    readonly credit: string | null
    readonly mayEndFrom: Ms
    readonly ends: Lateness['terminates']
  } | null
}

export interface VestingView {
  readonly clause: string
  readonly with: string
  readonly vestedShares: number
  readonly shares: number
  /** Accelerators until the next milestone; null where all are reached. */
  readonly missing: number | null
}

/** All tranches of a ramp together, in accelerators; what nobody converts is left out. */
export interface RampView {
  readonly clause: string
  readonly with: string
  readonly promised: number
  readonly accepted: number
  /** What may be counted on by then, as likely as each tranche is. */
  readonly expected: readonly { readonly days: number; readonly accelerators: number }[]
}

export interface DeliveryView {
  readonly tranches: readonly TrancheView[]
  readonly ramps: readonly RampView[]
  readonly vesting: readonly VestingView[]
}

export function deliveryView(snapshot: Snapshot): DeliveryView {
  const { now } = snapshot
  const history = historyOf(snapshot)
  const { inForce } = asOf(history, now, now)
  const known = new Map<string, { readonly ramp: Ramp; readonly tranche: Tranche }>(
    inForce.flatMap((clause) => {
      if (clause.kind !== 'ramp') return []
      return clause.tranches.map((tranche) => {
        return [`${clauseName(clause)}/${tranche.id}`, { ramp: clause, tranche }] as const
      })
    }),
  )
  const slipOf = (supplier: string) => learnt(slipsOf(inForce, supplier, now))
  const pricing = pricingOn(snapshot)
  const rows = ladder(history, now, slipOf)
  return {
    tranches: rows.map(({ supplier, ...row }) => {
      const found = known.get(row.tranche)
      return {
        ...row,
        with: supplier,
        late: found ? lateOf(inForce, found, { now, pricing }) : null,
      }
    }),
    ramps: inForce.flatMap((clause) => {
      return clause.kind === 'ramp' ? [rampOf(clause, now, slipOf(clause.with))] : []
    }),
    vesting: inForce.flatMap((clause) => vestingOf(clause, inForce, now)),
  }
}

/** Every tranche that came or had to come by now. */
export function deliveriesOf(snapshot: Snapshot): readonly Delivery[] {
  const { now } = snapshot
  return asOf(historyOf(snapshot), now, now).inForce.flatMap((clause) => {
    if (clause.kind !== 'ramp') return []
    return clause.tranches.flatMap(({ dueAt, reached }): Delivery[] => {
      const accepted =
        reached.accepted !== null && reached.accepted <= now ? reached.accepted : null
      if (accepted === null && dueAt >= now) return []
      return [{ supplier: clause.with, isLate: (accepted ?? now) > dueAt }]
    })
  })
}

const aheadDays = [30, 90, 365]

function rampOf(ramp: Ramp, now: Ms, slip: SlipLaw): RampView {
  const promised = ramp.tranches.reduce((sum, each) => sum + (acceleratorsIn(ramp, each) ?? 0), 0)
  return {
    ...{ clause: clauseName(ramp), with: ramp.with, promised, accepted: schedulable(ramp, now) },
    expected: aheadDays.map((days) => {
      return { days, accelerators: Math.floor(expected(ramp, now + days * dayMs, now, slip)) }
    }),
  }
}

/** So many days late was what a supplier delivered before. */
function slipsOf(clauses: readonly Clause[], supplier: string, now: Ms): readonly number[] {
  return clauses.flatMap((clause) => {
    if (clause.kind !== 'ramp' || clause.with !== supplier) return []
    return clause.tranches.flatMap(({ dueAt, reached: { accepted } }) => {
      return accepted === null || accepted > now ? [] : [(accepted - dueAt) / dayMs]
    })
  })
}

type Pricing = Pick<RateQuestion, 'heldUnder' | 'levels'>

function pricingOn({ rows, now }: Snapshot): Pricing {
  const leases = rows.lease.map(({ body }) => body)
  const records = rows.record.map(({ body }) => body)
  return {
    heldUnder: (clause) => standingOf(clause, leases).held,
    levels: levelsAt(records, { at: now, known: now }),
  }
}

function lateOf(
  inForce: readonly Clause[],
  { ramp, tranche }: { readonly ramp: Ramp; readonly tranche: Tranche },
  { now, pricing }: { readonly now: Ms; readonly pricing: Pricing },
): TrancheView['late'] {
  for (const clause of inForce) {
    if (clause.kind !== 'late_delivery' || clause.contract !== ramp.contract) continue
    if (clause.ramp !== ramp.id) continue
    const price = priceOf(inForce, { ramp, tranche }, pricing)
    const found = lateness(clause, ramp, { tranche, pricePerHour: price ?? 0, now })
    if (!found) continue
    const { days, credit, mayTerminateFrom: mayEndFrom, terminates: ends } = found
    const isPriced = price !== null && acceleratorsIn(ramp, tranche) !== null
    const name = clauseName(clause)
    return { clause: name, days, credit: isPriced ? String(credit) : null, mayEndFrom, ends }
  }
  return null
}

function acceleratorsIn({ conversions }: Ramp, { quantity, accelerator }: Tranche): number | null {
  return acceleratorsOf(quantity, accelerator, conversions)
}

/** Of one accelerator, by the clause about its price or by the one that it is to be paid under. */
function priceOf(
  inForce: readonly Clause[],
  { ramp, tranche }: { readonly ramp: Ramp; readonly tranche: Tranche },
  pricing: Pricing,
): Micros | null {
  const { contract, id, with: supplier } = ramp
  const facts = { accelerator: [tranche.accelerator] }
  const accelerators = acceleratorsIn(ramp, tranche) || 1
  const rate = rateOf(inForce, { supplier, facts, accelerators, ...pricing })
  if (rate) return Math.round(rate.pricePerHour / accelerators)
  const paid = inForce.find((clause) => {
    return clause.kind === 'take_or_pay' && clause.contract === contract && clause.ramp === id
  })
  return paid?.kind === 'take_or_pay' ? paid.pricePerHour : null
}

/** By what was accepted under the ramps of the same contract. */
function vestingOf(clause: Clause, inForce: readonly Clause[], now: Ms): readonly VestingView[] {
  if (clause.kind !== 'equity_vesting') return []
  const accepted = inForce.reduce((sum, each) => {
    const isOurs = each.kind === 'ramp' && each.contract === clause.contract
    return isOurs ? sum + schedulable(each, now) : sum
  }, 0)
  const found = vesting(clause, accepted)
  if (!found) return []
  const shares = clause.milestones.reduce((sum, each) => sum + each.shares, 0)
  return [{ clause: clauseName(clause), with: clause.with, shares, ...found }]
}

/** What is offered instead of what was agreed, beside the clause that allows it or not. */
export interface SubstitutionView {
  readonly clause: string
  readonly with: string
  readonly verdict: 'accept' | 'consent' | 'refuse'
  readonly differences: readonly {
    readonly figure: string
    readonly agreed: number | string
    readonly delivered: number | string | null
  }[]
  readonly meetBy: Ms | null
}

/** Null where no such clause is in force. */
export function substitutionView(
  { now, ...snapshot }: Snapshot,
  { clause: name, delivered }: { readonly clause: string; readonly delivered: Spec },
): SubstitutionView | null {
  const clause = asOf(historyOf(snapshot), now, now).inForce.find((each) => {
    return clauseName(each) === name
  })
  if (clause?.kind !== 'substitution') return null
  return { clause: name, with: clause.with, ...acceptance(clause, delivered, now) }
}
