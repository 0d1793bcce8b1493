/**
 * What may come and may not: options that we may exercise, and backstops that we may have to pay.
 * Both are counted beside what is certain, never in it.
 */
import type {
  BackstopPurchase,
  Clause,
  ExpansionOption,
  Outlook,
  Range,
} from '../../domain/clause.ts'
import { dayMs } from '../../domain/day.ts'
import type { Micros } from '../../domain/money.ts'
import type { Ms } from '../../domain/time.ts'
import { type Amount, amountOf, costOfHours, shareOf } from '../amount.ts'
import { acceleratorsOf } from '../capacity.ts'

const hourMs = 3_600_000

/** A future, and how likely it is; together they come to a million parts. */
export interface Scenario {
  readonly likelyPpm: number
  /** Market price of one accelerator. */
  readonly pricePerHour: Micros
  /** Accelerators that we would use. */
  readonly accelerators: number
}

/** What the right is worth: exercised where the market is dearer, and then only as far as used. */
export function optionValue(
  clause: ExpansionOption,
  scenarios: readonly Scenario[],
): Amount | null {
  const most = acceleratorsOf(clause.quantity, clause.accelerator, clause.conversions)
  if (most === null) return null
  return scenarios.reduce((sum, { likelyPpm, pricePerHour, accelerators }) => {
    const gain = Math.max(0, pricePerHour - clause.strikePerHour)
    const hours = Math.min(most, accelerators) * clause.termDays * 24
    return sum + shareOf(costOfHours(gain, hours), likelyPpm)
  }, 0n)
}

/** What the right is worth in one future, and when taking it pays. */
export interface Worth {
  readonly value: Amount
  /**
   * The market price from which on taking all of it pays even if what goes unused of it has to be
   * paid as well; null where nothing of it would be used.
   */
  readonly breakEvenPerHour: Micros | null
}

export interface OptionRange {
  /** The term is taken to begin here: today, or where the forecast does. */
  readonly from: Ms
  readonly least: Worth
  readonly likely: Worth
  readonly most: Worth
}

/** What the right is worth against what we forecast; null where there is no forecast. */
export function optionRange(clause: ExpansionOption, now: Ms): OptionRange | null {
  const { forecast = [], quantity, accelerator, conversions } = clause
  const quantityOf = acceleratorsOf(quantity, accelerator, conversions)
  const [first] = forecast
  if (quantityOf === null || !first) return null
  const from = Math.max(now, first.from)
  const worth = (is: keyof Range) => worthOf(clause, { forecast, from, is, quantity: quantityOf })
  return { from, least: worth('least'), likely: worth('likely'), most: worth('most') }
}

function worthOf(
  { strikePerHour, termDays }: ExpansionOption,
  future: {
    readonly forecast: readonly Outlook[]
    readonly from: Ms
    readonly is: keyof Range
    /** Accelerators. */
    readonly quantity: number
  },
): Worth {
  const { forecast, from, is, quantity } = future
  const to = from + termDays * dayMs
  let [value, usedHours] = [0n, 0]
  forecast.forEach((each, index) => {
    const [begin, end] = [Math.max(from, each.from), Math.min(to, forecast[index + 1]?.from ?? to)]
    const hours = (Math.max(0, end - begin) / hourMs) * Math.min(quantity, each.accelerators[is])
    value += costOfHours(Math.max(0, each.perHour[is] - strikePerHour), hours)
    usedHours += hours
  })
  const whole = strikePerHour * quantity * termDays * 24
  const breakEvenPerHour = usedHours === 0 ? null : Math.ceil(whole / usedHours)
  return { value, breakEvenPerHour }
}

export interface Contingency {
  /** What it costs if the supplier sells nothing of it. */
  readonly worst: Amount
  /** What we expect it to cost; null where nobody said what to expect. */
  readonly expected: Amount | null
  /** What we would get for it, at most. */
  readonly accelerators: number | null
  readonly expectedAccelerators: number | null
}

export function backstop(clause: BackstopPurchase): Contingency {
  const { capDollars, expectedPpm, quantity, accelerator, conversions } = clause
  const accelerators = acceleratorsOf(quantity, accelerator, conversions)
  const isSaid = expectedPpm !== undefined
  return {
    worst: amountOf(capDollars),
    expected: isSaid ? shareOf(amountOf(capDollars), expectedPpm) : null,
    accelerators,
    expectedAccelerators:
      isSaid && accelerators !== null ? (accelerators * expectedPpm) / 1_000_000 : null,
  }
}

export interface Liability {
  readonly worst: Amount
  /** Null where nobody said what to expect of one of them. */
  readonly expected: Amount | null
  /** From then on none of it can come; null where one of them has no end, or there is none. */
  readonly until: Ms | null
  readonly capacity: readonly ContingentCapacity[]
}

/** What we would get for it, of one kind of accelerator. */
export interface ContingentCapacity extends Pick<Contingency, 'accelerators'> {
  readonly accelerator: string
  readonly expectedAccelerators: number | null
}

/** What a supplier may have us buy at a moment. */
export function liabilityTo(supplier: string, clauses: readonly Clause[], at: Ms): Liability {
  const open = clauses.filter((each): each is BackstopPurchase => {
    const isNow = each.from <= at && (each.to === null || at < each.to)
    return each.kind === 'backstop_purchase' && each.with === supplier && isNow
  })
  const all = open.map(backstop)
  const until = open.reduce<Ms | null>((last, { to }) => {
    return last === null || to === null ? null : Math.max(last, to)
  }, 0)
  const capacity = [...Map.groupBy(open, ({ accelerator }) => accelerator)].map(
    ([accelerator, ours]) => {
      const told = ours.map(backstop)
      return {
        accelerator,
        accelerators: total(told.map((each) => each.accelerators)),
        expectedAccelerators: total(told.map((each) => each.expectedAccelerators)),
      }
    },
  )
  return {
    worst: all.reduce<Amount>((sum, { worst }) => sum + worst, 0n),
    expected: all.reduce<Amount | null>((sum, { expected }) => {
      return sum === null || expected === null ? null : sum + expected
    }, 0n),
    until: open.length === 0 ? null : until,
    capacity: capacity.sort((a, b) => (a.accelerator < b.accelerator ? -1 : 1)),
  }
}

/** Null as soon as one of them is not known. */
function total(counts: readonly (number | null)[]): number | null {
  return counts.reduce<number | null>((sum, each) => {
    return sum === null || each === null ? null : sum + each
  }, 0)
}
