/**
 * The protocol of the hunting benchmarks: windows, zones and deadlines, and who is compared.
 *
 * Draws the table; runs nothing of its own.
 */
import { greedy, probedProgress, uniformProgress } from './baselines.ts'
import { calumet } from './calumet.ts'
import { exactOptimum, publishedOptimum } from './optimum.ts'
import type { Policy, Scenario } from './replay.ts'
import type { Traces, Zone } from './trace.ts'

export const ratios = [1.05, 1.2, 1.5, 2]
export const windowTicks = 311
export const tickS = 600

/** Windows 0 and 1 served to choose the few constants; what comes after was held out. */
export const partOf = (window: number) => (window < 2 ? 'tuned' : 'held out')

const sixNames = [
  'us-central1-a',
  'us-west1-a',
  'europe-west1-c',
  'europe-west3-c',
  'asia-southeast1-b',
  'asia-south2-b',
]

export const zoneSets = ({ zones }: Traces) => [
  {
    label: '6 zones',
    published: 'Global Diverse (6)',
    zones: sixNames.flatMap((name) => zones.filter((zone) => zone.name === name)),
  },
  { label: `${zones.length} zones`, published: 'Global (13)', zones },
]

/** The whole windows that the traces hold. */
export function windowsOf({ firstTick, ticks }: Traces): readonly number[] {
  const first = Math.ceil(firstTick / windowTicks)
  const count = Math.floor(ticks / windowTicks) - first
  return Array.from({ length: Math.max(0, count) }, (_, index) => first + index)
}

export interface Task {
  readonly zones: readonly Zone[]
  readonly window: number
  readonly ratio: number
  /** What a zone shows at each tick. */
  readonly seriesOf: (zone: Zone) => Uint8Array
}

export function scenarioOf({ zones, window, ratio, seriesOf }: Task): Scenario {
  const start = window * windowTicks
  return {
    zones,
    isUp: zones.map((zone) => seriesOf(zone).subarray(start, start + windowTicks)),
    ticks: windowTicks,
    tickS,
    taskS: (windowTicks * tickS) / ratio,
    restartS: 720,
    checkpointGb: 50,
  }
}

export const policies: readonly { name: string; of: (scenario: Scenario) => Policy }[] = [
  { name: 'Calumet', of: (scenario) => calumet(scenario) },
  { name: 'greedy', of: greedy },
  { name: 'Uniform Progress', of: uniformProgress },
  { name: 'probing U. P.', of: probedProgress },
]

export interface Limits {
  readonly optimal: number
  readonly exact: number
}

export const limitsOf = (scenario: Scenario): Limits => ({
  optimal: publishedOptimum(scenario),
  exact: exactOptimum(scenario),
})

export const rounded = (dollars: number) => Math.round(dollars * 100) / 100
export const over = (dollars: number, optimal: number) => (dollars / optimal).toFixed(3)
