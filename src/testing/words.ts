/**
 * One line of a drawing, read word by word: what comes in order, then settings in any order.
 *
 * For tests: a line that is not understood throws, with the line in the message.
 */
import { parseUsd } from '../core/domain/money.ts'
import { parseDuration } from '../core/domain/time.ts'

export interface Words {
  readonly line: string
  /** The next word; throws at the end of the line. */
  take(what: string): string
  /** Whether the next word matches; it is not taken. */
  sees(pattern: RegExp): boolean
  /** The rest of the line: flags that stand alone, and settings with a value each. */
  settings(names: readonly string[], flags?: readonly string[]): Settings
}

export interface Settings {
  has(flag: string): boolean
  text(name: string): string | null
  number(name: string, otherwise: number): number
  usd(name: string): number | null
  duration(name: string): number | null
  list(name: string): readonly string[] | null
}

export function words(line: string): Words {
  const rest = line.match(/"[^"]*"|\S+/g) ?? []
  const fault = (message: string) => new Error(`${message} in the drawn line: ${line}`)
  const take = (what: string) => {
    const word = rest.shift()
    if (word === undefined) throw fault(`${what} is missing`)
    return word.replaceAll('"', '')
  }
  return {
    line,
    take,
    sees: (pattern) => rest[0] !== undefined && pattern.test(rest[0]),
    settings(names, flags = []) {
      const found = new Map<string, string>()
      while (rest.length > 0) {
        const name = take('a setting')
        if (flags.includes(name)) found.set(name, name)
        else if (names.includes(name)) found.set(name, take(`the value of ${name}`))
        else throw fault(`${name} means nothing`)
      }
      return settingsOf(found, fault)
    },
  }
}

function settingsOf(
  found: ReadonlyMap<string, string>,
  fault: (message: string) => Error,
): Settings {
  const read = <T>(name: string, parse: (text: string) => T | null): T | null => {
    const text = found.get(name)
    if (text === undefined) return null
    const value = parse(text)
    if (value === null) throw fault(`${name} ${text} cannot be read`)
    return value
  }
  return {
    has: (flag) => found.has(flag),
    text: (name) => found.get(name) ?? null,
    number: (name, otherwise) => read(name, parseNumber) ?? otherwise,
    usd: (name) => read(name, parseUsd),
    duration: (name) => read(name, parseDuration),
    list: (name) => found.get(name)?.split(',') ?? null,
  }
}

function parseNumber(text: string): number | null {
  return Number.isFinite(Number(text)) ? Number(text) : null
}
