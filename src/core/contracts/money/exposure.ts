/**
 * What we would lose if a supplier failed today: what it holds of ours, less what others stand for.
 */
import type { Clause, CreditSupport } from '../../domain/clause.ts'
import { clauseName } from '../../domain/clause.ts'
import type { ExposureLimit } from '../../domain/supplier.ts'
import type { Ms } from '../../domain/time.ts'
import { type Amount, amountOf, atLeastNothing, least } from '../amount.ts'
import { nearFrom } from '../calendar.ts'
import { type Liability, liabilityTo } from './contingent.ts'
import type { Left } from './drawdown/credits.ts'

/** What was used of what we paid, and what we may still make up of it. */
export interface PaidFor {
  /** What of a prepayment was drawn, by the name of its clause. */
  readonly used: Readonly<Record<string, Amount>>
  /** Hours that were owed and not used, each good until a moment. */
  readonly credits?: readonly Left[]
}

export interface Exposure {
  readonly supplier: string
  /** Paid ahead, deposited, lent or paid for hours to be made up, and not used up. */
  readonly held: Amount
  /** What guarantors stand for now. */
  readonly supported: Amount
  readonly atRisk: Amount
  /** What it may have us pay, and may not: beside what is at risk, never in it. */
  readonly mayCome: Liability
}

/** A supplier that holds more of ours than it may. */
export interface Over extends Exposure {
  readonly max: Amount
  readonly at: Ms
}

/** A guarantor that will soon stand for less, while the supplier holds more than is stood for. */
export interface Lapse extends Exposure {
  readonly clause: CreditSupport
  readonly at: Ms
}

/** The first moment, now or when something is paid, at which a supplier holds too much. */
export function overLimit(
  clauses: readonly Clause[],
  paidFor: PaidFor,
  limits: readonly ExposureLimit[],
  now: Ms,
): Over | null {
  const paid = clauses.flatMap((each) => (each.kind === 'prepay' ? [each.paidAt] : []))
  const moments = [now, ...paid.filter((at) => at > now).sort((a, b) => a - b)]
  for (const at of moments) {
    for (const exposure of exposures(clauses, paidFor, at)) {
      const limit = limits.find(({ supplier }) => supplier === exposure.supplier)
      const max = limit && BigInt(limit.max)
      if (max !== undefined && exposure.atRisk > max) return { ...exposure, max, at }
    }
  }
  return null
}

export function exposures(
  clauses: readonly Clause[],
  { used, credits = [] }: PaidFor,
  now: Ms,
): readonly Exposure[] {
  const inForce = clauses.filter(({ to }) => to === null || now < to)
  const suppliers = [...new Set(inForce.map((each) => each.with))].sort()
  return suppliers.flatMap((supplier) => {
    const supported = supportAt(inForce, supplier, now)
    let held = credits
      .filter((each) => each.with === supplier && now < each.until)
      .reduce((sum, { paid }) => sum + paid, 0n)
    for (const clause of inForce) {
      if (clause.with !== supplier) continue
      if (clause.kind !== 'prepay' || clause.paidAt > now) continue
      const paid = amountOf(clause.dollars)
      held += atLeastNothing(paid - least(paid, used[clauseName(clause)] ?? 0n))
    }
    const mayCome = liabilityTo(supplier, inForce, now)
    if (held === 0n && mayCome.worst === 0n) return []
    return [{ supplier, held, supported, atRisk: atLeastNothing(held - supported), mayCome }]
  })
}

function supportAt(clauses: readonly Clause[], supplier: string, at: Ms): Amount {
  return clauses.reduce((sum, clause) => {
    const isTheirs = clause.kind === 'credit_support' && clause.with === supplier
    const isNow = clause.from <= at && (clause.to === null || at < clause.to)
    return isTheirs && isNow ? sum + amountOf(clause.dollars) : sum
  }, 0n)
}

/** Support that ends soon. */
export function endingSupport(clauses: readonly Clause[], now: Ms): readonly CreditSupport[] {
  return clauses.filter((clause): clause is CreditSupport => {
    if (clause.kind !== 'credit_support' || clause.to === null) return false
    return nearFrom(clause, clause.to) <= now && now < clause.to
  })
}

/** What is held without support once it ends, as if nothing more were used until then. */
export function lapses(clauses: readonly Clause[], paidFor: PaidFor, now: Ms): readonly Lapse[] {
  return endingSupport(clauses, now).flatMap((clause) => {
    const { with: supplier, to: at } = clause
    if (at === null) return []
    const then = exposures(clauses, paidFor, at).find((each) => each.supplier === supplier)
    // Another one that begins as it ends may stand for as much.
    const isLess = supportAt(clauses, supplier, at) < supportAt(clauses, supplier, at - 1)
    return then && isLess && then.atRisk > 0n ? [{ ...then, clause, at }] : []
  })
}
