/**
 * `calumet contract rates` and `record index`: what an hour costs by contract, and what it moves
 * with.
 */
import type { RateView } from '../../api/wire/money.ts'
import { readCsv } from '../../core/catalog/csv.ts'
import { formatDay, parseMoment } from '../../core/domain/day.ts'
import { formatUsd } from '../../core/domain/money.ts'
import { readDocument } from '../documents.ts'
import { CliError, exitCodes } from '../failure.ts'
import type { Session } from '../session.ts'
import { type Column, table } from '../show/table.ts'
import { decimalOf } from '../values.ts'
import { record } from './records.ts'

export interface RatesOptions {
  readonly at?: number
  readonly asKnown?: number
}

const columns: readonly Column<RateView>[] = [
  { title: 'CLAUSE', cell: ({ clause }) => clause },
  { title: 'WITH', cell: (row) => row.with },
  { title: 'FORM', cell: ({ form }) => form },
  { title: 'ACCELERATOR', cell: ({ accelerator }) => accelerator ?? 'any' },
  {
    title: 'AN HOUR',
    cell: ({ perHour }) => (perHour === null ? null : formatUsd(perHour)),
    isRight: true,
  },
  { title: 'BECAUSE', cell: ({ because }) => because },
  {
    title: 'REVIEW',
    cell: ({ reviewAt }) => (reviewAt === null ? null : formatDay(reviewAt)),
  },
  { title: 'BEST PRICE BY', cell: ({ bestPrice }) => bestPrice.join(', ') || null },
  { title: 'ASSUMED BY US', cell: ({ assumed }) => assumed.join(', ') || null },
]

export async function rates(
  session: Session,
  name: string | undefined,
  { at, asKnown }: RatesOptions,
): Promise<number> {
  const api = await session.api()
  const reply = await api.call('rates', { query: { at, known: asKnown } })
  const shown = reply.rates.filter(({ clause }) => {
    return name === undefined || clause === name || clause.startsWith(`${name}/`)
  })
  session.reply({ ...reply, rates: shown }, () =>
    shown.length > 0
      ? table(columns, shown, session.look)
      : `no clause about a price is in force on ${formatDay(reply.at)}\n`,
  )
  return exitCodes.ok
}

export interface IndexOptions {
  readonly unit: string
  readonly document: string
  readonly on?: number
  readonly file?: string
}

/** One level of a day, or those of a table. */
export async function noteIndex(
  session: Session,
  index: string,
  { value, unit, document, on, file }: IndexOptions & { readonly value: number | null },
): Promise<number> {
  const isOne = value !== null && on !== undefined
  if (isOne === (file !== undefined) || (file !== undefined && (value !== null || on))) {
    throw new CliError('invalid', 'expected a value with --on DAY, or --file with many')
  }
  const levels =
    file === undefined ? [{ at: on ?? 0, value: value ?? 0 }] : await read(session, file)
  return record(session, { kind: 'index', index, unit, levels, document })
}

/** What the API takes in one request. */
const levelsMax = 4_000

/** A table with the columns day and value. */
async function read(session: Session, file: string): Promise<{ at: number; value: number }[]> {
  const { text } = await readDocument(session, file, 1_000_000)
  const { names, rows } = readCsv(text)
  const missing = ['day', 'value'].find((name) => !names.includes(name))
  if (missing) throw new CliError('invalid', `${file} has no column ${missing}`)
  if (rows.length === 0) throw new CliError('invalid', `${file} has no rows`)
  if (rows.length > levelsMax) {
    const told = `${file} has ${rows.length} rows; at most ${levelsMax} go into one request`
    throw new CliError('too-large', told)
  }
  return rows.map(({ line, get }) => {
    const fault = (name: string, expected: string) => {
      const found = `${name} is "${get(name)}"; expected ${expected}`
      return new CliError('invalid', `${file}:${line}: ${found}`)
    }
    const at = parseMoment(get('day'))
    if (at === null) throw fault('day', 'a day such as 2026-11-01')
    const value = decimalOf(get('value'))
    if (value === null) throw fault('value', 'a number such as 104.5')
    return { at, value }
  })
}
