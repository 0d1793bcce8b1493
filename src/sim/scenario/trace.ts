/**
 * CSV with prices and stock over time → changes of offers. Every row is read or is a fault with its
 * line and column.
 *
 * Moments are durations from the start, or dates, of which the first in the file is the start.
 */
import type { Micros } from '../../core/domain/money.ts'
import { parseUsd } from '../../core/domain/money.ts'
import { parseDuration } from '../../core/domain/time.ts'
import type { Fault } from '../../core/spec/fault.ts'
import { quote } from '../../core/spec/fault.ts'
import type { SourceText } from '../../core/spec/read.ts'
import { nearest } from '../../core/spec/words.ts'
import type { TraceColumn, TraceSource } from './scenario.ts'

/** What an offer is from a moment on; null leaves it as it was. */
export interface Change {
  readonly atMs: number
  readonly offer: string
  readonly nodes: number | null
  readonly pricePerHour: Micros | null
}

export interface TraceRead {
  readonly changes: readonly Change[]
  readonly faults: readonly Fault[]
}

const faultsMax = 20

export function readTrace(
  { file, text }: SourceText,
  source: TraceSource,
  offers: readonly string[],
): TraceRead {
  const [head, ...rows] = rowsOf(text)
  const titles = head?.cells.map(({ text }) => text) ?? []
  const missing = titleFaults(titles, file, source)
  if (missing.length > 0) return { changes: [], faults: missing }
  const faults: Fault[] = []
  const changes: Change[] = []
  let first: number | null = null
  for (const row of rows) {
    if (faults.length >= faultsMax) break
    const cellOf = (title: string) => {
      const cell = row.cells[titles.indexOf(title)]
      return cell ?? { text: '', column: row.cells.at(-1)?.column ?? 1 }
    }
    const isWanted = Object.entries(source.where).every(([key, want]) => cellOf(key).text === want)
    if (!isWanted) continue
    const read = valuesOf((column) => cellOf(source.columns[column]), source.offer, offers)
    if (read.faults.length > 0) {
      const place = { file, line: row.line }
      faults.push(...read.faults.map((fault) => ({ ...place, ...fault })))
      continue
    }
    const { atMs, date, ...change } = read.value
    if (date !== null) first ??= date
    changes.push({ ...change, atMs: atMs ?? Math.max(0, (date ?? 0) - (first ?? 0)) })
  }
  if (changes.length === 0 && faults.length === 0) {
    const place = { file, line: 1, column: 1, path: '$', meant: null }
    faults.push({ ...place, found: 'no row that fits', expected: 'at least one row' })
  }
  return faults.length > 0 ? { changes: [], faults } : { changes, faults }
}

interface Cell {
  readonly text: string
  readonly column: number
}

interface Row {
  readonly line: number
  readonly cells: readonly Cell[]
}

/** Rows that are not empty; a cell in quotes may hold commas, and no line breaks. */
function rowsOf(text: string): readonly Row[] {
  return text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .map((line, index) => ({ line: index + 1, cells: cellsOf(line) }))
    .filter(({ cells }) => cells.some(({ text }) => text !== ''))
}

function cellsOf(line: string): readonly Cell[] {
  const cells = line.matchAll(/(?:^|,)(?:\s*"((?:[^"]|"")*)"\s*|([^,]*))/g)
  return [...cells].map(({ index, 0: whole, 1: quoted, 2: bare = '' }) => ({
    text: quoted === undefined ? bare.trim() : quoted.replaceAll('""', '"'),
    column: index + (whole.startsWith(',') ? 2 : 1),
  }))
}

function titleFaults(titles: readonly string[], file: string, source: TraceSource): Fault[] {
  const { columns, where, offer } = source
  const values = [columns.nodes, columns.price_per_hour]
  const some = values.some((each) => titles.includes(each)) ? [] : values.slice(1)
  const needed = [columns.at, ...(offer === null ? [columns.offer] : []), ...Object.keys(where)]
  return [...needed, ...some]
    .filter((each) => !titles.includes(each))
    .map((each) => ({
      ...{ file, line: 1, column: 1, path: '$' },
      found: `the columns ${titles.map(quote).join(', ') || 'of an empty file'}`,
      expected: `a column ${quote(each)}`,
      meant: nearest(each, titles),
    }))
}

interface Values {
  readonly atMs: number | null
  readonly date: number | null
  readonly offer: string
  readonly nodes: number | null
  readonly pricePerHour: Micros | null
}

type Wrong = Omit<Fault, 'file' | 'line'>

function valuesOf(
  cell: (column: TraceColumn) => Cell,
  named: string | null,
  offers: readonly string[],
): { readonly value: Values; readonly faults: readonly Wrong[] } {
  const faults: Wrong[] = []
  const refuse = (column: TraceColumn, expected: string, meant: string | null = null) => {
    const { text, column: at } = cell(column)
    const found = text === '' ? 'nothing' : quote(text)
    faults.push({ column: at, path: `$.${column}`, found, expected, meant })
  }
  const at = cell('at').text
  const atMs = parseDuration(at)
  const date = atMs === null && /^\d{4}-\d\d-\d\d/.test(at) ? dateOf(at) : null
  if (atMs === null && date === null) refuse('at', 'a duration such as 1h30m, or a date')
  const offer = named ?? cell('offer').text
  if (!offers.includes(offer)) {
    refuse('offer', `one of ${offers.join(', ')}`, nearest(offer, offers))
  }
  const nodes = cell('nodes').text
  if (!/^\d{0,6}$/.test(nodes)) refuse('nodes', 'a whole number, or nothing')
  const price = cell('price_per_hour').text
  // Averages have endless digits; what is below a micro-dollar is cut.
  const pricePerHour = parseUsd(price.replace(/(\.\d{6})\d+$/, '$1'))
  if (price !== '' && pricePerHour === null) refuse('price_per_hour', 'dollars, or nothing')
  const count = nodes === '' ? null : Number(nodes)
  return { value: { atMs, date, offer, nodes: count, pricePerHour }, faults }
}

/** Without a zone a date is taken as UTC. */
function dateOf(text: string): number | null {
  const hasZone = /(Z|[+-]\d\d:?\d\d)$/.test(text)
  const date = Date.parse(hasZone || text.length === 10 ? text : `${text}Z`)
  return Number.isNaN(date) ? null : date
}
