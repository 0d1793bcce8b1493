/**
 * [I18] Hours of a take-or-pay, reckoned once more from what ran: what is told as used is what was,
 * as far as it was paid for, and what was made up had been left by an interval that was not used.
 *
 * Shares no code with what draws them.
 */
import type { Charge } from '../domain/charge.ts'
import { type Clause, clauseName, type Ramp, type TakeOrPay } from '../domain/clause.ts'
import type { Contract, Conversion, Quantity } from '../domain/contract.ts'
import { addMonths, formatMoment } from '../domain/day.ts'
import type { Ms } from '../domain/time.ts'
import { matches, withLeftOut } from './clauses.ts'
import type { Evidence, Told } from './evidence.ts'

const hourMs = 3_600_000

/** Less than this, in accelerator-hours, is what adding up leaves behind. */
const tinyHours = 0.001

interface Interval {
  readonly from: Ms
  readonly to: Ms
  readonly committed: number
  /** What ran in scope, and what is told of it. */
  ran: number
  used: number
  madeUp: number
}

export function hoursAddUp(evidence: Evidence): string[] {
  const { draws, charges, contracts, now } = evidence
  if (!draws || !contracts) return []
  const uses = charges.map((charge) => useOf(charge, evidence))
  // Clocks of suppliers may be ahead of ours.
  const end = uses.reduce((last, { to }) => Math.max(last, to), now)
  const clauses = lastOf(contracts)
  const timed = clauses.filter((clause) => clause.kind === 'take_or_pay')
  return timed.flatMap((clause) => {
    const isAlone = timed.every((each) => each === clause || !isAlike(each, clause))
    const intervals = intervalsOf(clause, clauses, end)
    const strange = filled(clause, intervals, { uses, draws })
    return [...strange, ...faultsIn(clause, intervals, { isAlone, now })]
  })
}

interface Use extends Pick<Charge, 'supplier' | 'accelerator'> {
  readonly from: Ms
  readonly to: Ms
  readonly accelerators: number
  readonly facts: Parameters<typeof matches>[1]
}

function useOf(charge: Charge, { workloads, now }: Evidence): Use {
  const { supplier, accelerator, region, product, from } = charge
  const workload = charge.workload ?? undefined
  const wish = workloads.find(({ spec }) => spec.name === workload)?.spec
  const workload_kind = charge.workloadKind ?? wish?.kind
  const facts = { supplier, region, product, workload, workload_kind }
  return {
    ...{ supplier, accelerator, from, to: Math.max(from, charge.to ?? now) },
    accelerators: charge.accelerators ?? 0,
    facts: { ...facts, accelerator: accelerator ?? undefined },
  }
}

/** Of the newest version of what was agreed, until it was repealed or replaced. */
function lastOf(contracts: readonly Contract[]): readonly Clause[] {
  const newest = new Map<string, Contract>()
  for (const each of contracts.toSorted((a, b) => a.generation - b.generation)) {
    newest.set(each.name, withLeftOut(each, newest.get(each.name)))
  }
  const signed = [...newest.values()].filter(({ bindingness }) => {
    return bindingness === 'definitive' || bindingness === 'terminated'
  })
  return signed.flatMap(({ name, clauses }) => {
    const successors = signed.filter(({ supersedes }) => supersedes.includes(name))
    const replaced = successors.map(({ from }) => from)
    return clauses
      .filter(({ id, recordedAt }) => {
        return !clauses.some((each) => each.id === id && each.recordedAt > recordedAt)
      })
      .map((clause): Clause => {
        const ends = [clause.to, clause.repeal?.at ?? null, ...replaced]
        const known = ends.filter((end) => end !== null)
        return { ...clause, to: known.length === 0 ? null : Math.min(...known) }
      })
  })
}

function isAlike(a: TakeOrPay, b: TakeOrPay): boolean {
  return a.with === b.with && a.accelerator === b.accelerator
}

function intervalsOf(
  clause: TakeOrPay,
  clauses: readonly Clause[],
  until: Ms,
): readonly Interval[] {
  const end = Math.min(clause.to ?? until, until)
  const months = { hour: 0, month: 1, quarter: 3, year: 12 }[clause.interval]
  const start = (index: number) => {
    return months === 0 ? clause.from + index * hourMs : addMonths(clause.from, index * months)
  }
  const intervals: Interval[] = []
  for (let index = 0; start(index) < end; index += 1) {
    const from = start(index)
    const to = Math.min(start(index + 1), clause.to ?? Number.POSITIVE_INFINITY)
    const committed = index < clause.freeIntervals ? 0 : owedIn(clause, clauses, { from, to })
    intervals.push({ from, to, committed, ran: 0, used: 0, madeUp: 0 })
  }
  return intervals
}

function owedIn(
  clause: TakeOrPay,
  clauses: readonly Clause[],
  { from, to }: { readonly from: Ms; readonly to: Ms },
): number {
  const hours = (to - from) / hourMs
  const { value, unit } =
    clause.steps.findLast((each) => each.from <= from)?.quantity ?? clause.quantity
  if (unit === 'accelerator-hours') return value
  if (unit === 'node-hours') return worth({ value, unit: 'nodes' }, clause)
  const agreed = worth({ value, unit }, clause) * hours
  const ramp = clauses.find((each): each is Ramp => {
    return each.kind === 'ramp' && each.contract === clause.contract && each.id === clause.ramp
  })
  if (!ramp) return agreed
  const came = ramp.tranches.filter(({ reached: { accepted } }) => (accepted ?? from + 1) <= from)
  const accepted = came.map(({ quantity, accelerator }) =>
    worth(quantity, { ...ramp, accelerator }),
  )
  return Math.min(agreed, accepted.reduce((a, b) => a + b, 0) * hours)
}

/** In accelerators; nothing where nobody said what the unit comes to. */
function worth(
  { value, unit }: Quantity,
  of: { readonly accelerator: string; readonly conversions: readonly Conversion[] },
): number {
  if (unit === 'accelerators') return value
  const ours = of.conversions.filter(({ accelerator }) => accelerator === of.accelerator)
  const exact = ours.find(({ from }) => from === unit)
  if (exact) return value * exact.accelerators
  if (unit === 'MW')
    return (value * (ours.find(({ from }) => from === 'GW')?.accelerators ?? 0)) / 1e3
  if (unit === 'GW')
    return value * (ours.find(({ from }) => from === 'MW')?.accelerators ?? 0) * 1e3
  return 0
}

/** Writes into each interval what ran and what is told; tells what fits into none. */
function filled(
  clause: TakeOrPay,
  intervals: readonly Interval[],
  { uses, draws }: { readonly uses: readonly Use[]; readonly draws: readonly Told[] },
): readonly string[] {
  const name = clauseName(clause)
  for (const { from, to, accelerators } of uses.filter((each) => isAbout(clause, each))) {
    const first = Math.max(0, placeOf(intervals, from))
    for (const interval of intervals.slice(first, placeOf(intervals, to) + 1)) {
      const ms = Math.min(to, interval.to) - Math.max(from, interval.from)
      interval.ran += (Math.max(0, ms) * accelerators) / hourMs
    }
  }
  return draws.flatMap(({ clause: of, part, at, to, hours, isMadeUp }) => {
    if (of !== name) return []
    const interval = intervals[placeOf(intervals, at)]
    if (!interval || to > interval.to)
      return [`${part} counts in more than one interval of ${name}`]
    if (isMadeUp) interval.madeUp += hours
    else interval.used += hours
    return []
  })
}

function isAbout(clause: TakeOrPay, { supplier, accelerator, facts }: Use): boolean {
  if (supplier !== clause.with || accelerator !== clause.accelerator) return false
  return matches(clause.scope, facts) === true
}

/** Of the last that begins by then. */
function placeOf(intervals: readonly Interval[], at: Ms): number {
  let [low, high] = [0, intervals.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((intervals[middle]?.from ?? at) <= at) low = middle + 1
    else high = middle
  }
  return low - 1
}

function faultsIn(
  clause: TakeOrPay,
  intervals: readonly Interval[],
  { isAlone, now }: { readonly isAlone: boolean; readonly now: Ms },
): readonly string[] {
  const name = clauseName(clause)
  let left: { readonly hours: number; readonly last: number }[] = []
  return intervals.flatMap(({ from, to, committed, ran, used, madeUp }, index) => {
    const good = left.filter(({ last }) => last >= index)
    const credit = good.reduce((sum, { hours }) => sum + hours, 0)
    let taken = madeUp
    left = good.map(({ hours, last }) => {
      const part = Math.min(taken, hours)
      taken -= part
      return { hours: hours - part, last }
    })
    if (used < committed)
      left.push({ hours: committed - used, last: index + clause.makeUpIntervals })
    const when = `in its interval from ${formatMoment(from)} on`
    if (used > committed + tinyHours)
      return [`${name} is drawn for more than it was made for ${when}`]
    if (madeUp > credit + tinyHours) return [`${name} makes up for more than was left ${when}`]
    const isIdle = madeUp > tinyHours && used < committed - tinyHours
    if (isIdle) return [`${name} makes up for older hours while its own are idle ${when}`]
    // Of the interval that runs, what ran since the books were read is not told yet.
    if (!isAlone || to > now) return []
    const due = Math.min(ran, committed + credit)
    const isSame = Math.abs(used + madeUp - due) <= tinyHours * Math.max(1, ran)
    return isSame
      ? []
      : [`${name} was used for ${due} hours, and ${used + madeUp} are told ${when}`]
  })
}
