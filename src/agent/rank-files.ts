/**
 * The folder of a rank, `<home>/ranks/<run>.<epoch>.<rank>/`: all that an agent must know of it
 * after it was killed itself.
 *
 *     run, setup   the texts of the workload, as they came
 *     record       which process it is; written before anything of the workload runs
 *     began        the workload has begun
 *     log          what it prints
 *     exit         its exit code, written by its shell
 *     ended        its exit code once nothing of it runs any more; the rank is over for good
 *     ready        that it has answered its probe: `yes`, or `no` where it has stopped to
 *     shipped      how far its log is stored elsewhere
 *     work/        the folder that it runs in
 */
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Work } from '../protocol/agent.ts'

export type RankId = Pick<Work, 'run' | 'epoch' | 'rank'>

export interface RankRecord extends RankId, Pick<Work, 'grantMs' | 'probe'> {
  /** Part of the URL at which this rank, and no other, reaches the agent. */
  readonly token: string
  /** What every process of this rank carries in its environment. */
  readonly mark: string
  /** The shell around the rank, which leads its process group. */
  readonly pid: number
  readonly start: string
  readonly startedAtMs: number
}

export function rankName({ run, epoch, rank }: RankId): string {
  return `${run}.${epoch}.${rank}`
}

export function rankFolders(home: string): readonly string[] {
  return readdirSync(join(home, 'ranks'))
    .toSorted()
    .map((name) => join(home, 'ranks', name))
}

/** Null where the agent was killed before it had written all of it; then nothing ever ran. */
export function readRecord(folder: string): RankRecord | null {
  return readJson<RankRecord>(join(folder, 'record'))
}

/** A code counts only with the end of its line: its shell may have been killed in between. */
export function readCode(folder: string, file: 'exit' | 'ended'): number | null {
  const [, code] = /^(-?\d+)\n$/.exec(readText(join(folder, file)) ?? '') ?? []
  return code === undefined ? null : Number(code)
}

/** Whoever reads the file finds the old text or the new one, and never a part. */
export function writeWhole(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

export function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** Null also for a file that a power cut left empty. */
export function readJson<T>(path: string): T | null {
  try {
    return JSON.parse(readText(path) ?? 'null')
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

export function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}
