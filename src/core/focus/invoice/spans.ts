/**
 * Spans of time, looked up without going through all of them: an invoice may have a line for every
 * minute of a rental.
 */
import type { Ms } from '../../domain/time.ts'

export interface Span {
  readonly from: Ms
  readonly to: Ms
}

/** Of those that a moment lies in, the first in the order given. */
export function firstAt<T extends Span>(spans: readonly T[]): (at: Ms) => T | null {
  const moments = [...new Set(spans.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b)
  const owner: (T | undefined)[] = []
  // Where the search for a moment without an owner goes on.
  const next = moments.map((_, index) => index)
  next.push(moments.length)
  const free = (start: number) => {
    let index = start
    while (next[index] !== index) index = next[index] ?? moments.length
    for (let step = start; step < index; ) {
      const after = next[step] ?? index
      next[step] = index
      step = after
    }
    return index
  }
  for (const span of spans) {
    let index = free(firstFrom(moments, span.from, itself))
    while (index < moments.length && (moments[index] ?? 0) < span.to) {
      owner[index] = span
      next[index] = index + 1
      index = free(index + 1)
    }
  }
  return (at) => owner[firstFrom(moments, at + 1, itself) - 1] ?? null
}

/** The place of the first that is not before a moment, in whole milliseconds. */
export function firstFrom<T>(sorted: readonly T[], at: Ms, momentOf: (each: T) => Ms): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (momentOf(sorted[middle] as T) < at) low = middle + 1
    else high = middle
  }
  return low
}

const itself = (at: Ms) => at
