/**
 * Whether a table is what FOCUS 1.4 says: its columns, their types and values, the rules that hold
 * between columns and over the whole table, and between what was charged and what invoices ask.
 * Names the line and the column of every fault, and what was expected.
 */
import { type CsvRow, readCsv } from '../catalog/csv.ts'
import { parseMoment } from '../domain/day.ts'
import { type Column, columnsOf, type Dataset, ownColumnsOf } from './columns.ts'
import { currencies } from './lists.ts'
import { objectFault, pairsFault } from './objects.ts'
import { rowRules } from './rules.ts'
import { invoiceFaults, tableFaults } from './totals.ts'

export interface FocusFault {
  readonly line: number
  readonly column: string
  readonly found: string
  readonly expected: string
}

const faultsMax = 1_000

/**
 * At most 1,000 faults; none for a table that conforms. `invoices`: the table of invoice details
 * that cost and usage are held against.
 */
export function checkFocus(
  dataset: Dataset,
  text: string,
  invoices: string | null = null,
): readonly FocusFault[] {
  const { head, names, rows } = readCsv(text)
  const columns = columnsOf[dataset]
  const faults = headFaults(columns, head)
  const known = [...columns, ...ownColumnsOf[dataset]].filter(({ name }) => {
    return names.includes(name.toLowerCase())
  })
  const rules = rowRules[dataset].filter(({ column, needs }) => {
    return [column, ...needs].every((name) => names.includes(name.toLowerCase()))
  })
  for (const row of rows) {
    if (row.width !== head.length) {
      const found = `${row.width} values`
      const expected = `${head.length}, one for each column`
      faults.push({ line: row.line, column: head[0] ?? '', found, expected })
    }
    const inCells = known.flatMap((column) => cellFaults(column, row))
    // What is no number or no moment is told once, and held against nothing else.
    const isRead = (column: string) => !inCells.some((fault) => fault.column === column)
    const sound = rules.filter(({ column, needs }) => [column, ...needs].every(isRead))
    faults.push(...inCells, ...ruleFaults(sound, row))
    if (faults.length >= faultsMax) return faults.slice(0, faultsMax)
  }
  if (faults.length > 0) return faults
  const against = invoices === null ? [] : invoiceFaults(rows, readCsv(invoices).rows)
  return [...tableFaults(dataset, rows), ...against].slice(0, faultsMax)
}

function headFaults(columns: readonly Column[], names: readonly string[]): FocusFault[] {
  const isCustom = (name: string) => name.startsWith('x_')
  const firstCustom = names.findIndex(isCustom)
  const about = (column: string, found: string, expected: string) => {
    return { line: 1, column, found, expected }
  }
  return [
    ...columns
      .filter(({ name, level }) => level === 'required' && !names.includes(name))
      .map(({ name }) => about(name, 'no such column', 'a column that has to be there')),
    ...names
      .filter((name) => !isCustom(name) && !columns.some((column) => column.name === name))
      .map((name) =>
        about(name, `the column ${name}`, 'a column of FOCUS, or one that begins with x_'),
      ),
    ...names
      .filter((name, index) => !isCustom(name) && firstCustom >= 0 && index > firstCustom)
      .map((name) => about(name, 'a column after custom ones', 'custom columns after all others')),
    ...names
      .filter((name, index) => names.indexOf(name) !== index)
      .map((name) => about(name, 'the column twice', 'every column once')),
  ]
}

const decimalPattern = /^-?\d+(\.\d+)?([eE][+-]?\d{1,2})?$/
const momentPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/

/** What was expected of a value; null where it is one. */
type Expects = (value: string, column: string) => string | null

const expects =
  (expected: string, is: (value: string) => boolean): Expects =>
  (value) =>
    is(value) ? null : expected

const isDecimal = (value: string) => decimalPattern.test(value)

const types: Readonly<Record<Column['type'], Expects>> = {
  text: () => null,
  decimal: expects('a decimal such as 12.5', isDecimal),
  amount: expects('a decimal from 0 on', (value) => isDecimal(value) && Number(value) >= 0),
  ratio: expects('a decimal from 0 to 1', (value) => {
    return isDecimal(value) && Number(value) >= 0 && Number(value) <= 1
  }),
  // A day that no month has is none.
  moment: expects('a moment such as 2026-11-23T00:00:00Z', (value) => {
    return momentPattern.test(value) && parseMoment(value) !== null
  }),
  pairs: pairsFault,
  object: (value, column) => objectFault(column, value),
  currency: expects('a currency of ISO 4217 such as USD', (value) => currencies.has(value)),
}

function cellFaults(column: Column, row: CsvRow): readonly FocusFault[] {
  const value = row.raw(column.name.toLowerCase())
  const fault = (expected: string): readonly FocusFault[] => {
    return [
      { line: row.line, column: column.name, found: value === '' ? 'nothing' : value, expected },
    ]
  }
  if (value === '') return column.mayBeNull ? [] : fault('a value')
  if (value.trim() !== value) return fault('no blanks around it')
  const expected = types[column.type](value, column.name)
  if (expected !== null) return fault(expected)
  const { allowed } = column
  if (allowed.length === 0 || allowed.includes(value)) return []
  const most = allowed.length > 20 ? 'one of the allowed values' : `one of ${allowed.join(', ')}`
  return fault(most)
}

function ruleFaults(rules: (typeof rowRules)[Dataset], row: CsvRow): readonly FocusFault[] {
  const get = (name: string) => row.get(name.toLowerCase())
  return rules.flatMap(({ column, expected }) => {
    const told = expected(get)
    if (told === null) return []
    return [{ line: row.line, column, found: get(column) || 'nothing', expected: told }]
  })
}
