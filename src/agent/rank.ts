/**
 * One rank from its start, or from the moment an agent finds it running, to its end.
 *
 * It ends once: when its shell is gone and nothing of it runs any more, its exit code is written
 * down, and nothing changes that code again. Decides nothing: who stops it says so.
 */
import { appendFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import type { RankSaid } from '../protocol/agent.ts'
import { type Probe, probe } from './probe.ts'
import { isStill, killAll, signal, startOf } from './processes.ts'
import { type RankRecord, rankName, readCode, writeWhole } from './rank-files.ts'

/** What a rank that was killed without an exit code of its own is said to have ended with. */
export const killed = {
  bySomebody: 137,
  /** Its grant had run out: no failure of the work. */
  ungranted: -1,
} as const

export interface Rank {
  readonly name: string
  readonly folder: string
  readonly record: RankRecord
  isOver(): boolean
  said(): RankSaid
  /** Notices an end; cheap enough for many times a second. */
  look(): void
  /** Asks it to end, and kills it when the grace is over; once. Why stands in its log. */
  stop(graceMs: number, why?: string): void
  kill(code: number, why: string): void
  /** Has it never answered its probe? False where it has none. */
  isUnanswering(): boolean
}

export interface RankOptions {
  readonly folder: string
  readonly record: RankRecord
  readonly address: string
  /** It ended, or its endpoint came or went. */
  readonly onNews: () => void
}

export function rankOf({ folder, record, address, onNews }: RankOptions): Rank {
  const { run, epoch, rank, pid, start, mark } = record
  let endedWith = readCode(folder, 'ended')
  let isLeaving = false
  let isDoomed = false
  let isEnding = false
  let codeIfKilled: number = killed.bySomebody
  let wasThere = pid > 0 && startOf(pid) === start
  let graceTimer: NodeJS.Timeout | undefined
  const asked: Probe | null =
    record.probe && endedWith === null
      ? probe({ ...record.probe, address, file: join(folder, 'ready'), onNews })
      : null

  const isThere = () => {
    wasThere &&= isStill(pid, start)
    return wasThere
  }

  async function end(): Promise<void> {
    asked?.stop()
    await killAll(mark)
    clearTimeout(graceTimer)
    const code = readCode(folder, 'exit') ?? codeIfKilled
    writeWhole(join(folder, 'ended'), `${code}\n`)
    endedWith = code
    onNews()
  }

  const tell = (line: string) => appendFileSync(join(folder, 'log'), `calumet: ${line}\n`)
  // Only while its shell is there is the number of its group surely still its own.
  const signalGroup = (name: NodeJS.Signals) => isThere() && signal(-pid, name)

  return {
    name: rankName(record),
    folder,
    record,
    isOver: () => endedWith !== null,
    said: () => ({
      ...{ run, epoch, rank, exitCode: endedWith },
      state: endedWith === null ? 'running' : 'exited',
      endpoint: endedWith === null ? (asked?.endpoint() ?? null) : null,
    }),
    look() {
      if (endedWith !== null || isEnding || isThere()) return
      isEnding = true
      end().catch((error) => {
        isEnding = false
        console.error(`the end of ${rankName(record)} could not be written down: ${error}`)
      })
    },
    stop(graceMs, why) {
      if (isLeaving || endedWith !== null) return
      isLeaving = true
      if (why) tell(why)
      signalGroup('SIGTERM')
      graceTimer = setTimeout(() => signalGroup('SIGKILL'), graceMs)
    },
    kill(code, why) {
      if (isEnding || endedWith !== null) return
      if (!isDoomed) tell(why)
      isDoomed = true
      codeIfKilled = code
      signalGroup('SIGKILL')
    },
    isUnanswering: () => asked !== null && !existsSync(join(folder, 'ready')),
  }
}
