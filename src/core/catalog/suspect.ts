/**
 * Prices and counts in a list that cannot be right, told by the other rows: the same price for any
 * number of chips, machines that nobody builds, a fraction of what the rest of the world asks.
 */
import { formatUsd, type Micros } from '../domain/money.ts'
import type { AcceleratorKind } from './chips.ts'

/** A row of a price list, its words understood; prices are for the machine. */
export interface Priced {
  readonly line: number
  readonly supplier: string
  readonly machine: string
  readonly kind: AcceleratorKind
  readonly accelerator: string
  readonly chips: number
  readonly region: string
  readonly zone: string
  readonly onDemand: Micros | null
  readonly spot: Micros | null
}

/** What is wrong with a row by itself, or beside those that ask the very same price. */
export type Check = (row: Priced) => string | null

/** Dollars for one chip and hour that anybody asks, in micro-dollars. */
const [chipLeast, chipMost] = [10_000, 100_000_000]
/** More than eight in one machine, as some are built. */
const largeMachines = new Set([16, 72])

export function isChecked(rows: readonly Priced[]): Check {
  const sizes = new Map<string, Set<number>>()
  const key = ({ supplier, accelerator, onDemand }: Priced) =>
    `${supplier}/${accelerator}/${onDemand}`
  // A count that is wrong by itself proves nothing about a price that is right.
  for (const row of rows.filter(isBuilt)) {
    const chips = sizes.get(key(row)) ?? new Set()
    sizes.set(key(row), chips.add(row.chips))
  }
  return (row) => {
    const { accelerator, chips, machine, onDemand, spot } = row
    if (!isBuilt(row)) {
      return `${machine} is said to have ${chips} ${accelerator}; no machine has`
    }
    for (const price of [onDemand, spot]) {
      const isAbsurd = price !== null && (price < chips * chipLeast || price > chips * chipMost)
      if (isAbsurd) return `${formatUsd(price)}/h for ${accelerator}:${chips} is absurd`
    }
    // Nobody pays more for what may be taken away, so nobody knows which of the two is meant.
    if (onDemand !== null && spot !== null && spot > onDemand) {
      const asked = `${formatUsd(spot)}/h as spot and ${formatUsd(onDemand)}/h on demand`
      return `${machine} asks ${asked}: one of them is wrong`
    }
    const others = [...(sizes.get(key(row)) ?? [])].filter((each) => each !== chips)
    if (onDemand === null || others.length === 0) return null
    const sizesText = [chips, ...others].sort((a, b) => a - b).join(' and ')
    return `${formatUsd(onDemand)}/h is asked for ${sizesText} ${accelerator} alike: a placeholder`
  }
}

function isBuilt({ kind, chips }: Priced): boolean {
  return kind !== 'gpu' || chips <= 8 || largeMachines.has(chips)
}

/** Regions that a price is held against, and the share of theirs below which it is not believed. */
const [regionsLeast, shareLeast] = [3, 0.5]

/** A price on demand far below what the same seller asks for the same machine elsewhere. */
export function lowOf(rows: readonly Priced[]): Check {
  const key = ({ supplier, machine }: Priced) => `${supplier}/${machine}`
  const groups = Map.groupBy(
    rows.filter(({ onDemand }) => onDemand !== null),
    key,
  )
  const medians = new Map(
    [...groups].map(([machine, group]) => [
      machine,
      new Set(group.map(({ region }) => region)).size >= regionsLeast ? median(group) : 0,
    ]),
  )
  return (row) => {
    const usual = medians.get(key(row)) ?? 0
    if (row.onDemand === null || row.onDemand >= usual * shareLeast) return null
    const asked = `${row.machine} at ${formatUsd(row.onDemand)}/h`
    return `${asked} is less than half of the usual ${formatUsd(usual)}/h`
  }
}

function median(rows: readonly Priced[]): Micros {
  const prices = rows.map(({ onDemand }) => onDemand ?? 0).sort((a, b) => a - b)
  return prices[prices.length >> 1] ?? 0
}
