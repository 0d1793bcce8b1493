/**
 * Strikes in the very moment in which something is decided, as if somebody had been waiting for it.
 */
import type { Event, EventDraft } from '../core/domain/event.ts'
import type { Spec } from '../core/domain/spec.ts'
import type { Workload } from '../core/domain/workload.ts'
import type { Chance } from './engine/chance.ts'
import { anyShop, deny, goAway, promise, stopBuying, suspend, turnRival } from './storms.ts'
import type { World } from './world.ts'

const minute = 60_000
const hour = 3_600_000

const spites = [
  ...(['policy', 'buying', 'standing', 'rivalry'] as const),
  ...(['workload', 'contract', 'contract'] as const),
] as const

/** A purchase was just decided: somebody forbids it, as if they had been waiting for it. */
export function spoil(world: World, chance: Chance, { supplier, workload }: Event): void {
  world.note(`spite ${supplier} ${workload}`)
  const what = chance.pick([...spites])
  const others = [...world.shops.keys()].filter((name) => name !== supplier)
  if (what === 'contract') promise(world, chance.pick(others), chance)
  else if (what === 'policy') deny(world, [supplier ?? ''])
  else if (what === 'rivalry') turnRival(world, chance, supplier ?? '', soon(chance))
  else if (what === 'standing') suspend(world, chance, supplier ?? '')
  else if (what === 'buying') stopBuying(world, chance, supplier ?? '')
  else changeMind(world, chance, workload ?? '')
}

/** At once, or while what was decided is on its way. */
function soon(chance: Chance): number {
  return chance.often(0.5) ? 0 : chance.whole(10, 300)
}

/** Deletes it, and wants it after all a while later. */
function changeMind(world: World, chance: Chance, name: string): void {
  const spec = world.store.every('workload').find(({ id }) => id === name)?.body.spec
  world.people.remove(name).catch(() => {})
  if (!spec) return
  world.kernel.after(chance.whole(5, 60) * minute, () => want(world, chance, spec))
}

/** Now and then just as everybody knows that whoever sells it for the least becomes a rival. */
export function want(world: World, chance: Chance, spec: Workload): void {
  const { foresight } = world.trouble
  const isForetold = foresight > 0 && chance.often(foresight)
  if (isForetold) foretell(world, chance)
  // Once the one is known, the other is wanted.
  world.kernel.after(isForetold ? 200 : 0, () => {
    world.people.apply({ kind: spec.kind, spec } as Spec).catch(() => {})
  })
}

function foretell(world: World, chance: Chance): void {
  const offers = [...world.shops.values()].flatMap(({ quotes }) => {
    return quotes.findLast((quote) => quote.offers !== null)?.offers ?? []
  })
  const [cheapest] = offers.toSorted((a, b) => a.pricePerHour - b.pricePerHour)
  if (!cheapest) return
  const inMs = chance.whole(600, 2_500)
  world.note(`foretelling ${cheapest.supplier}`)
  world.foretold.set(cheapest.supplier, world.kernel.now() + inMs)
  turnRival(world, chance, cheapest.supplier, inMs)
}

/** Machines are coming, or work is about to start: whoever sells them becomes a rival just then. */
export function betray(world: World, chance: Chance, { supplier, facts }: EventDraft): void {
  const seller = supplier ?? String(facts.supplier)
  world.note(`betrayal ${seller}`)
  turnRival(world, chance, seller, chance.often(0.5) ? -hour : 0)
}

/** Something else is about to be bought: somebody says that it becomes a rival in a moment. */
export function announce(world: World, chance: Chance): void {
  const { name } = anyShop(world, chance)
  world.note(`announcement ${name}`)
  turnRival(world, chance, name, chance.whole(20, 1_000))
}

/** What was paid to a supplier is not told again: just then it is silent. */
export function hush(world: World, chance: Chance, { supplier }: EventDraft): void {
  const shop = world.shops.get(supplier ?? '')
  world.note(`hush ${supplier}`)
  if (shop) goAway(world, chance, shop)
}

/** The machines of a run are cut off as it is told to stop: they hear of it when it is too late. */
export function sever(world: World, chance: Chance, run: string): void {
  world.note(`sever ${run}`)
  const until = world.kernel.now() + chance.whole(1, 60) * minute
  for (const machine of world.machines.values()) {
    if (machine.working()?.startsWith(`${run} `)) world.cutOffUntil.set(machine, until)
  }
}
