/**
 * Holds all invariants against the ledger and against what suppliers list: an auditor beside the
 * loop, who shares no decision with it. It reads in pages and rests between them, so that the loop
 * is not held up. It changes nothing.
 */
import { invariants } from '../core/audit/check.ts'
import type { Evidence, Sale } from '../core/audit/evidence.ts'
import type { Event } from '../core/domain/event.ts'
import type { Ms } from '../core/domain/time.ts'
import { emptyJournal } from '../core/meter/journal.ts'
import type { Clock, Keys } from '../ports/clock.ts'
import { within } from '../ports/deadline.ts'
import type { Bodies, Ledger } from '../ports/ledger.ts'
import type { OpenSupplier } from '../ports/supplier.ts'
import { toldOf } from './law/money.ts'
import { saidBy } from './said.ts'

export interface Audit {
  readonly at: Ms
  readonly events: number
  readonly rentals: number
  readonly invariants: readonly Audited[]
  /** Suppliers that could not be asked: nothing is concluded from what they sold. */
  readonly silent: readonly { readonly supplier: string; readonly said: string }[]
}

export interface Audited {
  readonly id: string
  readonly name: string
  /** Null where nothing was found because nobody witnessed what would have to be known. */
  readonly faults: readonly string[] | null
  /** There may be more than are named. */
  readonly faultCount: number
}

export interface AuditOptions {
  readonly ledger: Ledger
  readonly open: OpenSupplier
  readonly clock: Clock
  readonly keys: Pick<Keys, 'digest'>
  readonly settings: { readonly askDeadlineMs: number }
}

const pageMax = 1_000
const faultsMax = 100
/** How far the clocks of suppliers may be from the ledger's. */
const skewMs = 120_000
/** Capacity that nobody owns for longer than this is a leak. */
const graceMs = 3_600_000

export function auditor(options: AuditOptions): () => Promise<Audit> {
  let going: Promise<Audit> | null = null
  return () => {
    // However many ask, the ledger is read through once.
    going ??= audit(options).finally(() => {
      going = null
    })
    return going
  }
}

async function audit(options: AuditOptions): Promise<Audit> {
  const { clock } = options
  const { evidence, silent } = await gather(options)
  const audited: Audited[] = []
  const isLong = evidence.events.length >= pageMax
  for (const { id, name, needs, faults } of invariants) {
    if (isLong) await clock.sleep(0)
    const isKnown = needs.every((witness) => evidence[witness] != null)
    const found = isKnown ? faults(evidence) : null
    const told = found?.slice(0, faultsMax) ?? null
    audited.push({ id, name, faults: told, faultCount: found?.length ?? 0 })
  }
  const { now: at, events, rentals } = evidence
  const counts = { events: events.length, rentals: rentals?.length ?? 0 }
  return { at, ...counts, invariants: audited, silent }
}

/**
 * In this order nothing looks wrong that only happened in the meantime: a charge is older than the
 * listing that it is compared with, and whatever a listing shows was intended by then.
 */
async function gather(options: AuditOptions) {
  const { ledger, clock } = options
  const rows = <K extends keyof Bodies>(kind: K) => everyRow(ledger, clock, kind)
  const suppliers = await rows('supplier')
  // The head before its entries: what is written in between is for the next audit.
  const [head = emptyJournal] = await rows('journal')
  const journal = { head, digest: options.keys.digest }
  const charges = await rows('charge')
  const { rentals, silent } = await listings(options)
  const evidence: Evidence = {
    installation: ledger.installation,
    charges,
    rentals,
    leases: await rows('lease'),
    workloads: await rows('workload'),
    runs: await rows('run'),
    promises: Object.fromEntries(suppliers.map(({ name, promises }) => [name, promises])),
    events: await everyEvent(ledger, clock),
    now: await ledger.now(),
    works: null,
    acknowledged: null,
    rulings: null,
    contracts: await rows('contract'),
    rights: await rows('right'),
    draws: toldOf({ snapshot: await ledger.read(), charges }),
    journal,
    pricePerHourMax: null,
    settled: false,
    skewMs,
    graceMs,
  }
  return { evidence, silent }
}

async function listings({ ledger, open, clock, settings }: AuditOptions) {
  const rentals: Sale[] = []
  const silent: { readonly supplier: string; readonly said: string }[] = []
  const { rows } = await ledger.read()
  const asks = rows.supplier.map(async ({ body }) => {
    const { name: supplier } = body
    try {
      const listed = open(body).list(ledger.installation)
      const listing = await within(clock, settings.askDeadlineMs, `${supplier} (list)`, listed)
      const sales = listing.rentals.map((rental) => ({ supplier, rental, excuse: null }))
      rentals.push(...sales)
      if (!listing.complete) silent.push({ supplier, said: 'its listing was not complete' })
    } catch (error) {
      silent.push({ supplier, said: saidBy(error) })
    }
  })
  await Promise.all(asks)
  return { rentals: rentals.sort(byRental), silent: silent.sort(bySupplier) }
}

function byRental(a: Sale, b: Sale): number {
  return bySupplier(a, b) || (a.rental.id < b.rental.id ? -1 : 1)
}

function bySupplier(a: { readonly supplier: string }, b: { readonly supplier: string }): number {
  return a.supplier === b.supplier ? 0 : a.supplier < b.supplier ? -1 : 1
}

async function everyRow<K extends keyof Bodies>(ledger: Ledger, clock: Clock, kind: K) {
  const bodies: Bodies[K][] = []
  let after = ''
  for (;;) {
    const page = await ledger.list(kind, { all: true, after, limit: pageMax })
    bodies.push(...page.map(({ body }) => body as Bodies[K]))
    if (page.length < pageMax) return bodies
    after = page.at(-1)?.id ?? ''
    await clock.sleep(0)
  }
}

async function everyEvent(ledger: Ledger, clock: Clock): Promise<readonly Event[]> {
  const events: Event[] = []
  for (;;) {
    const page = await ledger.events({ after: events.at(-1)?.seq ?? 0, limit: pageMax })
    events.push(...page)
    if (page.length < pageMax) return events
    await clock.sleep(0)
  }
}
