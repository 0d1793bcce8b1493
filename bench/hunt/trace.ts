/**
 * Reads the public spot traces: when a zone had machines, and what an hour costs there.
 *
 * Reads files and nothing else; the traces are not part of this package.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export interface Zone {
  readonly name: string
  readonly region: string
  /** Dollars an hour for the whole machine. */
  readonly spot: number
  readonly onDemand: number
  /** A tick each: how many of sixteen machines launched; -1 where nobody looked. */
  readonly launched: Int8Array
  /** A tick each: 1 when any of them did. */
  readonly anyLaunched: Uint8Array
}

export interface Traces {
  readonly zones: readonly Zone[]
  readonly firstTick: number
  readonly ticks: number
}

const folder =
  process.env.CALUMET_SPOT_TRACES ?? fileURLToPath(new URL('../data/spot-h100', import.meta.url))

/** The traces of every file named `availability….csv`, zones by name. */
export function readTraces(): Traces {
  const all = existsSync(folder) ? readdirSync(folder).toSorted() : []
  const files = all.filter((file) => /^availability.*\.csv$/.test(file))
  if (files.length === 0 || !all.includes('prices.csv')) {
    throw new Error(
      `${folder} has no availability….csv or no prices.csv; bench/data/README.md says where the ` +
        'traces come from, and CALUMET_SPOT_TRACES names another folder that holds them',
    )
  }
  const prices = new Map(rowsOf('prices.csv').map((row) => [row.zone ?? '', row]))
  const rows = files.flatMap((file) => rowsOf(file))
  const ticks = Math.max(...rows.map((row) => Number(row.tick))) + 1
  const zones = [...Map.groupBy(rows, (row) => row.zone ?? '')].map(([name, samples]) => {
    const price = prices.get(name)
    if (!price) throw new Error(`${folder}/prices.csv has no zone ${name}`)
    const launched = new Int8Array(ticks).fill(-1)
    const anyLaunched = new Uint8Array(ticks)
    for (const { tick, launched_of_16: count, available_any: any } of samples) {
      if (count) launched[Number(tick)] = Number(count)
      anyLaunched[Number(tick)] = any === '1' ? 1 : 0
    }
    const spot = Number(price.spot_usd_per_hour)
    const onDemand = Number(price.on_demand_usd_per_hour)
    // Where nobody looked, what was seen last stands.
    for (let tick = 1; tick < ticks; tick++) {
      if ((launched[tick] ?? -1) < 0) launched[tick] = launched[tick - 1] ?? -1
    }
    return { name, region: price.region ?? '', spot, onDemand, launched, anyLaunched }
  })
  const firstTick = Math.min(...rows.map((row) => Number(row.tick)))
  return { zones: zones.toSorted((a, b) => (a.name < b.name ? -1 : 1)), firstTick, ticks }
}

/** What others published: cost in dollars by `scenario|ratio|strategy|window`; may be absent. */
export function readPublished(file: string): ReadonlyMap<string, number> {
  if (!existsSync(`${folder}/${file}`)) return new Map()
  return new Map(
    rowsOf(file)
      .filter((row) => row.checkpoint_gb === '50.0')
      .map((row) => [
        `${row.scenario}|${Number(row.deadline_ratio)}|${row.strategy}|${row.window}`,
        Number(row.cost_usd),
      ]),
  )
}

function rowsOf(file: string): Record<string, string | undefined>[] {
  const [head = '', ...lines] = readFileSync(`${folder}/${file}`, 'utf8').trimEnd().split(/\r?\n/)
  const names = head.split(',')
  return lines.map((line) => {
    const cells = line.split(',')
    return Object.fromEntries(names.map((name, index) => [name, cells[index]]))
  })
}
