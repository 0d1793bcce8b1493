/**
 * Virtual time: one event after another, and after each of them all that follows from it at once.
 *
 * Nothing here waits for real. Whoever runs in it may use promises freely, as long as every wait
 * comes back to this kernel.
 */
import { setFlagsFromString } from 'node:v8'
import type { Ms } from '../../core/domain/time.ts'
import type { Timer } from '../../ports/clock.ts'

export interface Kernel {
  now(): Ms
  /** Events that have run. */
  count(): number
  after(delayMs: number, run: () => void): Timer
  /** Runs all events up to this moment. */
  run(until: Ms): Promise<void>
}

interface Event {
  readonly at: Ms
  readonly order: number
  run: (() => void) | null
}

export function kernel(startAt: Ms): Kernel {
  const queue: Event[] = []
  let now = startAt
  let order = 0
  let count = 0

  function step(until: Ms): boolean {
    const next = queue[0]
    if (!next || next.at > until) return false
    pop(queue)
    if (next.run === null) return true
    now = next.at
    count += 1
    next.run()
    return true
  }

  return {
    now: () => now,
    count: () => count,
    after(delayMs, run) {
      const event: Event = { at: now + Math.max(0, Math.round(delayMs)), order, run }
      order += 1
      push(queue, event)
      return {
        cancel() {
          event.run = null
        },
      }
    },
    run: (until) =>
      new Promise((resolve, reject) => {
        // Inside of a microtask none could be drained, so this begins outside of all promises.
        soon(function turn() {
          try {
            while (step(until)) {
              if (drain) drain()
              else return void soon(turn)
            }
            now = until
            resolve()
          } catch (error) {
            reject(error)
          }
        })
      }),
  }
}

/** The real one, even where the world is kept from it. */
const soon = setImmediate

/** Half a microsecond instead of four; null where V8 does not know it any more. */
const drain = (() => {
  try {
    setFlagsFromString('--allow-natives-syntax')
    return new Function('%PerformMicrotaskCheckpoint()') as () => void
  } catch {
    return null
  }
})()

function isBefore(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}

/** A binary heap: the children of `i` are `2i + 1` and `2i + 2`. */
function push(queue: Event[], event: Event): void {
  let index = queue.length
  queue.push(event)
  while (index > 0) {
    const parent = (index - 1) >> 1
    const above = queue[parent] as Event
    if (!isBefore(event, above)) break
    queue[index] = above
    index = parent
  }
  queue[index] = event
}

function pop(queue: Event[]): void {
  const last = queue.pop()
  if (!last || queue.length === 0) return
  let index = 0
  for (;;) {
    let child = 2 * index + 1
    if (child >= queue.length) break
    const right = queue[child + 1]
    if (right && isBefore(right, queue[child] as Event)) child += 1
    const below = queue[child] as Event
    if (!isBefore(below, last)) break
    queue[index] = below
    index = child
  }
  queue[index] = last
}
