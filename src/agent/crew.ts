/**
 * All ranks of this machine, and what shall run instead: finds those that an earlier agent left
 * running, stops what is not wanted, and starts what is missing once nothing else runs any more.
 *
 * A rank is started once in its epoch, and no epoch after a later one. What has lost its grant is
 * killed.
 */
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { RankSaid, Work } from '../protocol/agent.ts'
import { bootMs } from './boot-time.ts'
import type { Lifeline } from './lifeline.ts'
import { startOf } from './processes.ts'
import { killed, type Rank, rankOf } from './rank.ts'
import {
  type RankRecord,
  rankFolders,
  rankName,
  readCode,
  readRecord,
  remove,
} from './rank-files.ts'
import type { Settings } from './settings.ts'
import { start } from './start.ts'

export interface Crew {
  ranks(): readonly Rank[]
  /** The rank that runs with this token. */
  rankWith(token: string): Rank | null
  /** Is all that shall run here from now on. */
  want(work: readonly Work[]): void
  /** One look at everything, and what follows from it. */
  look(): void
  killAll(): void
  /** What there is to report, wanted ranks that could not begin yet among it. */
  said(): readonly RankSaid[]
  /** These ends have been reported, so that nobody needs to remember them for ever. */
  acknowledge(said: readonly RankSaid[]): void
}

export interface CrewOptions {
  readonly settings: Settings
  readonly line: Lifeline
  readonly localUrl: string
  readonly isShipped: (rank: Rank) => boolean
  readonly onNews: () => void
}

export function crew(options: CrewOptions): Crew {
  const { settings, line, localUrl, isShipped, onNews } = options
  const { home, machine, address, graceMs } = settings
  mkdirSync(join(home, 'ranks'), { recursive: true, mode: 0o700 })
  const ranks = new Map<string, Rank>()
  const acknowledged = new Set<string>()
  // Until the control plane has spoken, what runs is left alone.
  let wanted: ReadonlyMap<string, Work> | null = null

  function add(folder: string, record: RankRecord): Rank {
    const rank = rankOf({ folder, record, address, onNews })
    ranks.set(rank.name, rank)
    return rank
  }
  for (const folder of rankFolders(home)) {
    const record = readRecord(folder)
    if (!record || !hasBegun(folder, record)) remove(folder)
    else if (!add(folder, record).isOver()) console.log(`${rankName(record)} goes on`)
  }

  /** Wanted, and neither there nor of an epoch that is over. */
  function missing(): readonly Work[] {
    const known = [...ranks.values()].map(({ record }) => record)
    return [...(wanted ?? new Map<string, Work>()).values()].filter(
      (work) => !known.some(({ run, epoch }) => run === work.run && epoch >= work.epoch),
    )
  }

  function begin(work: Work): void {
    const record = start(work, { home, machine, localUrl })
    console.log(`${rankName(record)} started`)
    add(join(home, 'ranks', rankName(record)), record)
    onNews()
  }

  function watch(rank: Rank): void {
    const { name, record } = rank
    if (line.leftMs(name, record.grantMs) <= 0) {
      rank.kill(killed.ungranted, 'killed: nobody answers, and another gang may own the run by now')
    } else if (wanted && !wanted.has(name)) {
      rank.stop(graceMs)
    } else if (record.probe && rank.isUnanswering()) {
      const { initialDelayMs, path } = record.probe
      if (bootMs() - record.startedAtMs <= initialDelayMs) return
      rank.stop(graceMs, `stopped: no good answer at ${path} within ${initialDelayMs} ms`)
    }
  }

  /** What is over, told, stored and followed by a later epoch leaves nothing behind. */
  function forget({ name, folder, record }: Rank): void {
    const isLast = ![...ranks.values()].some((other) => {
      return other.record.run === record.run && other.record.epoch > record.epoch
    })
    if (isLast) return
    remove(folder)
    ranks.delete(name)
    acknowledged.delete(name)
  }

  return {
    ranks: () => [...ranks.values()],
    rankWith(token) {
      return (
        [...ranks.values()].find((rank) => rank.record.token === token && !rank.isOver()) ?? null
      )
    },
    want(work) {
      wanted = new Map(work.map((each) => [rankName(each), each]))
    },
    look() {
      for (const rank of ranks.values()) {
        rank.look()
        if (!rank.isOver()) watch(rank)
        else if (acknowledged.has(rank.name) && isShipped(rank)) forget(rank)
      }
      const isBusy = [...ranks.values()].some((rank) => !rank.isOver() && !wanted?.has(rank.name))
      if (isBusy) return
      for (const work of missing()) if (line.leftMs(rankName(work), work.grantMs) > 0) begin(work)
    },
    killAll() {
      wanted = new Map()
      const why = 'killed: nobody answers any more'
      for (const rank of ranks.values()) rank.kill(killed.ungranted, why)
    },
    said() {
      const waiting = missing().map(({ run, epoch, rank }) => {
        return { run, epoch, rank, state: 'starting', exitCode: null, endpoint: null } as const
      })
      return [...[...ranks.values()].map((rank) => rank.said()), ...waiting].slice(-ranksSaidMax)
    },
    acknowledge(said) {
      for (const each of said) if (each.state === 'exited') acknowledged.add(rankName(each))
    },
  }
}

const ranksSaidMax = 64

/** False where an agent was killed before it gave the word: then nothing of the workload ran. */
function hasBegun(folder: string, { pid, start }: RankRecord): boolean {
  if (existsSync(join(folder, 'began')) || readCode(folder, 'exit') !== null) return true
  return readCode(folder, 'ended') !== null || (pid > 0 && startOf(pid) === start)
}
