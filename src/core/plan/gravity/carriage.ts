/**
 * What it takes to bring a gang's data and what it has saved to where it would run: paid once, and
 * weighed over the work that is left.
 *
 * A way that no line of the policy names costs nothing and takes no time: what nobody told us is
 * not made up. Knows nothing of what capacity costs by the hour.
 */
import type { Micros } from '../../domain/money.ts'
import type { EgressRate } from '../../domain/supplier.ts'
import type { Ms } from '../../domain/time.ts'
import type { Job, Workload } from '../../domain/workload.ts'
import type { World } from '../../domain/world.ts'

/** What is to be where a gang starts. */
export interface Piece {
  readonly gb: number
  readonly from: string
  /** Regions that have a copy. */
  readonly at: readonly string[]
}

/** What a workload takes along, and over how much work that is weighed. */
export interface Baggage {
  readonly pieces: readonly Piece[]
  /** On its first alternative. */
  readonly overMs: Ms
}

export interface Carriage {
  /** For what is carried; what machines cost that wait for it comes on top. */
  readonly fee: Micros
  readonly ms: Ms
}

export const nothing: Carriage = { fee: 0, ms: 0 }

/** 8 Gbit/s: an assumption, on the careful side of what object stores give a gang. */
const assumedGbPerHour = 3_600
const hourMs = 3_600_000

export function savedGb(workload: Workload): number {
  return workload.kind === 'Job' ? (workload.checkpoint?.gb ?? 0) : 0
}

/** What carrying all of it to a region costs and takes, one piece after the other. */
export function carriageTo(
  { policy }: World,
  { pieces }: Pick<Baggage, 'pieces'>,
  region: string,
): Carriage {
  return sum(
    pieces.map(({ gb, from, at }) => {
      return at.includes(region) ? nothing : carried(gb, rateOf(policy.egress, from, region))
    }),
  )
}

/** The same once the gang has been in `from`, has saved there, and has its data there. */
export function carriageFrom(world: World, workload: Workload, from: string, to: string): Carriage {
  const { data } = workload
  const pieces: Piece[] = [{ gb: savedGb(workload), from, at: [] }]
  if (data?.gb) pieces.push({ gb: data.gb, from: data.region, at: [from] })
  return carriageTo(world, { pieces }, to)
}

/** What a gang that comes from elsewhere spends in a region before it works, at most. */
export function arrivalMs({ policy }: World, job: Job, region: string): Ms {
  const { data } = job
  const copied = data?.gb ? carried(data.gb, rateOf(policy.egress, data.region, region)).ms : 0
  const rates = (policy.egress ?? []).filter(({ from, to }) => {
    return from !== region && (to ?? region) === region
  })
  const loads = rates.map((rate) => carried(savedGb(job), rate).ms)
  return copied + loads.reduce((most, ms) => Math.max(most, ms), 0)
}

/** The first line that names the way; none within a region. */
export function rateOf(
  egress: readonly EgressRate[] | undefined,
  from: string,
  region: string,
): EgressRate | undefined {
  if (from === region || !egress) return undefined
  return ratesFrom(egress)
    .get(from)
    ?.find(({ to }) => (to ?? region) === region)
}

/** A memo and nothing else: a table of all regions has thousands of ways. */
const tables = new WeakMap<readonly EgressRate[], ReadonlyMap<string, readonly EgressRate[]>>()

function ratesFrom(egress: readonly EgressRate[]) {
  const known = tables.get(egress) ?? Map.groupBy(egress, ({ from }) => from)
  tables.set(egress, known)
  return known
}

function carried(gb: number, rate: EgressRate | undefined): Carriage {
  if (!rate || gb === 0) return nothing
  const ms = Math.ceil((gb / (rate.gbPerHour ?? assumedGbPerHour)) * hourMs)
  return { fee: Math.round(rate.perGb * gb), ms }
}

function sum(all: readonly Carriage[]): Carriage {
  return all.reduce((one, { fee, ms }) => ({ fee: one.fee + fee, ms: one.ms + ms }), nothing)
}

/** With what machines cost that wait for it. */
export function costOfCarriage({ fee, ms }: Carriage, pricePerHour: number): Micros {
  return fee + Math.round((pricePerHour * ms) / hourMs)
}
