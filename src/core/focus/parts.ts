/**
 * Charges, cut into the parts of which everything is told: a day of UTC at most, and nothing that
 * lies in two intervals of a commitment. The parts of a charge come to it, to the micro-dollar.
 */
import type { Paid } from '../contracts/money/account.ts'
import { cuts } from '../contracts/money/drawdown/cuts.ts'
import { type Taker, takersOf } from '../contracts/money/drawdown/takers.ts'
import type { Charge } from '../domain/charge.ts'
import type { Clause } from '../domain/clause.ts'
import { dayMs } from '../domain/day.ts'
import { costOf } from '../domain/money.ts'
import type { Ms } from '../domain/time.ts'
import type { Workload } from '../domain/workload.ts'
import { cutAt, type Slice } from '../meter/slices.ts'

/** A part of a charge, under the name by which the account knows it. */
export type Part = Slice & { readonly id: string }

export interface CutOptions {
  /** Those that ever bound. */
  readonly clauses: readonly Clause[]
  /** What runs is cut up to here. */
  readonly now: Ms
  /** What was used before is left out. */
  readonly since?: Ms
  /** What was used from then on is left out; nothing may be cut by it that is not cut there. */
  readonly until?: Ms
}

export function cutParts(charges: readonly Charge[], options: CutOptions): readonly Part[] {
  const takers = takersOf(options.clauses)
  return charges.flatMap((charge) => partsOf(charge, takers.get(charge.supplier) ?? [], options))
}

/** The same parts, day by day of UTC in which they begin: of years no more is held than a day. */
export function* cutDays(
  charges: readonly Charge[],
  options: Pick<CutOptions, 'clauses' | 'now'>,
): Generator<readonly Part[]> {
  const waiting = [...charges].sort((a, b) => b.from - a.from)
  let running: readonly Charge[] = []
  for (let since = 0; waiting.length > 0 || running.length > 0; since += dayMs) {
    const next = waiting.at(-1)?.from ?? since
    if (running.length === 0) since = Math.floor(next / dayMs) * dayMs
    const until = since + dayMs
    const begun = waiting.findLastIndex(({ from }) => from >= until) + 1
    running = [...running, ...waiting.splice(begun)]
    yield cutParts(running, { ...options, since, until })
    running = running.filter(({ to }) => (to ?? options.now) > until)
  }
}

function partsOf(
  charge: Charge,
  takers: readonly Taker[],
  { now, since, until = Number.POSITIVE_INFINITY }: CutOptions,
): readonly Part[] {
  const { id, accelerator, from: begun, pricePerHour } = charge
  const to = Math.min(until, Math.max(begun, charge.to ?? now))
  const from = Math.max(begun, since ?? begun)
  if (begun >= until || from > to || (from === to && from > begun)) return []
  const whole = { charge, from: begun, to, amount: costOf(pricePerHour, to - begun) }
  const ends = cuts(takers, { accelerator, from, to })
  const parts: Part[] = []
  for (const part of cutAt(whole, [from, ...midnights(from, to), ...ends])) {
    if (part.from >= from) parts.push({ ...part, id: `${id}@${part.from}` })
  }
  return parts
}

function midnights(from: Ms, to: Ms): readonly Ms[] {
  const first = Math.floor(from / dayMs) + 1
  const count = Math.max(0, Math.ceil(to / dayMs) - first)
  return Array.from({ length: count }, (_, index) => (first + index) * dayMs)
}

/** As the account of commitments asks for it. */
export function paidPart(
  { id, charge, from, to, amount }: Part,
  /** Of the workload, where the charge is of an earlier version and does not tell. */
  kind?: Workload['kind'],
): Paid {
  const { supplier, accelerator, accelerators, workload, product, region } = charge
  const { workloadKind = kind, from: since } = charge
  const about = { supplier, accelerator, accelerators, workload, workloadKind, product, region }
  return { id, since, from, to, amount, ...about }
}
