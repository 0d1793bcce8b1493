/**
 * A clock that jumps: when nothing else is going on, time goes to the next moment that somebody
 * waits for. So hours pass in milliseconds and nothing ever sleeps for real.
 */
import type { Clock } from '../ports/clock.ts'

export interface VirtualClock extends Clock {
  /** Milliseconds since 1970; starts at `startMs` and moves with the steady clock. */
  wallMs(): number
  /** Lets time pass until the condition holds; fails after so many virtual milliseconds. */
  until(what: string, withinMs: number, condition: () => boolean | Promise<boolean>): Promise<void>
}

/** Rounds of the event loop without a new sleeper after which nothing else is going on. */
const quietRounds = 8

export function virtualClock(startMs = 1_800_000_000_000): VirtualClock {
  let nowMs = 0
  const sleepers = new Set<{ readonly atMs: number; readonly wake: () => void }>()

  /** One jump: to the next sleeper, or a little ahead where there is none. */
  async function pass(): Promise<void> {
    for (let round = 0; round < quietRounds; round += 1) {
      await new Promise((resolve) => setImmediate(resolve))
    }
    const next = [...sleepers].toSorted((a, b) => a.atMs - b.atMs)[0]
    nowMs = next ? Math.max(nowMs, next.atMs) : nowMs + 10
    next?.wake()
  }

  return {
    wallMs: () => startMs + nowMs,
    steadyMs: () => nowMs,
    sleep(durationMs, signal) {
      return new Promise((resolve) => {
        const sleeper = { atMs: nowMs + durationMs, wake: () => done() }
        const done = () => {
          sleepers.delete(sleeper)
          signal?.removeEventListener('abort', done)
          resolve()
        }
        if (signal?.aborted) return resolve()
        signal?.addEventListener('abort', done)
        sleepers.add(sleeper)
      })
    },
    async until(what, withinMs, condition) {
      const deadlineMs = nowMs + withinMs
      while (!(await condition())) {
        if (nowMs > deadlineMs) throw new Error(`${withinMs} ms passed without ${what}`)
        await pass()
      }
    },
  }
}
