/**
 * A child process that lives simulated days, one after another, as its parent tells it; with a bug
 * injected into the code where its first argument names a mutant.
 */
import type { Phases, Trial } from '../../src/sim/trial.ts'
import { layTripwires } from './tripwire.ts'

export interface Task {
  readonly seed: string
  readonly phases?: Phases
  /** As it was dumped; else the seed draws. */
  readonly drawn?: Trial['drawn']
  readonly killAt?: number
  readonly probe?: boolean
  readonly wrongClocks?: boolean
  /** Sends back what happened, line by line. */
  readonly trace?: boolean
}

type Told = 'seed' | 'hash' | 'decisions' | 'hours' | 'counts' | 'violations'

export interface Answer extends Pick<Trial, Told> {
  readonly cpuMs: number
  readonly drawn: Trial['drawn'] | null
  readonly trace: readonly string[]
}

const [mutant = ''] = process.argv.slice(2)
if (mutant !== '') {
  const { inject } = await import('./mutate.ts')
  const { mutants } = await import('./mutants/all.ts')
  inject(mutant, mutants)
}
const { trial } = await import('../../src/sim/trial.ts')
const { traceOf } = await import('./trace.ts')

// Nobody reads the stacks of connections that break by the thousand.
Error.stackTraceLimit = 0
layTripwires()
process.on('message', async (task: Task) => {
  process.send?.(await answerTo(task))
})
process.send?.('ready')

async function answerTo(task: Task): Promise<Answer> {
  const before = process.cpuUsage()
  const done = await trial(task).catch((error: Error) => ({ error }))
  const { user, system } = process.cpuUsage(before)
  const cpuMs = (user + system) / 1_000
  if ('error' in done) return { ...nothing, seed: task.seed, cpuMs, violations: broken(done.error) }
  const { seed, hash, decisions, hours, counts, violations } = done
  const drawn = violations.length > 0 ? done.drawn : null
  const trace = task.trace ? traceOf(done) : []
  return { seed, hash, decisions, hours, counts, violations, cpuMs, drawn, trace }
}

function broken({ message }: Error) {
  return [{ invariant: 'BUG', text: `the simulation broke: ${message}` }]
}

const nothing = {
  hash: '',
  decisions: null,
  hours: 0,
  counts: { events: 0, kills: 0, lostAnswers: 0, sales: 0, excused: 0, boundaries: 0, troubled: 0 },
  drawn: null,
  trace: [],
}
