/**
 * A clock that jumps: when nothing else is going on, time goes to the next moment that somebody
 * waits for. So hours pass in milliseconds and nothing ever sleeps for real.
 */
import { type Clock, sleepBy } from '../ports/clock.ts'

export interface VirtualClock extends Clock {
  /** Milliseconds since 1970; starts at `startMs` and moves with the steady clock. */
  wallMs(): number
  /** Lets time pass until the condition holds; fails after so many virtual milliseconds. */
  until(what: string, withinMs: number, condition: () => boolean | Promise<boolean>): Promise<void>
}

/** Rounds of the event loop without a new timer after which nothing else is going on. */
const quietRounds = 8

export function virtualClock(startMs = 1_800_000_000_000): VirtualClock {
  let nowMs = 0
  const timers = new Set<{ readonly atMs: number; readonly run: () => void }>()

  const after: Clock['after'] = (durationMs, run) => {
    const timer = { atMs: nowMs + durationMs, run }
    timers.add(timer)
    return { cancel: () => void timers.delete(timer) }
  }

  /** One jump: to the next timer, or a little ahead where there is none. */
  async function pass(): Promise<void> {
    for (let round = 0; round < quietRounds; round += 1) {
      await new Promise((resolve) => setImmediate(resolve))
    }
    const next = [...timers].toSorted((a, b) => a.atMs - b.atMs)[0]
    nowMs = next ? Math.max(nowMs, next.atMs) : nowMs + 10
    if (next) timers.delete(next)
    next?.run()
  }

  return {
    wallMs: () => startMs + nowMs,
    steadyMs: () => nowMs,
    after,
    sleep: sleepBy(after),
    async until(what, withinMs, condition) {
      const deadlineMs = nowMs + withinMs
      while (!(await condition())) {
        if (nowMs > deadlineMs) throw new Error(`${withinMs} ms passed without ${what}`)
        await pass()
      }
    },
  }
}
