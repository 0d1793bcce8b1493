/**
 * What leaving an agreement now would cost: its fee, of what would still have to be paid under it.
 */
import { type Amount, amountOf, atLeastNothing, costOfHours } from '../../core/contracts/amount.ts'
import { acceptedUnder, bindingClauses } from '../../core/contracts/money/account.ts'
import { exitCost, noticeDeadline } from '../../core/contracts/money/exit.ts'
import { committedHours, intervalAt, spanOf } from '../../core/contracts/money/take-or-pay.ts'
import { type Clause, clauseName, type TakeOrPay, type TermEnd } from '../../core/domain/clause.ts'
import type { Ms } from '../../core/domain/time.ts'
import { accountOf, type Charged, duesOf, partsOf } from './money.ts'
import { historyOf } from './take.ts'

export interface ExitView {
  /** `<contract>/<clause>`. */
  readonly clause: string
  readonly with: string
  /** Under all commitments of the contract, in micro-dollars; null where one of them has no end. */
  readonly remaining: string | null
  /** What leaving now costs of it. */
  readonly fee: string | null
  /** The last moment to give notice, so that it ends at its end; null without an end. */
  readonly noticeBy: Ms | null
  readonly assignment: TermEnd['assignment']
  readonly assumed: readonly string[]
}

export function exitsView(charged: Charged): readonly ExitView[] {
  const { now } = charged.snapshot
  const clauses = bindingClauses(historyOf(charged.snapshot)).filter(({ from, to }) => {
    return from <= now && (to === null || now < to)
  })
  const remainingOf = remainders(charged, clauses)
  return clauses.flatMap((clause): ExitView[] => {
    if (clause.kind !== 'term_end') return []
    const parts = clauses
      .filter(({ contract }) => contract === clause.contract)
      .map((each) => remainingOf(each))
    const isKnown = parts.every((each) => each !== null)
    const remaining = isKnown ? parts.reduce<Amount>((sum, each) => sum + (each ?? 0n), 0n) : null
    const { with: party, assignment, assumed } = clause
    return [
      {
        ...{ clause: clauseName(clause), with: party, assignment, assumed },
        remaining: remaining === null ? null : String(remaining),
        fee: remaining === null ? null : String(exitCost(clause, remaining)),
        noticeBy: noticeDeadline(clause),
      },
    ]
  })
}

/** What is still to be paid under a commitment; nothing under any other clause. */
function remainders(charged: Charged, clauses: readonly Clause[]) {
  const { now } = charged.snapshot
  const parts = partsOf(charged)
  const account = accountOf(charged, parts)
  const startOf = new Map(parts.map(({ id, from }) => [id, from]))
  const owed = duesOf(charged, parts, account)
  const accepted = acceptedUnder(clauses)
  return (clause: Clause): Amount | null => {
    const name = clauseName(clause)
    const taken = account.draws.filter((each) => each.clause === name)
    if (clause.kind === 'spend_commit') {
      const paid = [...taken, ...owed.filter((each) => each.clause === name)]
      const sum = paid.reduce((all, { amount }) => all + amount, 0n)
      return atLeastNothing(amountOf(clause.totalDollars) - sum)
    }
    if (clause.kind !== 'take_or_pay') return 0n
    if (clause.to === null) return null
    const span = intervalAt(clause, now)
    if (!span) return 0n
    const used = taken
      .filter(({ charge }) => (startOf.get(charge) ?? 0) >= span.from)
      .reduce((hours, each) => hours + each.hours, 0)
    return costOfHours(clause.pricePerHour, Math.max(0, hoursFrom(clause, span.index) - used))
  }

  function hoursFrom(clause: TakeOrPay, index: number): number {
    let hours = 0
    for (let span = spanOf(clause, index); span.from < span.to; ) {
      hours += committedHours(clause, span, accepted(clause, span.from))
      span = spanOf(clause, span.index + 1)
    }
    return hours
  }
}
