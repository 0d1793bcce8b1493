/**
 * One log line an event: JSON for machines, plain words on a terminal. To standard error, from
 * `level` on.
 */
import { destination, pino } from 'pino'
import { type LogLevel, logLevels } from '../cli/programs.ts'

export type Log = (level: 'info' | 'warn' | 'error', text: string) => void

export function logTo(level: LogLevel): Log {
  if (process.stderr.isTTY) {
    const least = logLevels.indexOf(level)
    return (kind, text) => {
      if (logLevels.indexOf(kind) < least) return
      console.error(`${new Date().toISOString()} ${kind} ${text}`)
    }
  }
  const logger = pino({ level, base: null }, destination({ dest: 2, sync: true }))
  return (kind, text) => logger[kind](text)
}

/** Resolves when the process is told to stop. */
export function stopSignal(): AbortSignal {
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => stop.abort())
  }
  return stop.signal
}

export function fired(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
