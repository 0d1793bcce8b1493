/**
 * What was charged, beside what contracts say of it: every part of a day with what it draws down
 * and what was paid for it ahead.
 */
import type { Clause, TakeOrPay } from '../../domain/clause.ts'
import type { Contract } from '../../domain/contract.ts'
import type { Micros } from '../../domain/money.ts'
import type { Ms } from '../../domain/time.ts'
import type { Workload } from '../../domain/workload.ts'
import type { Amount } from '../amount.ts'
import { bindingClauses } from '../as-of.ts'
import { schedulable } from '../delivery/ladder.ts'
import type { Facts } from '../scope.ts'
import { type Draw, type Drawdown, type DrawnCharge, draw, inTurn, untouched } from './draw.ts'
import { type Claimed, claimed } from './drawdown/takers.ts'
import { prepaid } from './prepaid.ts'

// Whoever reckons with clauses finds them beside what was paid.
export { bindingClauses }

/** Of a rental, for a day or less, and in one interval of each commitment. */
export interface Paid {
  readonly id: string
  /** When the rental began. */
  readonly since: Ms
  readonly from: Ms
  readonly to: Ms
  readonly supplier: string
  readonly accelerator: string | null
  readonly accelerators: number | null
  readonly amount: Micros
  readonly workload: string | null
  readonly workloadKind?: Workload['kind'] | undefined
  readonly product?: string | undefined
  readonly region?: string | undefined
}

export interface Account {
  /** Commitments, and what of which part counts against them. */
  readonly draws: readonly Draw[]
  readonly prepaid: readonly Draw[]
  readonly drawdown: Drawdown
}

const hourMs = 3_600_000

/** `history`: every version of every contract. What does not bind is drawn down by nothing. */
export function account(history: readonly Contract[], paid: readonly Paid[]): Account {
  return accountFrom(bindingClauses(history), paid, untouched)
}

/** What earlier parts left is given, and none of them is among these. */
export function accountFrom(
  clauses: readonly Clause[],
  paid: readonly Paid[],
  since: Drawdown,
): Account {
  return accountOfParts(clauses, claimed(clauses, paid.map(drawn)), since)
}

/** The same, where somebody knows already which clauses may take of which parts. */
export function accountOfParts(
  clauses: readonly Clause[],
  parts: readonly Claimed[],
  since: Drawdown,
): Account {
  const charges = [...parts].sort(inTurn)
  const { draws, drawdown } = draw(charges, { accepted: acceptedUnder(clauses), since })
  const madeUp = new Map<string, Amount>()
  for (const { charge, amount, madeUp: paidBefore } of draws) {
    if (paidBefore !== null) madeUp.set(charge, (madeUp.get(charge) ?? 0n) + amount)
  }
  // What an older interval paid for is not paid for once more.
  const owed = charges.map((charge) => {
    const before = madeUp.get(charge.id)
    return before === undefined ? charge : { ...charge, amount: charge.amount - before }
  })
  const ahead = prepaid(owed, drawdown.dollars)
  return { draws, prepaid: ahead.draws, drawdown: { ...drawdown, dollars: ahead.used } }
}

/** Accelerators that a ramp has brought, where a duty waits for one. */
export function acceptedUnder(clauses: readonly Clause[]) {
  return ({ ramp, contract }: TakeOrPay, at: Ms): number | null => {
    if (ramp === null) return null
    const found = clauses.find((each) => each.contract === contract && each.id === ramp)
    return found?.kind === 'ramp' ? schedulable(found, at) : null
  }
}

export function drawn(part: Paid): DrawnCharge {
  const { id, since, from, to, supplier, accelerator, accelerators, amount } = part
  return {
    ...{ id, at: from, since, supplier, accelerator: accelerator ?? '' },
    hours: ((accelerators ?? 0) * (to - from)) / hourMs,
    amount: BigInt(amount),
    facts: { ...factsOf(part), supplier: [supplier], accelerator: [accelerator ?? ''] },
  }
}

type Scoped = Pick<Paid, 'workload' | 'workloadKind' | 'product' | 'region'>

/** What scopes may ask of it, but for its supplier and its chips. */
export function factsOf({ workload, workloadKind, product, region }: Scoped): Facts {
  return {
    ...(workload !== null && { workload: [workload] }),
    ...(workloadKind !== undefined && { workload_kind: [workloadKind] }),
    ...(product !== undefined && { product: [product] }),
    ...(region !== undefined && { region: [region] }),
  }
}
