/**
 * One job replayed against a trace, tick by tick, with the published accounting.
 *
 * A tick: the work of the last tick counts, an ended zone takes the machine away, the policy acts,
 * and what it then holds is billed. A refused try is free; a probe that finds a machine costs a
 * minute of it. The tick in which the work ends is not billed, as in the published figures. Knows
 * no policy, and shows a policy only what it tried or holds.
 */
import type { Zone } from './trace.ts'

export interface Scenario {
  readonly zones: readonly Zone[]
  /** A zone each, a tick each, from the start of the window. */
  readonly isUp: readonly Uint8Array[]
  readonly ticks: number
  readonly tickS: number
  readonly taskS: number
  readonly restartS: number
  readonly checkpointGb: number
}

export interface Holding {
  readonly zone: number
  readonly market: 'spot' | 'on-demand'
}

export interface View {
  readonly scenario: Scenario
  readonly tick: number
  readonly leftS: number
  readonly holding: Holding | null
  /** What is left of the restart of the machine held. */
  readonly overheadS: number
  /** Where the checkpoint lies; null before the first launch. */
  readonly checkpointZone: number | null
  /** The zone that took its machine away at this tick. */
  readonly preempted: number | null
  /** Whether another of our own jobs holds the zone. */
  isTaken(zone: number): boolean
  /** Asks a zone for a machine; a yes makes it the machine held. */
  take(zone: number): boolean
  /** Asks a zone whether it has a machine. */
  probe(zone: number): boolean
  onDemand(zone: number): void
  release(): void
  /** What is held by now, in this very tick. */
  now(): Holding | null
}

export type Policy = (view: View) => void

export interface Replayed {
  readonly dollars: number
  readonly moves: number
  readonly endTick: number
  readonly inTime: boolean
}

const probeHours = 1 / 60

export const egressDollars = ({ zones, checkpointGb }: Scenario, from: number, to: number) =>
  zones[from]?.region === zones[to]?.region ? 0 : checkpointGb * 0.02

/** A job under way; each turn is one tick. */
export interface Replaying {
  holding(): Holding | null
  /** False once the work has ended. */
  turn(tick: number): boolean
  result(): Replayed
}

export function replay(scenario: Scenario, policy: Policy): Replayed {
  const job = start(scenario, policy)
  for (let tick = 0; tick <= scenario.ticks && job.turn(tick); tick++);
  return job.result()
}

/** Jobs that compete: a zone serves one of them at a time; the first in the list acts first. */
export function replayTogether(
  scenarios: readonly Scenario[],
  policyOf: (scenario: Scenario) => Policy,
): Replayed[] {
  const jobs: Replaying[] = []
  for (const scenario of scenarios) {
    const own = jobs.length
    const isTaken = (zone: number) =>
      jobs.some((other, index) => {
        const held = other.holding()
        return index !== own && held?.market === 'spot' && held.zone === zone
      })
    jobs.push(start(scenario, policyOf(scenario), isTaken))
  }
  let running = jobs
  for (let tick = 0; running.length > 0 && tick <= (scenarios[0]?.ticks ?? 0); tick++) {
    running = running.filter((job) => job.turn(tick))
  }
  return jobs.map((job) => job.result())
}

function start(scenario: Scenario, policy: Policy, isTaken = (_: number) => false): Replaying {
  const { zones, isUp, ticks, tickS, restartS } = scenario
  let leftS = scenario.taskS
  let holding: Holding | null = null
  let overheadS = 0
  let checkpointZone: number | null = null
  let dollars = 0
  let lastBill = 0
  let moves = 0
  let endTick = ticks
  const launch = (to: Holding) => {
    if (checkpointZone !== null && checkpointZone !== to.zone) {
      dollars += egressDollars(scenario, checkpointZone, to.zone)
      if (zones[checkpointZone]?.region !== zones[to.zone]?.region) moves += 1
    }
    holding = to
    overheadS = restartS
    checkpointZone = to.zone
  }
  const progress = () => {
    if (!holding) return
    leftS -= Math.max(0, tickS - overheadS)
    overheadS = Math.max(0, overheadS - tickS)
  }
  const act = (tick: number, preempted: number | null) => {
    const isThere = (zone: number) => isUp[zone]?.[tick] === 1 && !isTaken(zone)
    policy({
      ...{ scenario, tick, leftS, holding, checkpointZone, preempted, isTaken },
      overheadS: holding ? overheadS : 0,
      take(zone) {
        const mayHave = isThere(zone)
        if (mayHave) launch({ zone, market: 'spot' })
        return mayHave
      },
      probe(zone) {
        const mayHave = isThere(zone)
        if (mayHave) dollars += (zones[zone]?.spot ?? 0) * probeHours
        return mayHave
      },
      onDemand: (zone) => launch({ zone, market: 'on-demand' }),
      release: () => {
        holding = null
      },
      now: () => holding,
    })
  }
  const bill = () => {
    const zone = holding && zones[holding.zone]
    const perHour = zone && (holding?.market === 'spot' ? zone.spot : zone.onDemand)
    lastBill = ((perHour ?? 0) * tickS) / 3_600
    dollars += lastBill
  }
  return {
    holding: () => holding,
    turn(tick) {
      progress()
      if (leftS <= 1e-6) {
        dollars -= lastBill
        holding = null
        endTick = tick
        return false
      }
      if (tick === ticks) return false
      const held = holding as Holding | null
      const isPreempted = held?.market === 'spot' && !isUp[held.zone]?.[tick]
      if (isPreempted) holding = null
      act(tick, isPreempted ? (held?.zone ?? null) : null)
      bill()
      return true
    },
    result: () => ({ dollars, moves, endTick, inTime: leftS <= 1e-6 }),
  }
}
