/**
 * What differs between two plans, once both are carried out: where each gang runs, which gangs
 * wait, and what it comes to in an hour. Judges nothing.
 */
import type { Lease } from '../../domain/lease.ts'
import { type Micros, sum } from '../../domain/money.ts'
import type { Acquire, Plan } from '../../domain/plan.ts'
import type { World } from '../../domain/world.ts'

/** Where a gang runs once the plan is carried out; prices are for all its nodes together. */
export interface Place
  extends Pick<
    Acquire,
    'supplier' | 'offer' | 'accelerator' | 'perNode' | 'nodes' | 'market' | 'pricePerHour'
  > {
  /** What it adds to what is committed to anyway; places are compared by it. */
  readonly addedPerHour: Micros
}

export interface Outlook {
  readonly pricePerHour: Micros
  readonly addedPerHour: Micros
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
      const purchase = bought.get(run)
      return [run, purchase ? placeToBuy(world, purchase) : newest(world, kept)] as const
    }),
  )
}

function placeToBuy({ marginals }: World, purchase: Acquire): Place {
  const { supplier, offer, nodes, pricePerHour } = purchase
  const node = marginals.offers[`${supplier}/${offer}`]
  return { ...purchase, addedPerHour: node === undefined ? pricePerHour : node * nodes }
}

/** A lease that takes over from another was bought after it. */
function newest({ marginals }: World, leases: readonly Lease[]): Place | null {
  const [last] = leases.toSorted((a, b) => b.attempt - a.attempt)
  if (!last) return null
  const pricePerHour = last.pricePerHour ?? last.pricePerHourMax
  return { ...last, pricePerHour, addedPerHour: marginals.leases[last.id] ?? pricePerHour }
}

function outlook(places: ReadonlyMap<string, Place | null>): Outlook {
  const all = [...places]
  return {
    pricePerHour: sum(all.map(([, place]) => place?.pricePerHour ?? 0)),
    addedPerHour: sum(all.map(([, place]) => place?.addedPerHour ?? 0)),
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
