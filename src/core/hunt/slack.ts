/**
 * Costs of many states at levels of slack: fine near none, where every minute counts.
 *
 * A table of numbers and how to read between its levels; knows nothing of pools or money.
 */

export const levels = 32

/** A row a state, a column a level. */
export type Costs = Float64Array

const width = levels + 1

export const costsFor = (states: number): Costs => new Float64Array(states * width)

export const slackAt = (slackMs: number, level: number): number => slackMs * (level / levels) ** 2

/** A place between two levels. */
export interface Mark {
  readonly low: number
  readonly share: number
}

export function mark(slackMs: number, atMs: number): Mark {
  if (atMs <= 0 || slackMs <= 0) return { low: 0, share: 0 }
  const low = Math.min(levels - 1, Math.floor(levels * Math.sqrt(atMs / slackMs)))
  const from = slackAt(slackMs, low)
  return { low, share: Math.min(1, (atMs - from) / (slackAt(slackMs, low + 1) - from)) }
}

export const cell = (state: number, level: number): number => state * width + level

/** The cost of a state at a mark. */
export function read(costs: Costs, state: number, { low, share }: Mark): number {
  const at = costs[state * width + low] ?? 0
  return share === 0 ? at : at + ((costs[state * width + low + 1] ?? 0) - at) * share
}
