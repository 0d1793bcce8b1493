/**
 * What one job costs on spot machines that come and go, against those who published on the same
 * traces and against the optimum.
 *
 * Replays public traces from a folder that is not part of this package. Times nothing.
 */
import { calumet } from './hunt/calumet.ts'
import { replay } from './hunt/replay.ts'
import { readPublished, readTraces } from './hunt/trace.ts'
import {
  limitsOf,
  over,
  partOf,
  policies,
  ratios,
  rounded,
  scenarioOf,
  windowsOf,
  zoneSets,
} from './hunt/windows.ts'
import type { Table } from './table.ts'

export const name = 'hunt'

const others = [
  { name: 'SkyNomad', strategy: 'unified_cost_model_risk' },
  { name: 'published optimal', strategy: 'multi_region_oracle_dp' },
]

export async function run(): Promise<Table> {
  const traces = readTraces()
  const published = new Map(
    ['deadline_sensitivity', 'region_selection'].flatMap((each) => [
      ...readPublished(`published-${each}-windows-0-2.csv`),
    ]),
  )
  const rows = zoneSets(traces).flatMap(({ label, published: scenario, zones }) =>
    ratios.flatMap((ratio) => {
      const lines = windowsOf(traces).map((window) => {
        const seriesOf = ({ anyLaunched }: { anyLaunched: Uint8Array }) => anyLaunched
        const replayed = scenarioOf({ zones, window, ratio, seriesOf })
        const { optimal, exact } = limitsOf(replayed)
        const costs = policies.map(({ name, of }) => {
          const { dollars, inTime } = replay(replayed, of(replayed))
          if (!inTime) throw new Error(`${name} missed the deadline: window ${window}, ${ratio}`)
          return dollars
        })
        const known = others.map(({ strategy }) =>
          published.get(`${scenario}|${ratio}|${strategy}|${window}`),
        )
        const told = replay(replayed, calumet(replayed, { isTold: true })).dollars
        return { window, costs, told, known, optimal, exact }
      })
      return [...lines.map((line) => rowOf(label, ratio, line)), meanOf(label, ratio, lines)]
    }),
  )
  return {
    title: 'hunt: one 8-GPU job of 51.83 h ÷ ratio, dollars',
    columns: [
      'zones',
      'ratio',
      'window',
      'part',
      ...policies.map(({ name }) => name),
      ...others.map(({ name }) => name),
      'optimal',
      'exact optimal',
      'Calumet ÷ optimal',
      'told, ÷ optimal',
    ],
    rows,
    note:
      'told: Calumet where quotes say at each tick which zones have stock, as those of many ' +
      'suppliers do; nobody else is told. ' +
      'optimal: whole-tick restarts as published; exact: true restarts. Ties go to the first ' +
      'zone of the list; no seed. The last row of each ratio: the mean, and the worst window.',
  }
}

interface Line {
  readonly window: number
  readonly costs: readonly number[]
  /** Calumet where quotes say what is in stock. */
  readonly told: number
  readonly known: readonly (number | undefined)[]
  readonly optimal: number
  readonly exact: number
}

function rowOf(zones: string, ratio: number, line: Line): (string | number)[] {
  const { window, costs, told, known, optimal, exact } = line
  return [
    ...[zones, ratio, window, partOf(window)],
    ...costs.map(rounded),
    ...known.map((dollars) => (dollars === undefined ? '-' : rounded(dollars))),
    ...[rounded(optimal), rounded(exact), over(costs[0] ?? 0, optimal), over(told, optimal)],
  ]
}

function meanOf(zones: string, ratio: number, lines: readonly Line[]): (string | number)[] {
  const mean = (of: (line: Line) => number) =>
    lines.reduce((sum, line) => sum + of(line), 0) / lines.length
  const optimal = mean((line) => line.optimal)
  const summed = (of: (line: Line) => number) => {
    const worst = Math.max(...lines.map((line) => of(line) / line.optimal))
    return `${over(mean(of), optimal)}, worst ${worst.toFixed(3)}`
  }
  const known = others.map((_, index) => mean(({ known }) => known[index] ?? Number.NaN))
  return [
    ...[zones, ratio, 'mean', ''],
    ...policies.map((_, index) => rounded(mean(({ costs }) => costs[index] ?? 0))),
    ...known.map((dollars) => (Number.isNaN(dollars) ? '-' : rounded(dollars))),
    ...[rounded(optimal), rounded(mean((line) => line.exact))],
    ...[summed(({ costs }) => costs[0] ?? 0), summed(({ told }) => told)],
  ]
}
