/**
 * Everything that the command line touches outside itself, in one object, so that a test can hand
 * it a world of its own. No command uses `process`, `fetch` or a clock in any other way.
 */
import { randomUUID } from 'node:crypto'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as after } from 'node:timers/promises'
import type { Ms } from '../core/domain/time.ts'

export interface Io {
  readonly stdout: Writable
  readonly stderr: Writable
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly env: Readonly<Record<string, string | undefined>>
  /** Whether stdout is a terminal. */
  readonly isTTY: boolean
  readonly columns: number | undefined
  readonly fetch: typeof fetch
  /** An idempotency key that nobody had before. */
  random(): string
  now(): Ms
  /** Resolves early when the signal fires. */
  sleep(durationMs: number, signal: AbortSignal): Promise<void>
  /** Fires at Ctrl-C; who never asks for it is ended by Ctrl-C as any program is. */
  interruption(): AbortSignal
}

export function ownIo(): Io {
  // A reader that leaves (`calumet events -f | head`) is no failure; followers look at `writable`.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreBrokenPipe)
  const interrupted = new AbortController()
  let isListening = false
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    get stdin() {
      return process.stdin
    },
    env: process.env,
    isTTY: process.stdout.isTTY === true,
    columns: process.stdout.columns,
    fetch,
    random: randomUUID,
    now: Date.now,
    async sleep(durationMs, signal) {
      await after(durationMs, undefined, { signal }).catch(() => {})
    },
    interruption() {
      if (!isListening) process.once('SIGINT', () => interrupted.abort())
      isListening = true
      return interrupted.signal
    },
  }
}

function ignoreBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}
