/**
 * What gangs of sixteen machines in one zone cost on the same traces: alone, and three at once that
 * compete for the same sixteen.
 *
 * Nobody has published this, so the baselines are ours. The optimum of jobs that compete is not
 * known; the sum of what each would cost alone, all machines to itself, is below it.
 */
import { type Parts, partsOf } from './hunt/parts.ts'
import { replay, replayTogether } from './hunt/replay.ts'
import { readTraces, type Zone } from './hunt/trace.ts'
import {
  limitsOf,
  over,
  partOf,
  policies,
  ratios,
  rounded,
  scenarioOf,
  tickS,
  windowsOf,
  zoneSets,
} from './hunt/windows.ts'
import type { Table } from './table.ts'

export const name = 'hunt-gang'

/** The least patient acts first. */
const together = [1.2, 1.5, 2]

export async function run(): Promise<Table> {
  const traces = readTraces()
  const parts = partsOf(traces.zones, tickS)
  const seriesOf = ({ launched }: Zone) => launched16(launched)
  const rows = zoneSets(traces).flatMap(({ label, zones }) => {
    const sets = [...ratios.map((ratio) => [ratio]), together]
    return sets.flatMap((set) =>
      windowsOf(traces).map((window) => {
        const jobs = set.map((ratio) => scenarioOf({ zones, window, ratio, seriesOf }))
        const alone = jobs.map((job) => limitsOf(job))
        const costs = policies.map(({ name, of }) => {
          const [first] = jobs
          const ended =
            first && jobs.length === 1 ? [replay(first, of(first))] : replayTogether(jobs, of)
          if (ended.some(({ inTime }) => !inTime)) {
            throw new Error(`${name} missed a deadline: window ${window}, ${set.join(' ')}`)
          }
          return ended.reduce((sum, { dollars }) => sum + dollars, 0)
        })
        const optimal = alone.reduce((sum, limit) => sum + limit.optimal, 0)
        const exact = alone.reduce((sum, limit) => sum + limit.exact, 0)
        return [
          ...[label, set.join(' + '), window, partOf(window)],
          ...costs.map(rounded),
          ...[rounded(optimal), rounded(exact), over(costs[0] ?? 0, optimal)],
        ]
      }),
    )
  })
  return {
    title: 'hunt-gang: sixteen one-GPU machines in one zone, dollars',
    columns: [
      'zones',
      'ratios',
      'window',
      'part',
      ...policies.map(({ name }) => name),
      'optimal',
      'exact optimal',
      'Calumet ÷ optimal',
    ],
    rows,
    note:
      'an hour at the price of one 8-GPU machine, so that rows compare with `hunt`; of jobs that ' +
      'compete a zone serves one at a time, and optimal is the sum of each alone; ' +
      toldOf(parts),
  }
}

const launched16 = (launched: Int8Array): Uint8Array =>
  Uint8Array.from(launched, (count) => (count === 16 ? 1 : 0))

function toldOf({ begun, completed, machineHours, wastedHours }: Parts): string {
  const [all, wasted] = [machineHours, wastedHours].map((hours) => Math.round(hours))
  return (
    `of ${begun} times that a zone without machines began to give some of sixteen, ${completed} ` +
    `led to all; holding them would have been ${all} machine hours, ${wasted} of them for nothing`
  )
}
