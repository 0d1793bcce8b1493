/**
 * Keeps the fleet at what the control plane last said, for ever if it says nothing more.
 *
 * With a file, a gateway that starts while the control plane is away still knows its routes.
 */
import { open, readFile, rename } from 'node:fs/promises'
import { type LoadReport, RouteView } from '../api/wire.ts'
import type { Clock } from '../ports/clock.ts'
import { within } from '../ports/deadline.ts'
import type { Fleet } from './replicas/fleet.ts'
import type { Settings } from './settings.ts'

/** The control plane, as a gateway needs it. */
export interface Source {
  routes(): Promise<RouteView[]>
  reportLoad(report: LoadReport): Promise<void>
}

export type Log = (level: 'info' | 'warn' | 'error', text: string) => void

/** The same source, but an answer that is late counts as none. */
export function patient(source: Source, clock: Clock, deadlineMs: number): Source {
  const patiently = <T>(work: Promise<T>) => within(clock, deadlineMs, 'the control plane', work)
  return {
    routes: () => patiently(source.routes()),
    reportLoad: (report) => patiently(source.reportLoad(report)),
  }
}

export interface FollowOptions {
  readonly source: Source
  readonly fleet: Fleet
  readonly clock: Clock
  readonly log: Log
  readonly settings: Pick<Settings, 'routesFile' | 'pollMs'>
  readonly signal: AbortSignal
}

/** Returns when routes are known or nobody tells them, and goes on until the signal fires. */
export async function follow(options: FollowOptions): Promise<{ ended: Promise<void> }> {
  const { fleet, clock, settings, log, signal } = options
  const saved = settings.routesFile && (await load(settings.routesFile, log))
  if (saved) fleet.update(saved)
  const poll = poller(options)
  if (!saved) await poll()
  return { ended: repeat() }

  async function repeat() {
    while (!signal.aborted) {
      await poll()
      await clock.sleep(settings.pollMs, signal)
    }
  }
}

function poller({ source, fleet, log, settings, signal }: FollowOptions): () => Promise<void> {
  const tell = onChange(log)
  const tellOfFile = onChange(log)
  const { routesFile } = settings
  let known = ''
  let onFile = ''
  return async () => {
    try {
      const routes = await source.routes()
      if (signal.aborted) return
      const text = JSON.stringify(routes)
      if (text !== known) fleet.update(routes)
      known = text
      tell('info', 'the control plane answers')
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error)
      tell('warn', `the control plane is away (${said}); the routes last known stay in use`)
    }
    if (routesFile && known !== onFile && (await save(routesFile, known, tellOfFile)))
      onFile = known
  }
}

/** Logs what is new, and not the same again every half second. */
function onChange(log: Log): Log {
  let last = ''
  return (level, text) => {
    if (text !== last) log(level, text)
    last = text
  }
}

async function load(path: string, log: Log): Promise<RouteView[] | null> {
  try {
    return RouteView.array().parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      log('warn', `${path} holds no routes that can be read; it is written anew later`)
    }
    return null
  }
}

/** Readable for this user only: where replicas are is told to gateways alone. */
async function save(path: string, text: string, log: Log): Promise<boolean> {
  try {
    const file = await open(`${path}.new`, 'w', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(`${path}.new`, path)
    return true
  } catch (error) {
    log('error', `the routes could not be kept in ${path}: ${(error as Error).message}`)
    return false
  }
}
