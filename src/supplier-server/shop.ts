/**
 * The supplier itself: sells machines, takes them back, and always knows what it has sold.
 *
 * Orders are carried out in one go, without a pause in which another could begin. Each step is in
 * the journal before the next; what a kill left half done is undone at the next start.
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Ms } from '../core/domain/time.ts'
import type { AcquireBody, RentalShown } from '../protocol/supplier.ts'
import type { OfferChange } from '../protocol/supplier-admin.ts'
import type { Config } from './config.ts'
import { type Journal, openJournal, rewriteJournal } from './journal.ts'
import type { MachineOrder, Machines } from './machines.ts'
import { Refusal } from './refusal.ts'
import {
  type Books,
  digest,
  emptyBooks,
  judge,
  machineId,
  machineIds,
  type OfferTerms,
  offerNow,
  record,
  type Sold,
  type SupplierEvent,
  shown,
} from './state.ts'

export interface Shop {
  /** To be read only. */
  readonly books: Books
  acquire(body: AcquireBody): RentalShown
  release(rental: string): RentalShown
  /** Announces that the supplier takes a rental back, and does so when the time has come. */
  interrupt(rental: string, noticeMs: number): RentalShown
  change(offer: string, change: OfferChange): void
  /** Sees which machines went down and what is due. To be called often. */
  tend(): void
  /** Lets what is being powered off get there; all else stays as it is. */
  close(): Promise<void>
}

export interface ShopOptions {
  readonly config: Config
  readonly dataDir: string
  readonly machines: Machines
  readonly now: () => Ms
  readonly log: (line: string) => void
}

export async function openShop(options: ShopOptions): Promise<Shop> {
  const { config, dataDir, machines, log } = options
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const { books, journal } = await recover(join(dataDir, 'journal.jsonl'), machines)
  const tasks = new Map<string, Promise<void>>()
  // A clock that was set back must not give a rental an end before its start.
  const now = () => Math.max(options.now(), books.at)

  function write(event: SupplierEvent): void {
    journal.append(event)
    record(books, event)
  }

  function find(rental: string): Sold {
    const sold = books.sold.get(rental)
    if (sold?.bound) return sold
    throw new Refusal('not-found', `there is no rental ${rental}`)
  }

  const show = (rental: string) => shown(find(rental), now())

  /** Runs one task under a name; while it does, the same is not begun again. */
  function begin(name: string, work: () => Promise<void>): void {
    if (tasks.has(name)) return
    const task = work()
      .catch((error: unknown) => log(`${name}: ${error instanceof Error ? error.message : error}`))
      .finally(() => tasks.delete(name))
    tasks.set(name, task)
  }

  function end(rental: string): void {
    const sold = find(rental)
    if (sold.endedAt !== null) return
    if (sold.endingAt === null) write({ kind: 'ending', at: now(), rental })
    begin(rental, async () => {
      await machines.powerOff(machineIds(sold), sold.processes, config.releaseGraceMs)
      write({ kind: 'ended', at: now(), rental })
      for (const id of machineIds(sold)) machines.wipe(id)
      log(`${rental} ended`)
    })
  }

  function undo(rental: string, ids: readonly string[]): void {
    begin(rental, async () => {
      await machines.powerOff(ids, [], 0)
      for (const id of ids) machines.wipe(id)
      write({ kind: 'undone', at: now(), rental })
    })
  }

  function goDown(rental: string, index: number): void {
    write({ kind: 'down', at: now(), rental, index })
    const id = machineId(rental, index)
    log(`${id} went down`)
    // Its work may have outlived its init loop.
    begin(id, () => machines.powerOff([id], [], 0))
  }

  /** The end of a block is known; buyers are told of it again as of any other. */
  function noticeEnd({ id, endsAt, endingAt, noticeUntil }: Sold): void {
    if (endsAt === undefined || endingAt !== null || noticeUntil !== null) return
    if (endsAt - now() <= config.spotNoticeMs) {
      write({ kind: 'noticed', at: now(), rental: id, until: endsAt })
    }
  }

  function seeDown(live: readonly Sold[]): void {
    const up = live.flatMap(({ id, endingAt, processes, down }) => {
      if (endingAt !== null) return []
      const inits = processes.map((init, index) => ({ ...init, rental: id, index }))
      return inits.filter(({ index }) => !down.includes(index))
    })
    for (const { rental, index } of machines.down(up)) goDown(rental, index)
  }

  return {
    books,

    acquire(body) {
      const { owner, key, offer, nodes, price_per_hour_micros_max: pricePerHourMax } = body
      const order = { owner, key, offer, nodes, pricePerHourMax }
      const verdict = judge(books, config, order, now())
      if (verdict.kind === 'refuse') throw new Refusal(verdict.code, verdict.detail)
      if (verdict.kind === 'same') return show(verdict.sold.id)

      const rental = `r-${randomBytes(10).toString('hex')}`
      const { kind: _, ...terms } = verdict
      write({ kind: 'ordered', at: now(), rental, ...order, ...terms })
      const sold = { id: rental, nodes }
      try {
        const processes = machines.boot(machineOrders(config, sold, body))
        const at = now()
        const upAt = at + config.bootDelayMs
        write({ kind: 'bound', at, rental, place: books.places + 1, upAt, processes })
      } catch (error) {
        undo(rental, machineIds(sold))
        throw error
      }
      log(`${rental} sold: ${nodes} × ${offer} for ${owner}`)
      return show(rental)
    },

    release(rental) {
      end(rental)
      return show(rental)
    },

    interrupt(rental, noticeMs) {
      const { endingAt, noticeUntil } = find(rental)
      const until = now() + noticeMs
      if (endingAt === null && (noticeUntil === null || until < noticeUntil)) {
        write({ kind: 'noticed', at: now(), rental, until })
        log(`${rental} is taken back in ${noticeMs} ms`)
      }
      return show(rental)
    },

    change(id, { nodes, price_per_hour_micros: price }) {
      if (!offerNow(books, config, id)) throw new Refusal('not-found', `there is no offer ${id}`)
      const before = books.changes.get(id) ?? { nodes: null, pricePerHour: null }
      write({
        kind: 'changed',
        at: now(),
        offer: id,
        nodes: nodes === undefined ? before.nodes : nodes,
        pricePerHour: price === undefined ? before.pricePerHour : price,
      })
    },

    tend() {
      const live = [...books.sold.values()].filter(
        ({ bound, endedAt }) => bound && endedAt === null,
      )
      seeDown(live)
      for (const sold of live) {
        noticeEnd(sold)
        const { id, endingAt, noticeUntil, endsAt = Infinity, nodes } = sold
        const isDue = Math.min(noticeUntil ?? Infinity, endsAt) <= now()
        if (endingAt !== null || isDue || find(id).down.length === nodes) end(id)
      }
    },

    async close() {
      while (tasks.size > 0) await Promise.all(tasks.values())
      journal.close()
    },
  }
}

/** Reads the journal and leaves nothing that is half done: nothing runs that nobody bought. */
async function recover(
  path: string,
  machines: Machines,
): Promise<{ books: Books; journal: Journal<SupplierEvent> }> {
  const books = emptyBooks()
  let lines = 0
  const journal = openJournal<SupplierEvent>(path, (event) => {
    lines += 1
    record(books, event)
  })
  const all = [...books.sold.values()]
  const live = all.filter(({ bound, endedAt }) => bound && endedAt === null)
  const known = new Set(
    live.flatMap((sold) => machineIds(sold).filter((_, index) => !sold.down.includes(index))),
  )
  const strays = machines.ids().filter((id) => !known.has(id))
  if (strays.length > 0) await machines.powerOff(strays, [], 0)
  for (const id of strays) machines.wipe(id)
  for (const { id: rental, bound } of all) {
    if (bound) continue
    const event = { kind: 'undone', at: books.at, rental } as const
    journal.append(event)
    record(books, event)
  }
  const short = digest(books)
  if (lines < linesMin || lines < 2 * short.length) return { books, journal }
  journal.close()
  rewriteJournal(path, short)
  return { books, journal: openJournal(path, () => {}) }
}

/** A shorter journal is not worth rewriting. */
const linesMin = 10_000

function machineOrders(
  { bootDelayMs, offers }: Config,
  sold: Pick<Sold, 'id' | 'nodes'>,
  { offer, bootstrap }: AcquireBody,
): MachineOrder[] {
  const { accelerator, perNode } = offers.find(({ id }) => id === offer) as OfferTerms
  return machineIds(sold).map((id, index) => ({
    id,
    bootDelayMs,
    env: {
      CALUMET_SERVER: bootstrap.server,
      CALUMET_KEY: bootstrap.key,
      CALUMET_SECRET: bootstrap.secret,
      CALUMET_DEAD_MAN_MS: String(bootstrap.dead_man_ms),
      CALUMET_NODE: String(index),
      CALUMET_ADDRESS: '127.0.0.1',
      CALUMET_SHARED_HOST: '1',
      CALUMET_ACCELERATOR: accelerator,
      CALUMET_ACCELERATORS: String(perNode),
    },
  }))
}
