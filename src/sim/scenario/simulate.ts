/**
 * Plays a scenario, and beside it the world as it is today: the same goods, wishes and chance, with
 * nothing of what the scenario makes happen.
 */
import { check } from '../../core/audit/check.ts'
import type { Violation } from '../../core/audit/evidence.ts'
import { standBy } from '../bystander.ts'
import { evidenceOf } from '../witness.ts'
import { measure, type Outcome } from './measure.ts'
import type { Scenario } from './scenario.ts'
import { type Play, type Stage, settings, stage } from './stage.ts'

export type { Outcome, Refusal, Told, WorkloadOutcome } from './measure.ts'
export { readScenario } from './read.ts'
export type { Scenario } from './scenario.ts'
export { readTrace } from './trace.ts'

export interface Simulation {
  readonly scenario: string
  readonly seed: string
  readonly durationMs: number
  readonly outcome: Outcome
  /** Null where it was not asked for. */
  readonly today: Outcome | null
}

export interface SimulateOptions extends Play {
  /** Whether to play today's world too. */
  readonly against: 'base' | 'none'
}

export async function simulate({ against, ...play }: SimulateOptions): Promise<Simulation> {
  const { scenario, seed } = play
  const outcome = await played(play)
  const today = against === 'base' ? await played(calm(play)) : null
  return { scenario: scenario.name, seed, durationMs: scenario.durationMs, outcome, today }
}

/** What is first submitted in the timeline is not there today. */
function calm({ scenario, specs, ...play }: Play): Play {
  const trouble = Object.fromEntries(Object.keys(scenario.trouble).map((key) => [key, 0]))
  const quiet = { timeline: [], traces: [], trouble: trouble as unknown as Scenario['trouble'] }
  const later = scenario.timeline.flatMap((each) => (each.do === 'submit' ? each.workload : []))
  return {
    ...play,
    scenario: { ...scenario, ...quiet },
    specs: specs.filter(({ spec }) => !later.includes(spec.name)),
    changes: [],
  }
}

async function played(play: Play): Promise<Outcome> {
  const staged = stage(play)
  const { world } = staged
  const { startAt, durationMs } = play.scenario
  standBy(world, { silentMs: settings.silentMs, commitLateMs: 0 })
  await world.kernel.run(startAt + durationMs)
  // What still works is counted up to now.
  for (const machine of world.machines.values()) machine.cut()
  return measure(staged, { startAt, violations: violationsOf(staged) })
}

function violationsOf({ world }: Stage): readonly Violation[] {
  const seen = evidenceOf(world, { settled: false, pricePerHourMax: null })
  // Commands that people wrote themselves may name whatever they like.
  const evidence = { ...seen, heard: null }
  const bugs = world.bugs.map((text) => ({ invariant: 'BUG', text }))
  return [...check(evidence), ...bugs, ...world.faults]
}
