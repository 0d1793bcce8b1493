/**
 * Arithmetic of spans of time: when enough of them overlap, and how much is missing of what was
 * wanted.
 */

/** From a moment up to, and not with, another. */
export interface Span {
  readonly from: number
  readonly to: number
}

interface Step {
  readonly at: number
  readonly by: number
}

/** When at least so many of the spans went on at once. */
export function spansOf(
  spans: readonly { readonly from: number; readonly to: number | null }[],
  count: number,
): readonly Span[] {
  const found: Span[] = []
  let since: number | null = null
  let level = 0
  for (const { at, by } of stepsOf(spans)) {
    level += by
    if (level >= count) since ??= at
    else if (since !== null) {
      if (at > since) found.push({ from: since, to: at })
      since = null
    }
  }
  return found
}

export interface Shortfall {
  /** Counts times milliseconds. */
  readonly demandedMs: number
  readonly missedMs: number
  /** The longest time in which something was missing. */
  readonly longestGapMs: number
}

/** What was wanted, and how much of it was not there. */
export function shortfall(
  wanted: readonly (Span & { readonly count: number })[],
  there: readonly Span[],
): Shortfall {
  const steps = [
    ...wanted.flatMap(({ from, to, count }) => [
      { at: from, wants: count, has: 0 },
      { at: to, wants: -count, has: 0 },
    ]),
    ...stepsOf(there).map(({ at, by }) => ({ at, wants: 0, has: by })),
  ].sort((a, b) => a.at - b.at)
  let [wants, has, before, gapSince] = [0, 0, 0, 0]
  let [demandedMs, missedMs, longestGapMs] = [0, 0, 0]
  for (const step of steps) {
    const spanMs = step.at - before
    if (spanMs > 0) {
      const missing = Math.max(0, wants - has)
      demandedMs += wants * spanMs
      missedMs += missing * spanMs
      if (missing === 0) gapSince = step.at
      longestGapMs = Math.max(longestGapMs, step.at - Math.max(gapSince, firstOf(wanted)))
    }
    wants += step.wants
    has += step.has
    before = step.at
  }
  return { demandedMs, missedMs, longestGapMs }
}

function firstOf(spans: readonly Span[]): number {
  return Math.min(...spans.map(({ from }) => from))
}

/** Ends before beginnings of the same moment. */
function stepsOf(
  spans: readonly { readonly from: number; readonly to: number | null }[],
): readonly Step[] {
  return spans
    .flatMap(({ from, to }) => [{ at: from, by: 1 }, ...(to === null ? [] : [{ at: to, by: -1 }])])
    .sort((a, b) => a.at - b.at || a.by - b.by)
}
