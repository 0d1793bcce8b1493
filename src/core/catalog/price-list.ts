/**
 * A public price list → offers that can be reckoned with, and the rows that cannot, each with its
 * line and what is wrong with it. No row is left out in silence.
 *
 * Columns are known by their names in the SkyPilot catalogue (`AcceleratorName`, `Price`, …) or by
 * plain ones (`accelerator`, `price_usd_hr`, …). A list says what things cost, never what is there.
 */
import { type Micros, parseUsd } from '../domain/money.ts'
import type { Market } from '../domain/workload.ts'
import { lookUp, sliceOf } from './accelerators.ts'
import { type CsvRow, readCsv } from './csv.ts'
import { isChecked, lowOf, type Priced } from './suspect.ts'

/** What a list sells, in the words of an offer; the price is for one node. */
export interface ListedOffer {
  readonly supplier: string
  readonly id: string
  readonly accelerator: string
  readonly perNode: number
  readonly region: string
  readonly market: Market
  readonly pricePerHour: Micros
}

export interface PriceFault {
  readonly line: number
  readonly what: string
}

export interface PriceList {
  readonly offers: readonly ListedOffer[]
  /** Rows or prices that were left out, by line. */
  readonly faults: readonly PriceFault[]
  /** Rows that sell no accelerator: catalogues list plain machines too. */
  readonly plainRows: number
}

const columns = {
  supplier: ['cloud'],
  machine: ['instancetype', 'instance_type'],
  accelerator: ['acceleratorname', 'accelerator'],
  count: ['acceleratorcount', 'count'],
  price: ['price', 'price_usd_hr'],
  spot: ['spotprice', 'spot_usd_hr'],
  region: ['region'],
  zone: ['availabilityzone', 'zone'],
} as const

const needed = ['accelerator', 'count', 'price', 'region'] as const

/** Sellers that the list names itself keep their names; all else is sold by `supplier`. */
export function readPriceList(text: string, supplier: string): PriceList {
  const { names, rows } = readCsv(text)
  const missing = needed.filter((key) => !columns[key].some((name) => names.includes(name)))
  if (missing.length > 0) {
    const what = `no column ${missing.map((key) => columns[key].join(' or ')).join(', ')}`
    return { offers: [], faults: [{ line: 1, what }], plainRows: 0 }
  }
  const sold = rows.filter((row) => cell(row, 'accelerator') !== '')
  const read = sold.map((row) => readRow(row, supplier))
  const priced = read.flatMap((each) => ('machine' in each ? [each] : []))
  const checked = isChecked(priced)
  const sound = priced.filter((each) => checked(each) === null)
  const low = lowOf(sound)
  const faults = [
    ...read.flatMap((each) => ('what' in each ? [each] : [])),
    ...priced.flatMap((each) => faultAt(each, checked(each))),
    ...sound.flatMap((each) => faultAt(each, low(each))),
  ]
  const shelf = shelve(sound.filter((each) => low(each) === null))
  return {
    offers: shelf.offers,
    faults: [...faults, ...shelf.faults].sort((a, b) => a.line - b.line),
    plainRows: rows.length - sold.length,
  }
}

function cell(row: CsvRow, key: keyof typeof columns): string {
  return columns[key].map((name) => row.get(name)).find((value) => value !== '') ?? ''
}

function faultAt({ line }: Priced, what: string | null): readonly PriceFault[] {
  return what === null ? [] : [{ line, what }]
}

function readRow(row: CsvRow, supplier: string): Priced | PriceFault {
  const fault = (what: string): PriceFault => ({ line: row.line, what })
  const written = cell(row, 'accelerator')
  const count = Number(cell(row, 'count') || Number.NaN)
  const slice = sliceOf(written)
  const known = lookUp(slice?.accelerator ?? written)
  const machine = cell(row, 'machine')
  if (!known) return fault(`nobody knows the accelerator ${written}`)
  if (!Number.isInteger(count) || count < 1) {
    return fault(`${cell(row, 'count') || 'nothing'} is no count of accelerators`)
  }
  if (!slice && (machine === '' || machine.startsWith('('))) {
    return fault(`${known.name}:${count} is priced without the machine around it`)
  }
  // A slice is listed as one thing, or with the chips in it.
  const chips = slice ? slice.chips * (count === slice.chips ? 1 : count) : count
  const [price, spot] = [cell(row, 'price'), cell(row, 'spot')]
  const onDemand = price === '' ? null : usd(price)
  const onSpot = spot === '' ? null : usd(spot)
  if (price === '' && spot === '') return fault(`${machine || written} has no price`)
  const wrong = [price, spot].find((each) => each !== '' && !((usd(each) ?? 0) > 0))
  if (wrong !== undefined) return fault(`${wrong} is no price in dollars an hour above zero`)
  return {
    line: row.line,
    supplier: cell(row, 'supplier') || supplier,
    // Slices of every size are listed under one machine, or under none.
    machine: slice ? written : machine,
    kind: known.kind,
    accelerator: known.name,
    chips,
    region: cell(row, 'region') || 'any',
    zone: cell(row, 'zone'),
    onDemand,
    spot: onSpot,
  }
}

/** Lists carry more digits than money has; what is left of a micro-dollar is rounded up. */
export function usd(text: string): Micros | null {
  const exact = parseUsd(text)
  if (exact !== null) return exact
  const dollars = /^\d{1,9}\.\d+$/.test(text) ? Number(text) : Number.NaN
  return Number.isNaN(dollars) ? null : Math.ceil(dollars * 1e6)
}

/** One offer for each machine, region and market; zones apart only where their prices are. */
function shelve(rows: readonly Priced[]): Pick<PriceList, 'offers' | 'faults'> {
  const offers = new Map<string, ListedOffer>()
  const faults: PriceFault[] = []
  const seen = new Map<string, Priced>()
  for (const row of rows) {
    const place = `${row.supplier}/${row.machine}/${row.region}/${row.zone}`
    const twin = seen.get(place)
    if (twin) {
      faults.push({ line: row.line, what: `${row.machine} stands on line ${twin.line} already` })
      continue
    }
    seen.set(place, row)
    if (row.onDemand !== null) put(offers, row, 'on-demand', row.onDemand)
    if (row.spot === null) continue
    if (row.onDemand === null || row.spot < row.onDemand) put(offers, row, 'spot', row.spot)
    else faults.push({ line: row.line, what: `${row.machine} costs no less as spot` })
  }
  return { offers: [...offers.values()], faults }
}

function put(
  offers: Map<string, ListedOffer>,
  row: Priced,
  market: Market,
  pricePerHour: Micros,
): void {
  const { supplier, accelerator, chips: perNode, region, machine, zone } = row
  const id = `${machine}.${region}.${market}`
  const listed = { supplier, id, accelerator, perNode, region, market, pricePerHour }
  const same = offers.get(`${supplier}/${id}`)
  if (!same) offers.set(`${supplier}/${id}`, listed)
  else if (same.pricePerHour !== pricePerHour) {
    offers.set(`${supplier}/${id}.${zone}`, { ...listed, id: `${id}.${zone}` })
  }
}
