/**
 * What an audit gets to see of the street: the ledger, the suppliers' journals, and the lines that
 * ranks wrote by themselves. Nobody may be writing any of it any more.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { check } from '../../../src/core/audit/check.ts'
import type { Sale } from '../../../src/core/audit/evidence.ts'
import type { Event } from '../../../src/core/domain/event.ts'
import { systemKeys } from '../../../src/drivers/system/keys.ts'
import type { Bodies, Kind, Ledger } from '../../../src/ports/ledger.ts'
import {
  emptyBooks,
  record,
  type SupplierEvent,
  shown,
} from '../../../src/supplier-server/state.ts'
import { type Shop, shops } from './hazard.ts'
import { endFaults, exitFaults, type Kill, type Life, livesOf, logFaults } from './lives.ts'
import { linesOf, promisesOf, type Street } from './street.ts'
import type { Wishes } from './wishes.ts'

export interface Verdict {
  readonly violations: readonly string[]
  readonly events: readonly Event[]
  readonly sales: readonly Sale[]
  readonly lives: readonly Life[]
}

export async function judged(
  street: Street,
  { jobs, acknowledged }: Wishes,
  kills: readonly Kill[],
): Promise<Verdict> {
  const ledger = await street.ground.openLedger()
  const storage = await ledger.verify()
  const events = await everyEvent(ledger)
  const workloads = await every(ledger, 'workload')
  const sales = shops.flatMap((shop) => salesOf(street, shop))
  const lives = livesOf(linesOf(street.witnessFolder))
  const found = check({
    installation: ledger.installation,
    events,
    leases: await every(ledger, 'lease'),
    charges: await every(ledger, 'charge'),
    workloads,
    runs: await every(ledger, 'run'),
    promises: Object.fromEntries(shops.map((shop) => [shop, promisesOf(shop, street.ground)])),
    rentals: sales,
    works: lives,
    acknowledged,
    now: await ledger.now(),
    settled: true,
    // One computer, one clock.
    skewMs: 50,
    graceMs: 60_000,
    pricePerHourMax: null,
    journal: {
      head: (await every(ledger, 'journal'))[0] ?? { entries: 0, hash: '' },
      digest: systemKeys('').digest,
    },
  })
  await ledger.close()
  const logOf = (life: Life) => logIn(street.logFolder, life)
  const told = { jobs, lives, events, workloads, kills, logOf }
  const violations = [
    ...storage,
    ...found.map(({ invariant, text }) => `${invariant}: ${text}`),
    ...exitFaults(told),
    ...endFaults(told),
    ...logFaults(told),
  ]
  return { violations, events, sales, lives }
}

async function everyEvent(ledger: Ledger): Promise<readonly Event[]> {
  const all: Event[] = []
  for (;;) {
    const page = await ledger.events({ after: all.at(-1)?.seq ?? 0, limit: 1_000 })
    all.push(...page)
    if (page.length < 1_000) return all
  }
}

async function every<K extends Kind>(ledger: Ledger, kind: K): Promise<readonly Bodies[K][]> {
  const all: Bodies[K][] = []
  for (let after = ''; ; ) {
    const page = await ledger.list(kind, { all: true, after, limit: 1_000 })
    all.push(...page.map(({ body }) => body))
    const last = page.at(-1)
    if (!last || page.length < 1_000) return all
    after = last.id
  }
}

/** All that the supplier ever sold, by its own journal. */
export function salesOf(street: Street, shop: Shop): readonly Sale[] {
  const books = emptyBooks()
  for (const line of readFileSync(street.journalOf(shop), 'utf8').split('\n').slice(0, -1)) {
    record(books, JSON.parse(line) as SupplierEvent)
  }
  return [...books.sold.values()]
    .filter(({ bound }) => bound !== null)
    .map((sold) => {
      const { id, owner, key, offer, state, nodes, ...rest } = shown(sold, books.at)
      const times = { startedAt: rest.started_at, endedAt: rest.ended_at, noticeUntil: null }
      const pricePerHour = rest.price_per_hour_micros
      const rental = { id, owner, key, offer, state, nodes, pricePerHour, ...times }
      return { supplier: shop, rental, excuse: null }
    })
}

function logIn(folder: string, { run, epoch, rank }: Life): string {
  try {
    return readFileSync(join(folder, run, String(epoch), `${rank}.log`), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}
