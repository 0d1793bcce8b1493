/**
 * Which charge draws down which commitment. Every hour and every dollar of a charge goes to one
 * commitment at most, and no commitment takes more than it was made for.
 */
import type { Clause, SpendCommit, TakeOrPay } from '../../domain/clause.ts'
import { clauseName } from '../../domain/clause.ts'
import type { Ms } from '../../domain/time.ts'
import { type Amount, amountOf, least } from '../amount.ts'
import { type Facts, isInScope } from '../scope.ts'
import { committedHours, intervalAt } from './take-or-pay.ts'

export interface DrawnCharge {
  readonly id: string
  readonly at: Ms
  readonly supplier: string
  readonly accelerator: string
  /** Accelerator-hours. */
  readonly hours: number
  readonly amount: Amount
  readonly facts: Facts
}

/** A part of a charge that a commitment took: hours of a use, or dollars of a spend. */
export interface Draw {
  readonly charge: string
  readonly clause: string
  readonly hours: number
  readonly amount: Amount
}

export interface DrawOptions {
  /** Accelerators that were accepted under a clause's ramp at a moment; null without a ramp. */
  readonly accepted: (clause: TakeOrPay, at: Ms) => number | null
}

export function draw(
  clauses: readonly Clause[],
  charges: readonly DrawnCharge[],
  { accepted }: DrawOptions,
): readonly Draw[] {
  const commitments = clauses.filter(isCommitment).sort(byEnd)
  const hoursTaken = new Map<string, number>()
  const amountTaken = new Map<string, Amount>()
  const inOrder = [...charges].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
  return inOrder.flatMap((charge): readonly Draw[] => {
    let [hours, amount] = [charge.hours, charge.amount]
    const draws: Draw[] = []
    for (const clause of commitments) {
      if (amount <= 0n || !covers(clause, charge)) continue
      const name = clauseName(clause)
      if (clause.kind === 'take_or_pay') {
        const span = intervalAt(clause, charge.at)
        if (!span || hours <= 0) continue
        const key = `${name} ${span.index}`
        const room = committedHours(clause, span, accepted(clause, span.from))
        const taken = Math.min(hours, Math.max(0, room - (hoursTaken.get(key) ?? 0)))
        if (taken <= 0) continue
        const part = taken === hours ? amount : partOf(amount, taken, hours)
        hoursTaken.set(key, (hoursTaken.get(key) ?? 0) + taken)
        draws.push({ charge: charge.id, clause: name, hours: taken, amount: part })
        hours -= taken
        amount -= part
      } else {
        const room = amountOf(clause.totalDollars) - (amountTaken.get(name) ?? 0n)
        const taken = least(amount, room)
        if (taken <= 0n) continue
        amountTaken.set(name, (amountTaken.get(name) ?? 0n) + taken)
        draws.push({ charge: charge.id, clause: name, hours: 0, amount: taken })
        amount -= taken
      }
    }
    return draws
  })
}

function isCommitment(clause: Clause): clause is TakeOrPay | SpendCommit {
  return clause.kind === 'take_or_pay' || clause.kind === 'spend_commit'
}

/** What is counted in hours first, then what ends first. */
function byEnd(a: TakeOrPay | SpendCommit, b: TakeOrPay | SpendCommit): number {
  if (a.kind !== b.kind) return a.kind === 'take_or_pay' ? -1 : 1
  const [aTo, bTo] = [a.to ?? Number.MAX_SAFE_INTEGER, b.to ?? Number.MAX_SAFE_INTEGER]
  return aTo - bTo || (clauseName(a) < clauseName(b) ? -1 : 1)
}

function covers(clause: TakeOrPay | SpendCommit, charge: DrawnCharge): boolean {
  if (clause.with !== charge.supplier) return false
  if (charge.at < clause.from || (clause.to !== null && charge.at >= clause.to)) return false
  if (clause.kind === 'take_or_pay' && clause.accelerator !== charge.accelerator) return false
  const known = { supplier: [charge.supplier], accelerator: [charge.accelerator] }
  return isInScope(clause.scope, { ...charge.facts, ...known })
}

function partOf(amount: Amount, part: number, whole: number): Amount {
  const [a, b] = [BigInt(Math.round(part * 3_600_000)), BigInt(Math.round(whole * 3_600_000))]
  return b === 0n ? 0n : (amount * a) / b
}
