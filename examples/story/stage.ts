/**
 * The stage of the story: real processes on loopback, in one temporary folder, and the certainty
 * that none of them is left behind.
 *
 * Knows processes and ports, nothing of the plot.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ownBinary = fileURLToPath(new URL('../../bin/calumet.js', import.meta.url))

export interface Actor {
  readonly name: string
  readonly logFile: string
  readonly pid: number
  /** Resolves with the exit code, or null when a signal ended it. */
  readonly ended: Promise<number | null>
  kill(signal?: NodeJS.Signals): void
  /** What it has printed so far. */
  log(): string
}

export interface Stage {
  readonly folder: string
  /** Runs `calumet ARGS` until it is killed or ends, through other programs such as `nice`. */
  start(
    name: string,
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
    through?: readonly string[],
  ): Actor
  /** Kills every process that was started here, machines and ranks included. */
  clear(): Promise<void>
  /** Process ids of everything alive that belongs to this stage. */
  alive(): readonly number[]
  remove(): void
}

/** Every process of a stage carries this variable, and so does whatever it starts. */
const mark = 'CALUMET_STAGE'

/** `binary` is the `calumet` that is tried: the one of this checkout, or an installed one. */
export function stage(binary = ownBinary): Stage {
  const folder = mkdtempSync(join(tmpdir(), 'calumet-story-'))
  const logs = join(folder, 'logs')
  mkdirSync(logs)
  const actors = new Set<Actor>()
  return {
    folder,
    start(name, args, env = {}, through = []) {
      const logFile = join(logs, `${name}.log`)
      const argv = [...through, process.execPath, binary, ...args]
      const child = launch(argv, logFile, { ...env, [mark]: folder })
      const actor = actorOf(name, child, logFile)
      actors.add(actor)
      return actor
    },
    async clear() {
      for (const actor of actors) actor.kill('SIGKILL')
      for (let round = 0; round < 50 && processesBelow(folder).length > 0; round += 1) {
        for (const pid of processesBelow(folder)) killQuietly(pid)
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    },
    alive: () => processesBelow(folder),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function launch(
  [program = '', ...args]: readonly string[],
  logFile: string,
  extra: Readonly<Record<string, string>>,
): ChildProcess {
  const log = openSync(logFile, 'a')
  try {
    const { PATH: path = '', HOME = '' } = process.env
    // What the YAML calls `node` is the one that runs the story.
    const PATH = `${dirname(process.execPath)}${delimiter}${path}`
    return spawn(program, args, {
      env: { PATH, HOME, NO_COLOR: '1', ...extra },
      stdio: ['ignore', log, log],
    })
  } finally {
    closeSync(log)
  }
}

function actorOf(name: string, child: ChildProcess, logFile: string): Actor {
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => resolve(code))
    child.once('error', () => resolve(127))
  })
  return {
    name,
    logFile,
    ended,
    pid: child.pid ?? 0,
    kill: (signal = 'SIGTERM') => child.kill(signal),
    log: () => readFileSync(logFile, 'utf8'),
  }
}

/** Everything alive whose environment names this folder; empty where there is no /proc. */
export function processesBelow(folder: string): readonly number[] {
  return processIds().filter((pid) => {
    try {
      return pid !== process.pid && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(folder)
    } catch {
      return false // It ended meanwhile, or it is somebody else's.
    }
  })
}

function processIds(): readonly number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
  } catch {
    return []
  }
}

export function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It is gone already, which is what was wanted.
  }
}

const portsGiven = new Set<number>()
/** Below those that Linux gives to connections: one of them could hold it during a restart. */
const portsKept = [10_000, 32_000] as const

/** The preferred port if it is free, else any; each once. */
export async function freePort(preferred: number): Promise<number> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    const port = tries === 0 && preferred > 0 ? preferred : randomInt(...portsKept)
    if (portsGiven.has(port)) continue
    portsGiven.add(port)
    if (await isFree(port)) return port
  }
  throw new Error('no free port')
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

/** Polls until the condition gives something; fails with the last word of whoever was asked. */
export async function until<T>(
  what: string,
  seconds: number,
  condition: () => Promise<T | null | undefined | false> | T | null | undefined | false,
): Promise<T> {
  const deadline = performance.now() + seconds * 1_000
  let last = ''
  while (performance.now() < deadline) {
    try {
      const value = await condition()
      if (value) return value
    } catch (error) {
      last = error instanceof Error ? `: ${error.message}` : ''
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`waited ${seconds} s in vain for ${what}${last}`)
}
