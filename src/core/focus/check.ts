/**
 * Whether a table is what FOCUS 1.4 says: its columns, their types and values, and the rules that
 * hold between columns. Names the line and the column of every fault, and what was expected.
 */
import { type CsvRow, readCsv } from '../catalog/csv.ts'
import { type Column, columnsOf, type Dataset } from './columns.ts'

export interface FocusFault {
  readonly line: number
  readonly column: string
  readonly found: string
  readonly expected: string
}

const faultsMax = 1_000

/** At most 1,000 faults; none for a table that conforms. */
export function checkFocus(dataset: Dataset, text: string): readonly FocusFault[] {
  const { names, rows } = readCsv(text)
  const columns = columnsOf[dataset]
  const faults = [...headFaults(columns, text)]
  const known = columns.filter(({ name }) => names.includes(name.toLowerCase()))
  for (const row of rows) {
    faults.push(...known.flatMap((column) => cellFaults(column, row)))
    if (dataset === 'cost-and-usage') faults.push(...ruleFaults(row))
    if (faults.length >= faultsMax) break
  }
  return faults.slice(0, faultsMax)
}

function headFaults(columns: readonly Column[], text: string): FocusFault[] {
  const [first = ''] = text.replace(/^\uFEFF/, '').split(/\r?\n/, 1)
  const names = first.split(',').map((name) => name.trim().replace(/^"(.*)"$/, '$1'))
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

const decimalPattern = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/
const momentPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/

const types: Readonly<Record<Column['type'], readonly [(text: string) => boolean, string]>> = {
  text: [(value) => value.trim() === value, 'a text without blanks around it'],
  decimal: [(value) => decimalPattern.test(value), 'a decimal such as 12.5'],
  amount: [(value) => decimalPattern.test(value) && !value.startsWith('-'), 'a decimal from 0 on'],
  moment: [(value) => momentPattern.test(value), 'a moment such as 2026-11-23T00:00:00Z'],
  json: [(value) => isObject(value), 'a JSON object'],
  currency: [(value) => /^[A-Z]{3}$/.test(value), 'a currency code such as USD'],
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}

function cellFaults(column: Column, row: CsvRow): readonly FocusFault[] {
  const value = row.get(column.name.toLowerCase())
  const fault = (expected: string): readonly FocusFault[] => {
    return [
      { line: row.line, column: column.name, found: value === '' ? 'nothing' : value, expected },
    ]
  }
  if (value === '') return column.mayBeNull ? [] : fault('a value')
  const [isGood, expected] = types[column.type]
  if (!isGood(value)) return fault(expected)
  const isAllowed = column.allowed.length === 0 || column.allowed.includes(value)
  return isAllowed ? [] : fault(`one of ${column.allowed.join(', ')}`)
}

/** A rule between columns: the column to blame, and what was expected; null where it holds. */
type RowRule = (get: (name: string) => string) => readonly [column: string, expected: string] | null

const rowRules: readonly RowRule[] = [
  (get) => {
    const isAhead = get('ChargeCategory') === 'Purchase' && Number(get('EffectiveCost')) !== 0
    return isAhead ? ['EffectiveCost', '0 for a purchase that covers charges to come'] : null
  },
  (get) => {
    const isUnused = get('CommitmentDiscountStatus') === 'Unused' && get('ConsumedQuantity') !== ''
    return isUnused ? ['ConsumedQuantity', 'nothing, because the commitment was not used'] : null
  },
  (get) => {
    const isHalf =
      (get('CapacityReservationId') === '') !== (get('CapacityReservationStatus') === '')
    if (get('ChargeCategory') !== 'Usage' || !isHalf) return null
    return ['CapacityReservationStatus', 'a status exactly where there is a reservation']
  },
  (get) => isProduct(get, 'ListCost', 'ListUnitPrice'),
  (get) => isProduct(get, 'ContractedCost', 'ContractedUnitPrice'),
  (get) => {
    const isBackwards = get('ChargePeriodEnd') < get('ChargePeriodStart')
    return isBackwards ? ['ChargePeriodEnd', 'an end that is not before the start'] : null
  },
  (get) => {
    const text = get('ContractApplied')
    return text === '' || isApplied(text) ? null : ['ContractApplied', appliedExpected]
  },
]

/** Within a micro-dollar and a millionth: unit prices and quantities are rounded. */
function isProduct(
  get: (name: string) => string,
  cost: string,
  price: string,
): ReturnType<RowRule> {
  const [unit, quantity] = [get(price), get('PricingQuantity')]
  if (unit === '' || quantity === '' || get('ChargeClass') === 'Correction') return null
  const product = Number(unit) * Number(quantity)
  const isClose = Math.abs(product - Number(get(cost))) <= 2e-6 + Math.abs(product) * 1e-6
  return isClose ? null : [cost, `${price} times PricingQuantity, ${product}`]
}

const appliedExpected =
  'an object with Elements, each with ContractId, ContractCommitmentId, and either a cost or a ' +
  'quantity with its unit'

function isApplied(text: string): boolean {
  if (!isObject(text)) return false
  const { Elements: elements } = JSON.parse(text) as { Elements?: unknown }
  if (!Array.isArray(elements) || elements.length === 0) return false
  return elements.every((each: Readonly<Record<string, unknown>>) => {
    const isNamed = [each.ContractId, each.ContractCommitmentId].every(
      (id) => typeof id === 'string',
    )
    const isCost = typeof each.ContractCommitmentAppliedCost === 'number'
    const isQuantity =
      typeof each.ContractCommitmentAppliedQuantity === 'number' &&
      typeof each.ContractCommitmentAppliedUnit === 'string'
    const isHalf = each.ContractCommitmentAppliedQuantity != null && isCost
    return isNamed && !isHalf && isCost !== isQuantity
  })
}

function ruleFaults(row: CsvRow): readonly FocusFault[] {
  const get = (name: string) => row.get(name.toLowerCase())
  return rowRules.flatMap((rule) => {
    const broken = rule(get)
    if (!broken) return []
    const [column, expected] = broken
    return [{ line: row.line, column, found: get(column) || 'nothing', expected }]
  })
}
