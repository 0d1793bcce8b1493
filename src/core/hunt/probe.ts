/**
 * Which pools to ask only to learn: cheaper ones than what is held that nobody asked for a while.
 *
 * A refusal is free, a yes is billed for a moment and let go. Takes nothing.
 */

import type { Priced, Way } from './course.ts'
import type { Situation } from './hunt.ts'

/** Learning may cost this share of what a dearer machine costs more. */
const share = 0.1

export function probesOf(
  { pools, belief, nowMs, probeMs }: Situation,
  held: Way | null,
  tries: readonly string[],
): string[] {
  if (held === null || probeMs === null) return []
  const { spotPerHour, onDemandPerHour } = held.pool
  const paid = (held.market === 'spot' ? spotPerHour : onDemandPerHour) ?? 0
  const isDue = ({ id, spotPerHour }: Priced) => {
    if (id === held.pool.id || spotPerHour === null) return false
    const silentMs = nowMs - (belief.pools[id]?.seenAtMs ?? nowMs)
    const saved = paid - spotPerHour
    return saved > 0 && saved * silentMs * share >= spotPerHour * probeMs
  }
  return pools
    .filter(isDue)
    .map(({ id }) => id)
    .filter((id) => !tries.includes(id))
    .toSorted((a, b) => (a < b ? -1 : 1))
}
