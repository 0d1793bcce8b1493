/**
 * The least that a job could have cost for one who knew the whole trace, by dynamic programming.
 *
 * Exact for work in steps of the greatest common divisor of tick and restart. The published optimum
 * rounds a restart up to whole ticks and replays the plan with the true ones; both are here, since
 * the published one is what others are compared with. No policy may look at either.
 */
import { egressDollars, type Holding, type Policy, replay, type Scenario } from './replay.ts'

/** How work and time are counted. */
interface Grid {
  readonly tickUnits: number
  readonly restartUnits: number
  readonly workUnits: number
}

export function exactOptimum(scenario: Scenario): number {
  const { tickS, restartS, taskS } = scenario
  const unitS = divisor(tickS, restartS)
  const workUnits = Math.ceil(taskS / unitS - 1e-9)
  return follow(scenario, {
    tickUnits: tickS / unitS,
    restartUnits: restartS / unitS,
    workUnits,
  })
}

export function publishedOptimum(scenario: Scenario): number {
  const { tickS, restartS, taskS } = scenario
  return follow(scenario, {
    tickUnits: 1,
    restartUnits: Math.ceil(restartS / tickS),
    workUnits: Math.ceil(taskS / tickS),
  })
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b))

function follow(scenario: Scenario, grid: Grid): number {
  const plan = planOf(scenario, grid)
  const policy: Policy = (view) => {
    const want = plan[view.tick] ?? null
    if (want === null) return view.release()
    if (view.holding?.zone === want.zone && view.holding.market === want.market) return
    if (want.market === 'on-demand') view.onDemand(want.zone)
    else view.take(want.zone)
  }
  return replay(scenario, policy).dollars
}

/** A machine in one zone, bought in one way. */
interface Mode extends Holding {
  readonly perTick: number
}

/**
 * The states: a mode in each phase of its restart, then idle with the checkpoint in each zone, and
 * last idle with none. Tables have a row a state and a column a unit of work left.
 */
interface States {
  readonly scenario: Scenario
  readonly grid: Grid
  readonly modes: readonly Mode[]
  readonly phases: number
  readonly count: number
  readonly width: number
}

const stay = -2
const wait = -1

function statesOf(scenario: Scenario, grid: Grid): States {
  const { zones, tickS } = scenario
  const modes = zones.flatMap(({ spot, onDemand }, zone) => [
    { zone, market: 'spot' as const, perTick: (spot * tickS) / 3_600 },
    { zone, market: 'on-demand' as const, perTick: (onDemand * tickS) / 3_600 },
  ])
  const phases = Math.ceil(grid.restartUnits / grid.tickUnits) + 1
  const count = modes.length * phases + zones.length + 1
  return { scenario, grid, modes, phases, count, width: grid.workUnits + 1 }
}

const running = ({ phases }: States, mode: number, phase: number) =>
  mode * phases + Math.min(phases - 1, phase)

const idle = ({ modes, phases }: States, zone: number) => modes.length * phases + zone

/** The work that a tick does, so many ticks after the launch. */
function doneIn({ grid: { tickUnits, restartUnits } }: States, phase: number): number {
  return Math.max(0, tickUnits - Math.max(0, restartUnits - phase * tickUnits))
}

/** What to hold at each tick. */
function planOf(scenario: Scenario, grid: Grid): (Holding | null)[] {
  const states = statesOf(scenario, grid)
  const { count, width } = states
  const picks: Int16Array[] = []
  let next = new Float64Array(count * width).fill(Infinity)
  for (let state = 0; state < count; state++) next[state * width] = 0
  for (let tick = scenario.ticks - 1; tick >= 0; tick--) {
    const now = new Float64Array(count * width)
    picks[tick] = new Int16Array(count * width).fill(wait)
    stepBack({ states, tick, next, now, picks: picks[tick] ?? new Int16Array() })
    next = now
  }
  return walk(states, picks)
}

interface Turn {
  readonly states: States
  readonly tick: number
  readonly next: Float64Array
  readonly now: Float64Array
  readonly picks: Int16Array
}

function stepBack(turn: Turn): void {
  const { states, now, picks } = turn
  const { scenario, modes, phases, width } = states
  const fresh = modes.map((_, index) => runs(turn, index, 0))
  for (let zone = 0; zone <= scenario.zones.length; zone++) launch(turn, zone, fresh)
  for (const [index, mode] of modes.entries()) {
    const from = idle(states, mode.zone) * width
    for (let phase = 0; phase < phases; phase++) {
      const row = running(states, index, phase) * width
      // Nothing is kept in the phase of the launch itself.
      const kept = phase === 0 ? null : runs(turn, index, phase)
      for (let left = 1; left < width; left++) {
        const move = now[from + left] ?? Infinity
        const cost = kept?.[left] ?? Infinity
        now[row + left] = Math.min(move, cost)
        picks[row + left] = cost <= move ? stay : (picks[from + left] ?? wait)
      }
    }
  }
}

/** Idle with the checkpoint in a zone: wait, or launch where that is cheapest. */
function launch(
  { states, next, now, picks }: Turn,
  zone: number,
  fresh: readonly (Float64Array | null)[],
): void {
  const { scenario, modes, width } = states
  const row = idle(states, zone) * width
  for (let left = 1; left < width; left++) now[row + left] = next[row + left] ?? Infinity
  for (const [index, mode] of modes.entries()) {
    const run = fresh[index]
    if (!run) continue
    const isFirst = zone === scenario.zones.length
    const egress = isFirst ? 0 : egressDollars(scenario, zone, mode.zone)
    for (let left = 1; left < width; left++) {
      const cost = (run[left] ?? Infinity) + egress
      if (cost >= (now[row + left] ?? 0)) continue
      now[row + left] = cost
      picks[row + left] = index
    }
  }
}

/** The cost to finish when this tick is run in a mode, by work left; null where it is not there. */
function runs({ states, tick, next }: Turn, index: number, phase: number): Float64Array | null {
  const { scenario, modes, width } = states
  const mode = modes[index]
  const isThere = mode?.market === 'on-demand' || scenario.isUp[mode?.zone ?? 0]?.[tick] === 1
  if (!mode || !isThere) return null
  const done = doneIn(states, phase)
  const row = running(states, index, phase + 1) * width
  const costs = new Float64Array(width)
  for (let left = 1; left < width; left++) {
    // The tick in which the work ends is not billed.
    costs[left] = left <= done ? 0 : mode.perTick + (next[row + left - done] ?? Infinity)
  }
  return costs
}

function walk(states: States, picks: readonly Int16Array[]): (Holding | null)[] {
  const { scenario, grid, modes, phases, width } = states
  const plan: (Holding | null)[] = []
  let state = idle(states, scenario.zones.length)
  let left = grid.workUnits
  for (const picked of picks) {
    if (left <= 0) break
    const isRunning = state < modes.length * phases
    const held = isRunning ? Math.floor(state / phases) : -1
    const pick = picked[state * width + left] ?? wait
    const index = pick === stay ? held : pick
    const mode = modes[index]
    plan.push(mode ?? null)
    if (mode) {
      const phase = pick === stay ? state % phases : 0
      left -= doneIn(states, phase)
      state = running(states, index, phase + 1)
    } else if (isRunning) state = idle(states, modes[held]?.zone ?? 0)
  }
  return plan
}
