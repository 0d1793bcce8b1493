/**
 * What is owed of one rental, dealt out among the lines that ask for it. Lines about the same time
 * are read together, in their order: each gets what it asks for while there is any left, and the
 * last gets the rest.
 */
import type { InvoiceLine } from '../../domain/charge.ts'
import { type Micros, sum } from '../../domain/money.ts'
import type { Ms } from '../../domain/time.ts'
import { centMicros } from './billing.ts'

export interface Wanted {
  readonly line: InvoiceLine
  readonly from: Ms
  readonly to: Ms
  readonly owed: Micros
}

export interface Share {
  readonly line: InvoiceLine
  readonly owed: Micros
  /** No other line is about the same time. */
  readonly isAlone: boolean
  /** The line that got what this one asks for as well. */
  readonly before: string | null
}

export function shares(wanted: readonly Wanted[]): readonly Share[] {
  return together(wanted).flatMap(dealt)
}

/** Those that overlap, one another or by way of others. */
function together(wanted: readonly Wanted[]): readonly (readonly Wanted[])[] {
  const all: Wanted[][] = []
  let until = Number.NEGATIVE_INFINITY
  for (const each of [...wanted].sort((a, b) => a.from - b.from || a.line.line - b.line.line)) {
    if (all.length === 0 || each.from >= until) all.push([])
    all.at(-1)?.push(each)
    until = Math.max(until, each.to)
  }
  return all
}

function dealt(group: readonly Wanted[]): readonly Share[] {
  const inOrder = [...group].sort((a, b) => a.line.line - b.line.line)
  let left = sum(inOrder.map(({ owed }) => owed))
  const isTooMuch = sum(inOrder.map(({ line }) => line.amount)) - left >= centMicros
  const again = isTooMuch ? repeated(inOrder) : new Map<Wanted, Wanted>()
  const last = inOrder.findLast((each) => !again.has(each))
  const isAlone = group.length === 1
  const served: Wanted[] = []
  return inOrder.map((each): Share => {
    const { line } = each
    const first = again.get(each) ?? served[0]
    const owed = again.has(each) ? 0 : each === last ? left : Math.min(left, line.amount)
    left -= owed
    if (owed > 0) served.push(each)
    const before = owed === 0 && first ? `line ${first.line.line}` : null
    return { line, owed, isAlone, before }
  })
}

/** Each line that says what an earlier one says, with that. */
function repeated(inOrder: readonly Wanted[]): ReadonlyMap<Wanted, Wanted> {
  const firsts = new Map<string, Wanted>()
  const again = new Map<Wanted, Wanted>()
  for (const each of inOrder) {
    const key = `${each.from} ${each.to} ${each.line.amount}`
    const first = firsts.get(key)
    if (first) again.set(each, first)
    else firsts.set(key, each)
  }
  return again
}
