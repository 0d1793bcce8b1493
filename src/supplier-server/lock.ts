/**
 * One server for a folder: two that write one journal would sell everything twice.
 *
 * The lock names its process, so that one that was killed does not keep others out.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startsOf } from './processes.ts'
import { SetupError } from './setup-error.ts'

/** Locks, and answers with what unlocks again. */
export function lockFolder(folder: string): () => void {
  const path = join(folder, 'lock')
  const own = `${process.pid} ${startsOf([process.pid]).get(process.pid)}`
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(path, own, { flag: 'wx' })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'EEXIST' || !existsSync(path))
      throw new SetupError(`cannot use ${folder}: ${message}`)
    const [pid = '', start] = readFileSync(path, 'utf8').split(/ (.*)/)
    if (startsOf([Number(pid)]).get(Number(pid)) === start) {
      throw new SetupError(
        `process ${pid} serves ${folder} already; stop it or take another folder`,
      )
    }
    rmSync(path)
    writeFileSync(path, own, { flag: 'wx' })
  }
  return () => rmSync(path, { force: true })
}
