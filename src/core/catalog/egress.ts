/**
 * A table of what a gigabyte costs from one region to another → rates that a policy can name, and
 * the rows that cannot be right, each with its line. What the table does not name is not made up.
 */
import { formatUsd, type Micros } from '../domain/money.ts'
import { type CsvRow, readCsv } from './csv.ts'
import { type PriceFault, usd } from './price-list.ts'

/** One price from each of some regions to each of others; within a region nothing is paid. */
export interface EgressWays {
  readonly from: readonly string[]
  readonly to: readonly string[]
  readonly perGb: Micros
}

export interface EgressTable {
  readonly ways: readonly EgressWays[]
  /** Pairs of regions with a price. */
  readonly pairs: number
  /** Pairs that cost nothing, as what no line names does. */
  readonly free: number
  readonly faults: readonly PriceFault[]
}

interface Way {
  readonly line: number
  readonly from: string
  readonly to: string
  readonly perGb: Micros
}

const columns = {
  from: ['from', 'src', 'source'],
  to: ['to', 'dest', 'dst', 'destination'],
  perGb: ['per_gb', 'cost', 'cost_per_gb', 'price'],
} as const

type Column = keyof typeof columns

/** Nobody asks as much for a gigabyte. */
const perGbMost = 10_000_000

export function readEgress(text: string): EgressTable {
  const { names, rows } = readCsv(text)
  const missing = (Object.keys(columns) as Column[]).filter((key) => {
    return !columns[key].some((name) => names.includes(name))
  })
  if (missing.length > 0) {
    const what = `no column ${missing.map((key) => columns[key].join(' or ')).join(', ')}`
    return { ways: [], pairs: 0, free: 0, faults: [{ line: 1, what }] }
  }
  const seen = new Map<string, Way>()
  const faults: PriceFault[] = []
  for (const row of rows) {
    const way = readRow(row)
    const twin = 'what' in way ? null : seen.get(`${way.from}\n${way.to}`)
    if ('what' in way) faults.push(way)
    else if (twin) faults.push({ line: way.line, what: againOn(way, twin) })
    else seen.set(`${way.from}\n${way.to}`, way)
  }
  const paid = [...seen.values()].filter(({ perGb }) => perGb > 0)
  return { ways: gathered(paid), pairs: paid.length, free: seen.size - paid.length, faults }
}

function againOn({ from, to }: Way, { line }: Way): string {
  return `${from} to ${to} stands on line ${line} already`
}

function readRow(row: CsvRow): Way | PriceFault {
  const [from, to, asked] = (['from', 'to', 'perGb'] as const).map((key) => cell(row, key))
  const fault = (what: string): PriceFault => ({ line: row.line, what })
  if (!from || !to) return fault(`the way leads ${from ? `from ${from} to` : 'from'} nowhere`)
  const odd = [from, to].find((region) => /\s/.test(region))
  if (odd !== undefined) return fault(`${odd} is no region: it has a blank`)
  const perGb = usd(asked ?? '')
  if (perGb === null) return fault(`${asked || 'nothing'} is no price in dollars for a gigabyte`)
  if (perGb > perGbMost) return fault(`${formatUsd(perGb)} for a gigabyte is absurd`)
  if (from === to && perGb > 0) return fault(`${from} leads to itself: nothing is carried`)
  return { line: row.line, from, to, perGb }
}

function cell(row: CsvRow, key: Column): string {
  return columns[key].map((name) => row.get(name)).find((value) => value !== '') ?? ''
}

/** As few as say the same: by what costs the same from one region, then by what is alike. */
function gathered(all: readonly Way[]): readonly EgressWays[] {
  const byPrice = Map.groupBy(all, ({ from, perGb }) => `${from}\n${perGb}`)
  const fans = [...byPrice.values()].flatMap((ways) => {
    const [first] = ways
    return first ? [{ ...first, to: ways.map(({ to }) => to).sort() }] : []
  })
  const alike = Map.groupBy(fans, ({ perGb, to }) => [perGb, ...to].join('\n'))
  return [...alike.values()].flatMap((each) => {
    const [first] = each
    const from = each.map((fan) => fan.from).sort()
    return first ? [{ from, to: first.to, perGb: first.perGb }] : []
  })
}
