/**
 * How many simulated hours the simulator lives in one second of CPU time, with the real loop, the
 * real desk of the agents and a supplier's real books.
 *
 * Says nothing of what it finds; `npm run sim` does.
 */
import { type Trial, trial } from '../src/sim/trial.ts'

export const name = 'sim'

const seeds = 30
const wanted = 50

export async function run(): Promise<{
  title: string
  columns: string[]
  rows: (string | number)[][]
  note: string
}> {
  const stackTraceLimit = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  await trial({ seed: 'warm' })
  const before = process.cpuUsage()
  const days: Trial[] = []
  for (let seed = 1; seed <= seeds; seed += 1) days.push(await trial({ seed: `bench-${seed}` }))
  const { user, system } = process.cpuUsage(before)
  Error.stackTraceLimit = stackTraceLimit
  const cpuSeconds = (user + system) / 1e6
  const sum = (of: (day: Trial) => number) => days.reduce((total, day) => total + of(day), 0)
  const rate = (amount: number) => Math.round((amount / cpuSeconds) * 10) / 10
  return {
    title: `${seeds} simulated days, one after another`,
    columns: ['', 'per CPU second', 'wanted'],
    rows: [
      ['simulated hours', rate(sum(({ hours }) => hours)), `≥ ${wanted}`],
      ['calls of control planes', rate(sum(({ counts }) => counts.boundaries)), ''],
      ['events in the ledger', rate(sum(({ counts }) => counts.events)), ''],
    ],
    note: 'A day has 18 hours of trouble, 3 of calm and 3 with nothing left to do.',
  }
}
