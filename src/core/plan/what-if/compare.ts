/**
 * What differs between two plans, once both are carried out: where each gang runs, which gangs
 * wait, and what it comes to in an hour. Judges nothing.
 */
import type { Lease } from '../../domain/lease.ts'
import { type Micros, sum } from '../../domain/money.ts'
import type { Acquire, Plan } from '../../domain/plan.ts'
import type { World } from '../../domain/world.ts'

/** Where a gang runs once the plan is carried out; the price is for all its nodes together. */
export type Place = Pick<
  Acquire,
  'supplier' | 'offer' | 'accelerator' | 'perNode' | 'nodes' | 'market' | 'pricePerHour'
>

export interface Outlook {
  readonly pricePerHour: Micros
  /** Runs that shall run and have no place. */
  readonly waiting: readonly string[]
}

/** Null: it waits, or nobody wants it. */
export interface Shift {
  readonly run: string
  readonly before: Place | null
  readonly after: Place | null
}

export interface Difference {
  readonly before: Outlook
  readonly after: Outlook
  /** Of the runs whose place or price differs, by name. */
  readonly shifts: readonly Shift[]
}

export interface Planned {
  readonly world: World
  readonly plan: Plan
}

export function compare(one: Planned, other: Planned): Difference {
  const [before, after] = [placesOf(one), placesOf(other)]
  const runs = [...new Set([...before.keys(), ...after.keys()])].sort()
  const shifts = runs.map((run) => ({
    run,
    before: before.get(run) ?? null,
    after: after.get(run) ?? null,
  }))
  return {
    before: outlook(before),
    after: outlook(after),
    shifts: shifts.filter((shift) => !isSame(shift.before, shift.after)),
  }
}

/** A place for every gang that shall run, or null where it has none. */
function placesOf({ world, plan }: Planned): ReadonlyMap<string, Place | null> {
  const bought = new Map<string, Acquire>()
  const released = new Set<string>()
  for (const action of plan.actions) {
    if (action.do === 'acquire') bought.set(action.run, action)
    if (action.do === 'release') released.add(action.lease)
  }
  const leases = Map.groupBy(world.leases, ({ run }) => run)
  return new Map(
    world.demands.map(({ run }) => {
      const kept = (leases.get(run) ?? []).filter(
        ({ id, wanted, state }) => wanted && state !== 'gone' && !released.has(id),
      )
      return [run, bought.get(run) ?? newest(kept)] as const
    }),
  )
}

/** A lease that takes over from another was bought after it. */
function newest(leases: readonly Lease[]): Place | null {
  const [last] = leases.toSorted((a, b) => b.attempt - a.attempt)
  return last ? { ...last, pricePerHour: last.pricePerHour ?? last.pricePerHourMax } : null
}

function outlook(places: ReadonlyMap<string, Place | null>): Outlook {
  const all = [...places]
  return {
    pricePerHour: sum(all.map(([, place]) => place?.pricePerHour ?? 0)),
    waiting: all.flatMap(([run, place]) => (place ? [] : [run])).sort(),
  }
}

function isSame(one: Place | null, other: Place | null): boolean {
  if (!one || !other) return one === other
  return (
    one.supplier === other.supplier &&
    one.offer === other.offer &&
    one.nodes === other.nodes &&
    one.pricePerHour === other.pricePerHour
  )
}
