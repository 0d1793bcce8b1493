/**
 * What each workload would take along, where that lies now, and how much work is left to weigh it
 * over.
 *
 * Read from the world once for each plan. What carrying costs is said elsewhere.
 */
import type { Checkpoint } from '../../domain/checkpoint.ts'
import type { Lease } from '../../domain/lease.ts'
import type { Ms } from '../../domain/time.ts'
import type { Workload } from '../../domain/workload.ts'
import type { World } from '../../domain/world.ts'
import { paceOn } from '../score.ts'
import { type Baggage, type Piece, savedGb } from './carriage.ts'

/** Where nobody said how long the work lasts. */
const assumedWorkMs = 24 * 3_600_000
const leastWorkMs = 60_000

export type Baggages = ReadonlyMap<string, Baggage>

const none: Baggages = new Map()

/** By the name of the workload; nothing where no way has a price. */
export function baggagesOf(world: World): Baggages {
  if (!world.policy.egress) return none
  const found = new Map<string, Baggage>()
  for (const { workload } of world.demands) {
    if (found.has(workload.name)) continue
    const baggage = baggageOf(world, workload)
    if (baggage) found.set(workload.name, baggage)
  }
  return found
}

function baggageOf(world: World, workload: Workload): Baggage | null {
  const { data } = workload
  const gb = savedGb(workload)
  if (!data?.gb && !gb) return null
  const saved = world.checkpoints.find((each) => each.workload === workload.name)
  const pieces: Piece[] = []
  if (data?.gb) pieces.push({ gb: data.gb, from: data.region, at: copiesOf(world, workload) })
  const from = saved && savedAt(world, saved)
  if (gb && from !== undefined) pieces.push({ gb, from, at: [] })
  return pieces.length > 0 ? { pieces, overMs: workLeftMs(world, workload, saved) } : null
}

/** A copy lasts as long as something is held beside it. */
function copiesOf({ leases }: World, { name }: Workload): readonly string[] {
  const own = leases.filter((lease) => lease.workload === name && lease.wanted && isHere(lease))
  return [...new Set(own.map(({ region }) => region))].sort()
}

const isHere = ({ state }: Lease): boolean => state !== 'releasing' && state !== 'gone'

/** Where it was saved; of rows that do not say, where the gang still is that saved it. */
function savedAt({ leases, runs }: World, saved: Checkpoint): string | undefined {
  if (saved.region !== undefined) return saved.region
  const run = runs.find((each) => each.workload === saved.workload && each.epoch === saved.epoch)
  return leases.find(({ id }) => id === run?.lease)?.region
}

/** Whoever has a deadline has said how much there is to do. */
function workLeftMs(world: World, workload: Workload, saved: Checkpoint | undefined): Ms {
  const stated = workload.kind === 'Job' ? workload.deadline?.workMs : undefined
  if (stated === undefined) return workload.lastsMs ?? assumedWorkMs
  const savedMs = (saved?.worked ?? []).reduce((sum, each) => {
    return sum + each.ms * paceOn(world, workload, each)
  }, 0)
  return Math.max(leastWorkMs, stated - savedMs)
}
