/**
 * How a command that follows something lives through a server that is away: it says so once, waits
 * a little longer each time, and goes on. Everything else that goes wrong ends it.
 */
import { CliError } from './failure.ts'
import type { Session } from './session.ts'

export interface Patience {
  /** Call when the server answered. */
  answered(): void
  /** Throws what patience does not help against. */
  complain(error: unknown): void
  pause(): Promise<void>
}

const longestMs = 5_000

/** `paceMs` is the pause between two looks while all is well. */
export function patience({ io, note }: Session, paceMs: number): Patience {
  let isAway = false
  let pauseMs = paceMs
  return {
    answered() {
      if (isAway) note('calumet: the server answers again\n')
      isAway = false
      pauseMs = paceMs
    },
    complain(error) {
      const isPassing =
        error instanceof CliError && ['unreachable', 'unavailable', 'too-many'].includes(error.code)
      if (!isPassing) throw error
      if (!isAway) note('calumet: the server does not answer; trying again\n')
      isAway = true
      pauseMs = Math.min(pauseMs * 2, longestMs)
    },
    async pause() {
      await io.sleep(pauseMs, io.interruption())
      if (io.interruption().aborted) throw new CliError('interrupted', '')
    },
  }
}

/** Whether somebody still reads what is printed. */
export function isRead({ io }: Session): boolean {
  return !io.interruption().aborted && io.stdout.writable
}
