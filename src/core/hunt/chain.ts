/**
 * A pool of machines as a chain with two states, up and down, whose two rates are not known.
 *
 * Weights over a grid of rates say how likely each pair is; a mixture of short and long lifetimes
 * gives what real pools show: the longer it has lasted, the longer it will. Holds no moment in
 * time and knows no pool by name.
 */

const hourMs = 3_600_000

/** Mean spells from ten minutes to ten days, evenly in the logarithm. */
const spells = Array.from({ length: 7 }, (_, index) => (hourMs / 6) * 3.35 ** index)

/** The pairs of rates a millisecond at which a spell up and a spell down end. */
export const pairs: readonly { readonly endsPerMs: number; readonly returnsPerMs: number }[] =
  spells.flatMap((up) => spells.map((down) => ({ endsPerMs: 1 / up, returnsPerMs: 1 / down })))

export type Weights = readonly number[]

/** Knows nothing: each order of magnitude is as likely as the next. */
export const flat: Weights = pairs.map(() => 1 / pairs.length)

/** How likely the chain is up after a span, for each pair; `from` null: nothing is known. */
export function upAfter(from: boolean | null, spanMs: number): readonly number[] {
  return pairs.map(({ endsPerMs, returnsPerMs }) => {
    const rate = endsPerMs + returnsPerMs
    const rest = returnsPerMs / rate
    if (from === null) return rest
    return rest + ((from ? 1 : 0) - rest) * Math.exp(-rate * spanMs)
  })
}

/** How likely a spell up outlives a span, for each pair. */
export const outlives = (spanMs: number): readonly number[] =>
  pairs.map(({ endsPerMs }) => Math.exp(-endsPerMs * spanMs))

/** How likely a spell down ends within a span, for each pair. */
export const returns = (spanMs: number): readonly number[] =>
  pairs.map(({ returnsPerMs }) => 1 - Math.exp(-returnsPerMs * spanMs))

/** Bayes: the weights after evidence that each pair makes so likely. */
export function given(weights: Weights, likely: (pair: number) => number): Weights {
  const raw = weights.map((weight, pair) => weight * likely(pair))
  const total = raw.reduce((sum, each) => sum + each, 0)
  return total > 1e-300 ? raw.map((each) => each / total) : weights
}

export function mean(weights: Weights, values: readonly number[]): number {
  let sum = 0
  for (let pair = 0; pair < weights.length; pair++) {
    sum += (weights[pair] ?? 0) * (values[pair] ?? 0)
  }
  return sum
}

/** The average of several opinions. */
export function blend(opinions: readonly Weights[]): Weights {
  if (opinions.length === 0) return flat
  return flat.map(
    (_, pair) => opinions.reduce((sum, each) => sum + (each[pair] ?? 0), 0) / opinions.length,
  )
}

/** Old evidence fades towards the prior. */
export function fade(weights: Weights, prior: Weights, kept: number): Weights {
  return weights.map((weight, pair) => weight * kept + (prior[pair] ?? 0) * (1 - kept))
}

/** The expected length of a spell up, as far as a horizon. */
export function lifetimeMs(weights: Weights, horizonMs: number): number {
  return mean(
    weights,
    pairs.map(({ endsPerMs }) => (1 - Math.exp(-endsPerMs * horizonMs)) / endsPerMs),
  )
}
