/**
 * One call of the command line: its options, where its words go, and the way to the server.
 *
 * With `--json` only JSON reaches stdout; what is meant for people only is kept from it.
 */
import type { Client } from '../api/client.ts'
import type { Io } from './io.ts'
import type { Look } from './show/table.ts'
import { plainJson } from './show/text.ts'

/** Options that every command takes. */
export interface GlobalOptions {
  readonly server?: string
  readonly tokenFile?: string
  readonly json?: boolean
}

export interface Session {
  readonly io: Io
  readonly options: GlobalOptions
  readonly isJson: boolean
  readonly look: Look
  /** Texts that were submitted, by name: faults show lines of them. */
  readonly sources: Map<string, string>
  /** Whether a person sits here who can be asked. */
  readonly canAsk: boolean
  say(text: string): void
  /** For people only, and never on stdout. */
  note(text: string): void
  /** A value as it came with `--json`, else the text that it makes. */
  reply<T>(value: T, text: (value: T) => string): void
  /** One line of JSON: for what goes on and on. */
  replyLine<T>(value: T, text: (value: T) => string): void
  api(): Promise<Client>
}

export function session(io: Io, options: GlobalOptions): Session {
  const isJson = options.json === true
  const say = (text: string) => void io.stdout.write(text)
  return {
    io,
    options,
    isJson,
    look: {
      width: io.isTTY ? (io.columns ?? 80) : Number.POSITIVE_INFINITY,
      isColoured: io.isTTY && !io.env.NO_COLOR,
    },
    sources: new Map(),
    canAsk: io.isTTY && io.stdin.isTTY === true && !isJson,
    say,
    note(text) {
      if (!isJson) io.stderr.write(text)
    },
    reply: (value, text) => say(isJson ? `${plainJson(value, 2)}\n` : text(value)),
    replyLine: (value, text) => say(isJson ? `${plainJson(value)}\n` : text(value)),
    api: async () => (await import('./connection.ts')).connect(io, options),
  }
}
