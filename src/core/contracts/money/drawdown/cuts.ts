/**
 * Where charges have to be cut before anything is told of commitments: so that no part lies in two
 * intervals of one, or on both sides of its beginning, its end, a milestone or a payment.
 */
import type { TakeOrPay } from '../../../domain/clause.ts'
import type { Ms } from '../../../domain/time.ts'
import { intervalAt } from '../take-or-pay.ts'
import type { Taker } from './takers.ts'

export interface CutSpan {
  readonly accelerator: string | null
  readonly from: Ms
  readonly to: Ms
}

/** The moments within the span, in no order. `clauses` are those of its supplier. */
export function cuts(clauses: readonly Taker[], span: CutSpan): readonly Ms[] {
  const moments = clauses.flatMap((clause) => momentsOf(clause, span))
  return moments.filter((at) => at > span.from && at < span.to)
}

function momentsOf(clause: Taker, span: CutSpan): readonly Ms[] {
  const { from, to } = clause
  const ends = to === null ? [from] : [from, to]
  if (clause.kind === 'take_or_pay') {
    return clause.accelerator === span.accelerator ? [from, ...intervalEnds(clause, span)] : []
  }
  if (clause.kind === 'spend_commit') return [...ends, ...clause.milestones.map(({ at }) => at)]
  return [...ends, clause.paidAt]
}

function intervalEnds(clause: TakeOrPay, { from, to }: CutSpan): readonly Ms[] {
  const ends: Ms[] = []
  for (let at = Math.max(from, clause.from); at < to; at = ends.at(-1) ?? to) {
    const span = intervalAt(clause, at)
    if (!span) break
    ends.push(span.to)
  }
  return ends
}
