/**
 * Starts a rank: one process group under a small shell that outlives the agent, keeps the exit code
 * and takes the whole group with it when it ends.
 *
 * Texts of the workload are files that a shell reads; no text ever becomes part of another.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { appendFileSync, closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Work } from '../protocol/agent.ts'
import { bootMs } from './boot-time.ts'
import { startOf } from './processes.ts'
import { type RankRecord, rankName, remove, writeWhole } from './rank-files.ts'

// Nothing runs before the word comes: an agent that is killed before it wrote down what it started
// has started nothing. Its names begin as ours do, so that none of a workload's is touched. A
// request to stop reaches the whole group; the shell only takes note, to begin nothing new.
const shell = `read -r CALUMET_GO || exit 0
trap 'CALUMET_TOLD=1' TERM INT HUP
: >"$1/began"
set -- "$1" 0
if [ -f "$1/setup" ]; then
  /bin/sh "$1/setup" </dev/null
  set -- "$1" "$?"
fi
if [ "$2" -eq 0 ]; then
  if [ -n "$CALUMET_TOLD" ]; then
    set -- "$1" 143
  else
    /bin/sh "$1/run" </dev/null
    set -- "$1" "$?"
  fi
fi
echo "$2" >"$1/exit"
kill -KILL 0`

export interface StartOptions {
  readonly home: string
  readonly machine: string
  /** Where this agent answers ranks. */
  readonly localUrl: string
}

export function start(work: Work, options: StartOptions): RankRecord {
  const folder = join(options.home, 'ranks', rankName(work))
  remove(folder)
  mkdirSync(join(folder, 'work'), { recursive: true, mode: 0o700 })
  if (work.setup !== null) writeFileSync(join(folder, 'setup'), work.setup, { mode: 0o600 })
  writeFileSync(join(folder, 'run'), work.command, { mode: 0o600 })
  const token = randomBytes(16).toString('hex')
  const url = `${options.localUrl}/r/${token}`
  const child = launch(folder, { ...envOf(options.machine, work), CALUMET_AGENT_URL: url })
  const pid = child?.pid ?? 0
  const { run, epoch, rank, grantMs, probe } = work
  const record: RankRecord = {
    ...{ run, epoch, rank, grantMs, probe, token },
    mark: `CALUMET_AGENT_URL=${url}`,
    pid,
    start: (pid > 0 && startOf(pid)) || '',
    startedAtMs: bootMs(),
  }
  writeWhole(join(folder, 'record'), JSON.stringify(record))
  child?.stdin?.end('go\n')
  return record
}

/** Null where the computer has no room for it; then the rank has failed like any other. */
function launch(folder: string, env: NodeJS.ProcessEnv): ChildProcess | null {
  const path = join(folder, 'log')
  const log = openSync(path, 'a', 0o600)
  const tell = (error: unknown) => {
    appendFileSync(path, `calumet: this rank cannot be started: ${error}\n`)
  }
  try {
    const child = spawn('/bin/sh', ['-c', shell, 'calumet-rank', folder], {
      cwd: join(folder, 'work'),
      env,
      stdio: ['pipe', log, log],
      detached: true,
    })
    child.on('error', tell)
    // A shell that is gone by now says so by its missing process.
    child.stdin?.on('error', () => {})
    child.unref()
    if (child.pid !== undefined) return child
  } catch (error) {
    tell(error)
  } finally {
    closeSync(log)
  }
  writeWhole(join(folder, 'exit'), '126\n')
  return null
}

/** Nothing of the agent's own, least of all its secret. */
function envOf(machine: string, { envs }: Work): NodeJS.ProcessEnv {
  const { PATH = '/usr/local/bin:/usr/bin:/bin', HOME, LANG, TMPDIR } = process.env
  return { PATH, HOME, LANG, TMPDIR, ...envs, CALUMET_MACHINE: machine }
}
