/**
 * A world that obeys a seed: suppliers, machines, a database, people, and the real control planes
 * among them. Two phases: trouble, then calm.
 */
import { createHash } from 'node:crypto'
import type { Violation, WorkSpan } from '../core/audit/evidence.ts'
import type { Event, EventDraft } from '../core/domain/event.ts'
import type { Policy, SupplierPromises, SupplierSpec } from '../core/domain/supplier.ts'
import type { Ms } from '../core/domain/time.ts'
import type { Settings } from '../operate/settings.ts'
import type { Keys } from '../ports/clock.ts'
import type { AcquireRequest } from '../ports/supplier.ts'
import type { Sold, Terms } from '../supplier-server/state.ts'
import { type Chance, chance as chanceOf } from './engine/chance.ts'
import { type Kernel, kernel as kernelFrom } from './engine/kernel.ts'
import { type Network, network as networkOf, type Weather } from './engine/network.ts'
import { type Process, processOf } from './engine/process.ts'
import { type Machine, machine } from './machine.ts'
import { type MemoryLedger, memoryLedger } from './memory-ledger.ts'
import { type People, people as peopleOf } from './people.ts'
import { type Plant, plant } from './plant.ts'
import { type Shop, shop as shopOf, wordsOf } from './shop.ts'
import type { Trouble } from './trouble.ts'

export interface ShopPlan {
  readonly name: string
  readonly terms: Terms
  readonly promises: SupplierPromises
  readonly skewMs: number
  /** How long its machines take to boot, at least and at most; 20 s to 4 min by default. */
  readonly bootMs?: readonly [number, number]
  readonly region?: string
}

export interface WorldOptions {
  readonly seed: string
  readonly startAt: Ms
  readonly shops: readonly ShopPlan[]
  /** Control planes at once. */
  readonly plants: number
  /** Every second control plane is of the next version. */
  readonly upgrades: boolean
  readonly settings: Settings
  readonly trouble: Trouble
  /** By how much the clock of a supplier or a process is wrong all the time. */
  readonly wrongBy?: (name: string) => Ms
  /** Told of every call of a control plane; `true` kills it there. */
  readonly onBoundary?: (boundary: string) => boolean
}

export interface World {
  readonly kernel: Kernel
  readonly chance: Chance
  readonly network: Network
  readonly store: MemoryLedger
  readonly shops: ReadonlyMap<string, Shop>
  readonly people: People
  /** As people named them. */
  readonly suppliers: readonly SupplierSpec[]
  readonly policies: Policy[]
  readonly machines: ReadonlyMap<string, Machine>
  /** What no world should ever see: moves that the ledger refused, plans that failed lint. */
  readonly bugs: string[]
  /** What a witness saw in the very moment, and what no row and no event tells afterwards. */
  readonly faults: Violation[]
  /** What went wrong on purpose, and when. */
  readonly incidents: readonly Incident[]
  note(what: string): void
  trouble: Trouble
  plants(): readonly Plant[]
  killPlant(plant: Plant): void
  /** The database is away until then. */
  ledgerAwayUntil: Ms
  /** The database's clock jumps by so much. */
  jumpLedger(byMs: number): void
  /** A machine cannot be reached until then. */
  readonly cutOffUntil: Map<Machine, Ms>
  works(): readonly WorkSpan[]
  /** When somebody was last known before to become a rival. */
  readonly foretold: Map<string, Ms>
  /** Told of every event as it is written. */
  readonly listeners: ((event: Event) => void)[]
  /** Told once something was written, whether or not an event tells of it. */
  onWrite: () => void
  /** Told of every order as it leaves a control plane. */
  onSend: (key: string) => void
  /** Told of what a control plane is about to write; says how late that may be. */
  onDecide: (events: readonly EventDraft[]) => Ms
  /** Told of it too; says whether it comes only once its process has read everything anew. */
  isOvertaken: (events: readonly EventDraft[]) => boolean
}

export interface Incident {
  readonly at: Ms
  readonly what: string
}

export const installation = 'us'
const driftOfPlants = 0.01
const agentsWaitMs = 20_000
/** Every second call of a machine ends so, wherever it was made: one error tells it all. */
const noAnswer = new Error('no answer')

export function worldOf(options: WorldOptions): World {
  const { seed, startAt, settings, upgrades, onBoundary, wrongBy = () => 0 } = options
  const kernel = kernelFrom(startAt)
  const chance = chanceOf(seed)
  const network = networkOf({ kernel, chance: chance.fork('network') })
  const [clocks, kills] = [chance.fork('clocks'), chance.fork('kills')]
  let ledgerAheadMs = 0
  const store = memoryLedger({
    installation,
    wallMs: () => kernel.now() + ledgerAheadMs,
    onCommit: (events) => {
      for (const each of events) for (const hear of records.listeners) hear(each)
      world.onWrite()
    },
  })
  const shops = new Map<string, Shop>()
  const spans: WorkSpan[] = []
  const records = emptyRecords()
  const { machines } = records
  let [plants, started]: [Plant[], number] = [[], 0]

  function process(name: string, drift: number): Process {
    // Every second clock is as wrong as one may be: that is where mistakes are.
    const wrong = clocks.often(0.5) ? clocks.pick([-1, 1]) : clocks.next() * 2 - 1
    const clockSpeed = 1 + wrong * drift
    return processOf({
      kernel,
      name,
      clockSpeed,
      bornAtMs: wrongBy(name),
      onBoundary: name.startsWith('plant-') ? boundary : null,
    })
  }

  function boundary({ name }: Process, at: string): void {
    const { boundaryKill, boundaryPause } = world.trouble
    if (kills.often(boundaryPause)) pauseAt(name, at)
    const isHit = onBoundary?.(at) === true || kills.often(boundaryKill)
    const hit = isHit && plants.find((each) => each.process.name === name)
    if (!hit) return
    world.note(`kill ${at}`)
    world.killPlant(hit)
  }

  function pauseAt(name: string, at: string): void {
    world.note(`pause ${name} ${at}`)
    const found = plants.find((each) => each.process.name === name)
    found?.process.pause(kills.wait(60_000))
  }

  function startPlant(): void {
    started += 1
    const own = process(`plant-${started}`, driftOfPlants)
    const made = plant({
      process: own,
      network,
      store,
      ledgerWeather: () => world.trouble.ledgerWeather,
      ledgerAnswers: () => kernel.now() >= world.ledgerAwayUntil,
      keys,
      settings,
      isNext: upgrades && started % 2 === 0,
      onDecide: (events) => world.onDecide(events),
      isOvertaken: (events) => world.isOvertaken(events),
      // A turn that fails forgets what its supplier listed.
      onSilence() {
        for (const shop of shops.values()) shop.unheard(own.name)
      },
      onLoopCommit({ name }) {
        if (store.leader() === name) return
        world.faults.push({ invariant: 'I9', text: `${name} wrote without being the leader` })
      },
      socketOf: ({ name }, asking) => (shops.get(name) as Shop).socketFor(asking),
      log: (text) => {
        if (!/connection|no answer within/.test(text)) records.bugs.push(text)
      },
    })
    plants.push(made)
  }

  function boot(owner: Shop, sold: Sold, request: AcquireRequest): void {
    for (let index = 0; index < sold.nodes; index += 1) {
      const name = `${sold.id}-${index}`
      const own = process(name, options.trouble.drift)
      const isCutOff = () => kernel.now() < (records.cutOffUntil.get(made) ?? 0)
      const { key, bootstrap } = request
      const made: Machine = machine({
        kernel,
        process: own,
        chance: chance.fork(name),
        rental: sold.id,
        index,
        who: { key, secret: bootstrap.secret, index },
        deadManMs: bootstrap.deadManMs,
        ask(what, ask) {
          // Whoever is cut off knows at once that there is no way.
          if (isCutOff()) return Promise.reject(noAnswer)
          return network.call(own, {
            what,
            weather: frontWeather(what),
            patienceMs: agentsWaitMs,
            async work() {
              const reached = front()
              const answers = !isCutOff() && reached?.operator.health().leading
              return answers ? ask(reached.desk) : Promise.reject(noAnswer)
            },
            broken: () => new Error('the connection broke'),
          })
        },
        onTold: (work) =>
          owner.hears({ workload: work.run.replace(/\.\d+$/, ''), text: wordsOf(work) }),
        onOff: () => {
          machines.delete(name)
          owner.powerOff(sold.id, index)
        },
        onWork: (span) => spans.push(span),
      })
      machines.set(name, made)
    }
  }

  function openShop(planned: ShopPlan): void {
    const { name, terms, promises, skewMs } = planned
    const { bootMs = [20_000, 240_000], region = `${name}-1` } = planned
    const made = shopOf({
      name,
      terms,
      promises,
      kernel,
      network,
      chance: chance.fork(name),
      skewMs: skewMs + wrongBy(name),
      bootMs,
      region,
      onSend: (key) => world.onSend(key),
      leads: ({ name: holder }) => store.leader() === holder,
      onBoot: boot,
      onEnd(_, rental) {
        for (const [id, each] of machines) {
          if (each.rental !== rental) continue
          each.cut()
          machines.delete(id)
        }
      },
    })
    made.manners = options.trouble.manners
    // As late as the supplier promises at most, the way there among it.
    const lateMsMax = promises.lateEffectMs - 100
    made.weather = { ...options.trouble.supplierWeather, lateMsMax }
    shops.set(name, made)
  }

  /** Some way between holds a checkpoint for very long. */
  function frontWeather(what: string): Weather {
    const { frontWeather: weather } = world.trouble
    return what === 'checkpoint' ? { ...weather, lateMsMax: 6 * weather.lateMsMax } : weather
  }

  function everybody(): People {
    const own = process('people', driftOfPlants)
    return peopleOf({
      process: own,
      network,
      weather: () => world.trouble.frontWeather,
      plant: front,
      digest,
    })
  }

  function front(): Plant | null {
    return plants.length === 0 ? null : kills.pick(plants)
  }

  const world: World = {
    kernel,
    chance,
    network,
    store,
    shops,
    ...records,
    note: (what) => records.incidents.push({ at: kernel.now(), what }),
    suppliers: options.shops.map(supplierSpec),
    people: everybody(),
    trouble: options.trouble,
    ledgerAwayUntil: 0,
    plants: () => plants,
    killPlant(dead) {
      if (!dead.process.isAlive()) return
      dead.process.kill()
      plants = plants.filter((each) => each !== dead)
      kernel.after(kills.wait(60_000), startPlant)
    },
    jumpLedger(byMs) {
      ledgerAheadMs += byMs
    },
    works: () => spans,
    ...nobodyListens,
  }
  for (const each of options.shops) openShop(each)
  for (let count = 0; count < options.plants; count += 1) startPlant()
  return world
}

const nobodyListens = {
  onWrite: () => {},
  onSend: () => {},
  onDecide: () => 0,
  isOvertaken: () => false,
}

function emptyRecords() {
  return {
    bugs: [] as string[],
    faults: [] as Violation[],
    incidents: [] as Incident[],
    listeners: [] as ((event: Event) => void)[],
    policies: [] as Policy[],
    cutOffUntil: new Map<Machine, Ms>(),
    foretold: new Map<string, Ms>(),
    machines: new Map<string, Machine>(),
  }
}

function supplierSpec({ name, promises }: ShopPlan): SupplierSpec {
  const where = { driver: 'simulated', url: `http://${name}`, tokenFrom: null }
  return { name, generation: 0, ...where, promises, buying: true }
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex')

/** Secrets are none: nobody in this world guesses. */
export const keys: Keys = {
  keyOf: (owner, lease) => `c${digest(`${owner}\n${lease}`).slice(0, 12)}`,
  secretOf: (key) => `secret of ${key}`,
  chanceOf: (key) => createHash('sha256').update(key).digest().readUInt32BE(0) / 2 ** 32,
  digest,
}
