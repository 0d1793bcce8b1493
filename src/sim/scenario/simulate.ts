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
import { type Play, type Stage, settingsFor, stage } from './stage.ts'

export type { Outcome, Refusal, TimelineEntry, WorkloadOutcome } from './measure.ts'
export type { Phase } from './phases.ts'
export { readApplied, readScenario } from './read.ts'
export type { Scenario } from './scenario.ts'
export { readTrace } from './trace.ts'

export interface Simulation {
  readonly scenario: string
  readonly seed: string
  /** The moment of its start, where somebody named it. */
  readonly startAt: number | null
  readonly durationMs: number
  readonly outcome: Outcome
  /** Null where it was not asked for. */
  readonly today: Outcome | null
}

export interface SimulateOptions extends Play {
  /** Whether to play today's world too. */
  readonly against: 'base' | 'none'
  /** Told of every percent of what there is to play, from 0 to 1. */
  readonly onProgress?: (share: number) => void
}

export async function simulate(options: SimulateOptions): Promise<Simulation> {
  const { against, onProgress = () => {}, ...play } = options
  const { scenario, seed } = play
  const { name, durationMs, isDated, startAt } = scenario
  const worlds = against === 'base' ? 2 : 1
  const outcome = await played(play, (share) => onProgress(share / worlds))
  const today =
    worlds === 2 ? await played(calm(play), (share) => onProgress((1 + share) / 2)) : null
  const dated = isDated ? startAt : null
  return { scenario: name, seed, startAt: dated, durationMs, outcome, today }
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

const parts = 100

async function played(play: Play, onProgress: (share: number) => void): Promise<Outcome> {
  const staged = stage(play)
  const { world } = staged
  const { startAt, durationMs } = play.scenario
  standBy(world, { silentMs: settingsFor(play.scenario).silentMs })
  for (let part = 1; part <= parts; part += 1) {
    await world.kernel.run(startAt + Math.round((durationMs * part) / parts))
    onProgress(part / parts)
  }
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
