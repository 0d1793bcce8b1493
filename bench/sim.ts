/**
 * How many simulated hours the simulator lives in one second of CPU time, with the real loop, the
 * real desk of the agents and a supplier's real books.
 *
 * Says nothing of what it finds; `npm run sim` does.
 */
import { type Fleet, fleet } from '../test/sim/fleet.ts'
import type { Answer } from '../test/sim/worker.ts'

export const name = 'sim'

const seeds = 30
const wanted = 50

export async function run(): Promise<{
  title: string
  columns: string[]
  rows: (string | number)[][]
  note: string
}> {
  const child = fleet({ size: 1, mutant: '' })
  await child.run({ seed: 'warm' })
  const days = await lived(child)
  child.close()
  const sum = (of: (day: Answer) => number) => days.reduce((total, day) => total + of(day), 0)
  const cpuSeconds = sum(({ cpuMs }) => cpuMs) / 1_000
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

async function lived(child: Fleet): Promise<Answer[]> {
  const days: Answer[] = []
  for (let seed = 1; seed <= seeds; seed += 1) days.push(await child.run({ seed: `bench-${seed}` }))
  return days
}
