/**
 * What people say about a Slurm cluster beside its address: Slurm itself knows neither prices nor
 * where it stands.
 */
import { type Micros, parseUsd } from '../../../core/domain/money.ts'
import type { SupplierSpec } from '../../../core/domain/supplier.ts'
import { parseDuration } from '../../../core/domain/time.ts'
import { SupplierError } from '../../../ports/supplier.ts'
import type { Switches } from './cluster.ts'

export interface Terms {
  readonly user: string
  /** The folder, shared by all nodes, through which work goes in and logs come out. */
  readonly spool: string
  readonly region: string
  /** Null for all that have something with a price. */
  readonly partitions: readonly string[] | null
  /** Partitions whose jobs others may push out. */
  readonly spot: readonly string[]
  readonly account: string | null
  readonly qos: string | null
  readonly reservation: string | null
  readonly timeLimitMinutes: number | null
  readonly switches: Switches | null
  /** For one accelerator and hour, by `<type>` or, before that, by `<partition>.<type>`. */
  readonly prices: ReadonlyMap<string, Micros>
  /** What a type is called elsewhere, where that is not the name that it has here. */
  readonly accelerators: ReadonlyMap<string, string>
}

const word = /^[A-Za-z0-9][\w.+@-]{0,99}$/

/** Throws, naming the setting, where one makes no sense. */
export function termsOf({ name, settings = {} }: SupplierSpec): Terms {
  const left = new Map(Object.entries(settings))
  const fault = (key: string, expected: string) => {
    const found = settings[key] === undefined ? 'nothing' : `"${settings[key]}"`
    const said = `${name}: settings.${key} is ${found}; expected ${expected}`
    return new SupplierError('refused', said)
  }
  const take = <T>(key: string, expected: string, read: (text: string) => T | null): T | null => {
    const text = left.get(key)
    left.delete(key)
    if (text === undefined) return null
    const value = read(text)
    if (value === null) throw fault(key, expected)
    return value
  }
  const need = <T>(key: string, expected: string, read: (text: string) => T | null): T => {
    const value = take(key, expected, read)
    if (value === null) throw fault(key, expected)
    return value
  }
  const oneWord = (text: string) => (word.test(text) ? text : null)
  const words = (text: string) => {
    const each = text.split(',').map((part) => part.trim())
    return each.every((part) => word.test(part)) ? each : null
  }
  const map = <T>(prefix: string, expected: string, read: (text: string) => T | null) => {
    const keys = [...left.keys()].filter((key) => key.startsWith(prefix))
    return new Map(
      keys.map((key) => [key.slice(prefix.length).toLowerCase(), need(key, expected, read)]),
    )
  }
  const terms: Terms = {
    user: need('user', 'the user under whom work runs', oneWord),
    spool: need('spool', 'the path of a folder that all nodes share', pathOf),
    region: take('region', 'a name', oneWord) ?? name,
    partitions: take('partitions', 'names between commas', words),
    spot: take('spot', 'names of partitions between commas', words) ?? [],
    account: take('account', 'a name', oneWord),
    qos: take('qos', 'a name', oneWord),
    reservation: take('reservation', 'a name', oneWord),
    timeLimitMinutes: take('time_limit', 'a duration from 1m on, such as 12h', minutesOf),
    switches: take('switches', 'a number, or with a duration such as 1@5m', switchesOf),
    prices: map('price.', 'dollars for an accelerator and hour, such as 2.10', parseUsd),
    accelerators: map('accelerator.', 'the name of an accelerator, such as H100', oneWord),
  }
  const [unknown] = left.keys()
  if (unknown !== undefined) throw new SupplierError('refused', `${name}: ${unknownTerm(unknown)}`)
  if (terms.prices.size > 0) return terms
  throw new SupplierError('refused', `${name}: ${noPrice}`)
}

const noPrice = 'settings has no price; expected price.<type>, such as price.h100: 2.10'

function unknownTerm(key: string): string {
  const keys =
    'user, spool, region, partitions, spot, account, qos, reservation, time_limit, switches'
  return `settings.${key} means nothing; expected ${keys}, price.<type>, accelerator.<type>`
}

function pathOf(text: string): string | null {
  return /^\/[\w./+@-]{1,500}$/.test(text) ? text.replace(/\/+$/, '') : null
}

function switchesOf(text: string): Switches | null {
  const [, count, wait] = /^([1-9]\d{0,3})(?:@(.+))?$/.exec(text) ?? []
  const waitMinutes = wait === undefined ? null : minutesOf(wait)
  if (count === undefined || (wait !== undefined && waitMinutes === null)) return null
  return { count: Number(count), waitMinutes }
}

function minutesOf(text: string): number | null {
  const spanMs = parseDuration(text)
  return spanMs !== null && spanMs >= 60_000 ? Math.floor(spanMs / 60_000) : null
}
