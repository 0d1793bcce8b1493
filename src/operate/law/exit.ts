/**
 * What leaving an agreement would cost: now, and wherever that steps until its end.
 */
import { acceptedUnder, bindingClauses } from '../../core/contracts/money/account.ts'
import type { Due } from '../../core/contracts/money/dues.ts'
import { noticeDeadline } from '../../core/contracts/money/exit.ts'
import {
  type LeavingPoint,
  leavings,
  type Step,
  type UsedUp,
  type WayOut,
} from '../../core/contracts/money/leaving.ts'
import { intervalAt } from '../../core/contracts/money/take-or-pay.ts'
import { type Clause, clauseName, type TermEnd } from '../../core/domain/clause.ts'
import type { Ms } from '../../core/domain/time.ts'
import { type Charged, duesOf, usedOf } from './money.ts'
import { historyOf } from './take.ts'

export interface ExitView {
  /** `<contract>/<clause>`. */
  readonly clause: string
  readonly with: string
  /** Under all commitments of the contract, in micro-dollars; null where one of them has no end. */
  readonly remaining: string | null
  /** What leaving now costs of it. */
  readonly fee: string | null
  /** For intervals and milestones that are over and were not used, whatever is done. */
  readonly owed: string
  /** The last moment to give notice, so that it ends at its end; null without an end. */
  readonly noticeBy: Ms | null
  /** From now to the end, if nothing more is used; nothing where a commitment has no end. */
  readonly curve: readonly LeavingView[]
  readonly assignment: TermEnd['assignment']
  readonly assumed: readonly string[]
}

/** Leaving on one day. Amounts in micro-dollars, as texts. */
export interface LeavingView {
  readonly at: Ms
  readonly because: readonly Step[]
  readonly remaining: string
  readonly fee: string
  /** Comes back of what was paid ahead. */
  readonly back: string
  /** The cheapest first; below nothing where more comes back than it costs. */
  readonly ways: readonly { readonly way: WayOut['way']; readonly costs: string }[]
  /** Comes due from now until then, whatever is done. */
  readonly before: string
  /** That, and the cheapest way out. */
  readonly total: string
  readonly isCheapest: boolean
}

export async function exitsView(charged: Charged): Promise<readonly ExitView[]> {
  const { now } = charged.snapshot
  // What begins later is to be paid as well.
  const clauses = bindingClauses(historyOf(charged.snapshot)).filter(({ to }) => {
    return to === null || now < to
  })
  const ends = clauses.filter((each) => each.kind === 'term_end' && each.from <= now) as TermEnd[]
  if (ends.length === 0) return []
  const { used, dues } = await usedUp(charged, clauses)
  return ends.map((clause): ExitView => {
    const owed = dues.filter((due) => due.clause.startsWith(`${clause.contract}/`))
    const curve = leavings(clause, clauses, used)?.map(leavingView) ?? []
    const { with: party, assignment, assumed } = clause
    return {
      ...{ clause: clauseName(clause), with: party, assignment, assumed },
      remaining: curve[0]?.remaining ?? null,
      fee: curve[0]?.fee ?? null,
      owed: String(owed.reduce((sum, each) => sum + each.amount, 0n)),
      noticeBy: noticeDeadline(clause),
      curve,
    }
  })
}

function leavingView(point: LeavingPoint): LeavingView {
  const { at, because, isCheapest, ways, remaining, fee, back, before, total } = point
  return {
    ...{ at, because, isCheapest },
    ...{ remaining: String(remaining), fee: String(fee), back: String(back) },
    ways: ways.map(({ way, costs }) => ({ way, costs: String(costs) })),
    ...{ before: String(before), total: String(total) },
  }
}

async function usedUp(
  charged: Charged,
  clauses: readonly Clause[],
): Promise<{ readonly used: UsedUp; readonly dues: readonly Due[] }> {
  const { now } = charged.snapshot
  const { taken, drawdown } = await usedOf(charged)
  const presentFrom = new Map(
    clauses.flatMap((each) => {
      return each.kind === 'take_or_pay' ? [[clauseName(each), intervalAt(each, now)?.from]] : []
    }) as readonly (readonly [string, Ms | undefined])[],
  )
  const hours: Record<string, number> = {}
  const spent: Record<string, bigint> = {}
  for (const { clause, at, amount, hours: used, madeUp } of taken) {
    spent[clause] = (spent[clause] ?? 0n) + amount
    const from = presentFrom.get(clause)
    // What an older interval paid for takes nothing of what is still to be paid.
    if (from === undefined || at < from || madeUp !== null) continue
    hours[clause] = (hours[clause] ?? 0) + used
  }
  const dues = duesOf(charged, taken)
  for (const { clause, amount } of dues) {
    spent[clause] = (spent[clause] ?? 0n) + amount
  }
  const drawn = Object.fromEntries(drawdown.dollars)
  return { used: { now, hours, spent, drawn, accepted: acceptedUnder(clauses) }, dues }
}
