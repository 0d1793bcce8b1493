/**
 * Kills the control plane once at each of its calls, before it leaves and after it came back, in
 * ten small worlds: whatever was in between must be found again by the one that follows.
 */
import { chance as chanceOf } from '../../src/sim/engine/chance.ts'
import { type Draw, draw } from '../../src/sim/swarm.ts'
import type { Phases } from '../../src/sim/trial.ts'
import { noTrouble } from '../../src/sim/trouble.ts'
import { fleet } from './fleet.ts'
import type { Cell } from './table.ts'
import type { Answer, Task } from './worker.ts'

const minute = 60_000

const phases: Phases = {
  troubleMs: 25 * minute,
  convergeMs: 5 * minute,
  emptyMs: 40 * minute,
}

export interface CrashOptions {
  readonly size: number
  /** Every so manieth call, to save time, counted from this one. */
  readonly every: number
  readonly first: number
  readonly onStep: (text: string) => void
}

export interface Crashes {
  readonly rows: readonly (readonly Cell[])[]
  readonly failed: readonly Answer[]
}

export async function crashPoints(options: CrashOptions): Promise<Crashes> {
  const { size, every, first, onStep } = options
  const workers = fleet({ size, mutant: '' })
  const failed: Answer[] = []
  const rows: Cell[][] = []
  for (let world = 1; world <= 10; world += 1) {
    const task = small(`crash-${world}`)
    const whole = await workers.run(task)
    const calls = whole.counts.troubled
    const points = Array.from({ length: calls }, (_, index) => index + 1).filter(
      (point) => point % every === first % every,
    )
    const before = failed.length
    if (whole.violations.length > 0) failed.push(whole)
    const work = async () => {
      for (let killAt = points.pop(); killAt; killAt = points.pop()) {
        const answer = await workers.run({ ...task, killAt })
        const seed = `${task.seed} killed at call ${killAt}`
        if (answer.violations.length > 0) failed.push({ ...answer, seed })
        onStep(`world ${world} of 10, ${points.length} calls left`)
      }
    }
    const killed = points.length
    await Promise.all(Array.from({ length: size }, work))
    rows.push([task.seed, calls, killed, failed.length - before])
  }
  workers.close()
  return { rows, failed }
}

/** Few wishes, soon; nothing goes wrong but the weather on the way to suppliers. */
function small(seed: string): Task {
  const drawn = draw(chanceOf(`${seed}/draw`), phases.troubleMs)
  const [first, second] = drawn.workloads
  const soon = (wish: Draw['workloads'][number] | undefined, fromMs: number) =>
    wish ? [{ ...wish, fromMs, change: null, toMs: fromMs + 12 * minute }] : []
  const trouble = { ...noTrouble, supplierWeather: drawn.trouble.supplierWeather }
  const workloads = [...soon(first, 1_000), ...soon(second, 2 * minute)]
  return { seed, phases, probe: false, drawn: { ...drawn, plants: 1, workloads, trouble } }
}
