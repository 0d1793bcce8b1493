/**
 * A real PostgreSQL in a folder of its own, on a socket that nobody else knows.
 */
import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { appendFileSync, existsSync, globSync, mkdirSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

const folders = [
  ...(process.env.PATH ?? '').split(delimiter),
  ...globSync('/usr/lib/postgresql/*/bin').toSorted().toReversed(),
]
/** Where its programs are; undefined where there are none. */
export const postgresqlBin = folders.find((folder) =>
  ['initdb', 'pg_ctl', 'postgres', 'pg_basebackup'].every((name) => existsSync(join(folder, name))),
)

export interface Database {
  readonly folder: string
  readonly url: string
  /** Sets it up where it is not yet. */
  start(): Promise<void>
  /** At once, as if its power were cut. */
  stop(): Promise<void>
  /** Becomes the standby of another that runs. */
  follow(other: Database): Promise<void>
  /** Takes over from the one that it followed. */
  promote(): Promise<void>
}

/** PostgreSQL refuses to run as root, so root hands it to the user `postgres` or `nobody`. */
export function databaseIn(folder: string, bin: string): Database {
  const data = join(folder, 'data')
  const call = promisify(execFile)
  const isRoot = process.getuid?.() === 0
  const user = isRoot ? userOf(['postgres', 'nobody']) : null
  mkdirSync(folder, { recursive: true })
  if (user) execFileSync('chown', [user, folder])
  const run = (name: string, ...args: string[]) => {
    const [file, ...rest] = user
      ? ['runuser', '-u', user, '--', join(bin, name)]
      : [join(bin, name)]
    return call(file ?? name, [...rest, ...args], { cwd: folder })
  }
  const control = (...args: string[]) => run('pg_ctl', '-D', data, '-w', '-t', '60', ...args)
  const start = () => control('-l', join(folder, 'log'), '-o', `-k '${folder}'`, 'start')
  return {
    folder,
    url: urlOf(folder),
    async start() {
      if (!existsSync(data)) {
        await run('initdb', '-D', data, '-U', 'calumet', '-A', 'trust', '-E', 'UTF8', '--locale=C')
        appendFileSync(join(data, 'postgresql.conf'), "listen_addresses = ''\n")
      }
      await start()
    },
    async stop() {
      await control('-m', 'immediate', 'stop')
    },
    async follow(other) {
      const from = ['-d', `host=${other.folder} user=calumet`]
      await run('pg_basebackup', '-D', data, '-R', '-c', 'fast', '-X', 'stream', ...from)
      await start()
    },
    async promote() {
      await control('promote')
    },
  }
}

export function urlOf(folder: string): string {
  return `postgres://calumet@/postgres?host=${encodeURIComponent(folder)}`
}

function userOf(names: readonly string[]): string {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n')
  const found = names.find((name) => lines.some((line) => line.startsWith(`${name}:`)))
  assert.ok(found, `root cannot run PostgreSQL, and there is no user ${names.join(' or ')}`)
  return found
}
