/**
 * What an audit gets to see of a simulated world: the ledger's rows and events beside the true
 * records of suppliers and machines.
 */
import type { Evidence } from '../core/audit/evidence.ts'
import type { Micros } from '../core/domain/money.ts'
import { toldOf } from '../operate/law/money.ts'
import type { Bodies, Kind, Snapshot } from '../ports/ledger.ts'
import { installation, keys, type World } from './world.ts'

/** How far clocks of suppliers and jumps of the database's clock may put two records apart. */
const skewMsMax = 120_000
const graceMs = 3_600_000

export interface Occasion {
  /** Nobody wants anything any more. */
  readonly settled: boolean
  /** The ceiling that was in force all the time. */
  readonly pricePerHourMax: Micros | null
}

export function evidenceOf(world: World, { settled, pricePerHourMax }: Occasion): Evidence {
  const { store, shops, people, kernel } = world
  const rows = <K extends keyof Bodies>(kind: K) => store.every(kind).map(({ body }) => body)
  return {
    installation,
    events: store.history,
    leases: rows('lease'),
    charges: rows('charge'),
    workloads: rows('workload'),
    runs: rows('run'),
    promises: Object.fromEntries([...shops].map(([name, { promises }]) => [name, promises])),
    rentals: [...shops.values()].flatMap((shop) => shop.sales(installation)),
    works: world.works(),
    acknowledged: people.acknowledged,
    now: kernel.now(),
    settled,
    skewMs: skewMsMax,
    graceMs,
    pricePerHourMax,
    rulings: store.rulings,
    journal: {
      head: store.every('journal')[0]?.body ?? { entries: 0, hash: '' },
      digest: keys.digest,
    },
    draws: toldOf({ snapshot: snapshotOf(world), charges: rows('charge') }),
    rights: rows('right'),
    contracts: rows('contract'),
    heard: [...[...shops.values()].flatMap((shop) => shop.heard()), ...people.told],
    quotes: [...shops.values()].flatMap((shop) => shop.quotes).sort((a, b) => a.at - b.at),
  }
}

/** What commitments are told from, at once and without a question that could be lost. */
function snapshotOf({ store, kernel }: World): Pick<Snapshot, 'now' | 'rows'> {
  const live = <K extends Kind>(kind: K) => store.every(kind).filter((row) => row.live)
  const [contract, exercise] = [live('contract'), live('exercise')]
  const rows = { contract, exercise, workload: store.every('workload') }
  return { now: kernel.now(), rows: rows as never }
}
