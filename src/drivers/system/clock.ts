/**
 * The machine's own steady clock and timers.
 */
import { type Clock, sleepBy } from '../../ports/clock.ts'

export function systemClock(): Clock {
  return { steadyMs: () => performance.now(), after, sleep: sleepBy(after) }
}

const after: Clock['after'] = (durationMs, run) => {
  const timer = setTimeout(run, durationMs)
  return { cancel: () => clearTimeout(timer) }
}
