/**
 * What holding the machines of an incomplete gang would have come to: how often a zone that began
 * to give some of sixteen gave all of them in the end, and what was held until then.
 *
 * Assumes that what was seen could have been kept, which is the best that holding can do.
 */
import type { Zone } from './trace.ts'

export interface Parts {
  /** Times that a zone which gave nothing began to give some of sixteen. */
  readonly begun: number
  /** Of these, how often all sixteen were there before none was. */
  readonly completed: number
  readonly machineHours: number
  /** Machine hours of those that were never completed. */
  readonly wastedHours: number
}

const gang = 16

export function partsOf(zones: readonly Zone[], tickS: number): Parts {
  const held = zones.flatMap(({ launched }) => heldIn(launched))
  const hoursOf = (some: typeof held) =>
    (some.reduce((sum, { machineTicks }) => sum + machineTicks, 0) * tickS) / 3_600
  return {
    begun: held.length,
    completed: held.filter(({ isWhole }) => isWhole).length,
    machineHours: hoursOf(held),
    wastedHours: hoursOf(held.filter(({ isWhole }) => !isWhole)),
  }
}

/** From the first machine to the last of sixteen, or to none. */
function heldIn(launched: Int8Array): { machineTicks: number; isWhole: boolean }[] {
  const held: { machineTicks: number; isWhole: boolean }[] = []
  let machineTicks: number | null = null
  for (const [tick, count] of launched.entries()) {
    const isPart = count > 0 && count < gang
    if (isPart && machineTicks === null && (launched[tick - 1] ?? gang) <= 0) machineTicks = 0
    if (machineTicks === null) continue
    machineTicks += isPart ? count : 0
    if (isPart) continue
    held.push({ machineTicks, isWhole: count === gang })
    machineTicks = null
  }
  return held
}
