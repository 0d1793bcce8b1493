/**
 * Makes the calls that a decision permits, each announced in the ledger before it leaves, and
 * writes down what came of it. At most one call a lease is under way at any time.
 */
import { type Answer, announced, answered } from '../core/acquire/answer.ts'
import { cooled, poolOf } from '../core/acquire/cool.ts'
import { announceValidMs } from '../core/acquire/settle.ts'
import type { EventDraft } from '../core/domain/event.ts'
import { isTooDear, type Lease } from '../core/domain/lease.ts'
import type { Clock, Keys } from '../ports/clock.ts'
import { within } from '../ports/deadline.ts'
import type { Commit, CommitOutcome, Ledger, Put } from '../ports/ledger.ts'
import { SupplierError } from '../ports/supplier.ts'
import { lawId, lawPut } from './law/take.ts'
import { saidBy } from './said.ts'
import type { Settings } from './settings.ts'
import { rateLimit } from './timing/rate-limit.ts'
import type { Ask } from './turn/decide.ts'
import type { Stray } from './turn/strays.ts'
import type { Watch } from './watch.ts'

export interface ActOptions {
  readonly ledger: Ledger
  readonly watch: Watch
  readonly clock: Clock
  readonly keys: Keys
  readonly settings: Settings
  /** Commits under the leadership in force; `deposed` where there is none. */
  readonly commit: (commit: Omit<Commit, 'epoch'>) => Promise<CommitOutcome>
  /** Whether this process may still act as the leader, by its own steady clock. */
  readonly leads: () => boolean
  readonly onNews: () => void
}

export interface Act {
  readonly inFlight: ReadonlySet<string>
  ask(ask: Ask): void
  release(lease: Pick<Lease, 'supplier' | 'rental'>): void
  giveBack(stray: Stray): void
  /** Resolves once no call is under way. */
  idle(): Promise<void>
}

export function act(options: ActOptions): Act {
  const { clock, watch, onNews } = options
  const inFlight = new Set<string>()
  const releasing = new Map<string, Releasing>()
  const open = new Set<Promise<unknown>>()
  const limit = rateLimit(clock)

  /** Runs beside the loop; what goes wrong here is found again by the next listing. */
  function beside(work: Promise<unknown>, done: () => void): void {
    const tracked: Promise<unknown> = work
      .catch(() => {})
      .finally(() => {
        open.delete(tracked)
        done()
        onNews()
      })
    open.add(tracked)
  }

  /** What is not asked for any more is over. Whatever was asked for last stands last. */
  function forgetSettled(): void {
    for (const [id, { againAtMs }] of releasing) {
      if (clock.steadyMs() - againAtMs < settledAfterMs) return
      releasing.delete(id)
    }
  }

  function release(supplier: string, rental: string): void {
    const id = `${supplier}/${rental}`
    const [socket, spec] = [watch.socket(supplier), watch.spec(supplier)]
    const own = releasing.get(id) ?? { againAtMs: Number.NEGATIVE_INFINITY, waitMs: releaseAgainMs }
    if (!socket || !spec || clock.steadyMs() < own.againAtMs) return
    limit.giveBack(spec)
    own.againAtMs = clock.steadyMs() + own.waitMs
    own.waitMs = Math.min(own.waitMs * 2, releaseAgainMsMax)
    releasing.delete(id)
    forgetSettled()
    releasing.set(id, own)
    const { settings } = options
    const call = within(
      clock,
      settings.callDeadlineMs,
      `${supplier} (release)`,
      socket.release(rental),
    ).then(() => {
      // It shows in listings once they catch up.
      own.againAtMs = clock.steadyMs() + Math.max(releaseAgainMs, spec.promises.listLagMs)
    })
    beside(call, () => watch.relist(supplier))
  }

  return {
    inFlight,
    ask(ask) {
      const spec = watch.spec(ask.lease.supplier)
      if (!spec || inFlight.has(ask.lease.id) || !limit.mayAsk(spec)) return
      inFlight.add(ask.lease.id)
      beside(buy(ask, options), () => inFlight.delete(ask.lease.id))
    },
    release({ supplier, rental }) {
      if (rental !== null) release(supplier, rental)
    },
    giveBack: ({ supplier, rental }) => release(supplier, rental),
    async idle() {
      while (open.size > 0) await Promise.all(open)
    },
  }
}

/**
 * A release is asked for again until the supplier's record says that the rental is over: the longer
 * it fails the less often, and no sooner than a listing can tell where it was taken.
 */
interface Releasing {
  againAtMs: number
  /** After the next failure. */
  waitMs: number
}

const [releaseAgainMs, releaseAgainMsMax] = [3_000, 60_000]
const settledAfterMs = 3_600_000

async function buy({ lease, version, expects, until }: Ask, options: ActOptions): Promise<void> {
  const { ledger, clock, watch, leads, commit } = options
  const socket = watch.socket(lease.supplier)
  if (!socket) return
  const from = clock.steadyMs()
  const now = await ledger.now()
  // What was allowed when it was decided may have expired by the time that it is sent.
  if (now + announceValidMs > until) return
  const call = announced(lease, now)
  const put: Put = { kind: 'lease', id: lease.id, version, live: true, body: call.lease }
  const done = await commit({ expects, puts: [put], events: call.events })
  if (done.outcome !== 'done') return
  // A process that slept in between may have been replaced: what it announced stays unsent.
  if (!leads() || clock.steadyMs() - from > announceValidMs) return
  const answer = await send(call.lease, options)
  await record(call.lease, answer, options)
}

async function send(lease: Lease, options: ActOptions): Promise<Answer> {
  const { ledger, clock, keys, settings, watch } = options
  const { key, offer, nodes, pricePerHourMax, supplier } = lease
  const { serverUrl: server, deadManMs } = settings
  const bootstrap = { server, key, secret: keys.secretOf(key), deadManMs }
  const order = { installation: ledger.installation, key, offer, nodes, pricePerHourMax, bootstrap }
  try {
    const socket = watch.socket(supplier)
    if (!socket) return { outcome: 'unknown', said: `${supplier} was removed` }
    const asked = socket.acquire(order)
    const rental = await within(clock, settings.callDeadlineMs, `${supplier} (acquire)`, asked)
    return { outcome: 'ok', rental }
  } catch (error) {
    const said = saidBy(error)
    if (error instanceof SupplierError && error.kind !== 'unknown') {
      return { outcome: 'refused', kind: error.kind, said }
    }
    return { outcome: 'unknown', said }
  }
}

/** Writes the outcome onto the lease as it stands by then; others may have written meanwhile. */
async function record(asked: Lease, answer: Answer, options: ActOptions): Promise<void> {
  const { ledger, commit } = options
  for (let attempt = 0; attempt < recordTries; attempt += 1) {
    const row = await ledger.get('lease', asked.id)
    const supplier = await ledger.get('supplier', asked.supplier)
    if (!row) return
    const supplierClass = supplier?.body.promises.class ?? 'C'
    const next = answered(row.body, asked.calls, answer, supplierClass, await ledger.now())
    if (!next) return
    const live = next.lease.state !== 'gone'
    const put: Put = { kind: 'lease', id: row.id, version: row.version, live, body: next.lease }
    const pool = await poolPut(asked, answer, ledger)
    const events: readonly EventDraft[] = next.events
    // Who decided without this price decides anew before anything else is asked for.
    const law = isTooDear(next.lease) ? lawPut(await ledger.get('law', lawId)) : null
    const puts = [put, pool, law].filter((each) => each !== null)
    const done = await commit({ puts, events })
    if (done.outcome !== 'stale') return
  }
}

const recordTries = 10

/** What the answer teaches about the offer; null where it teaches nothing. */
async function poolPut(lease: Lease, answer: Answer, ledger: Ledger): Promise<Put | null> {
  const id = poolOf(lease)
  const row = await ledger.get('pool', id)
  const version = row?.version ?? 0
  if (answer.outcome === 'refused') {
    const known = row?.live ? row.body : null
    const pool = cooled(id, known, answer.kind, answer.said, await ledger.now())
    return { kind: 'pool', id, version, live: true, body: pool }
  }
  if (answer.outcome !== 'ok' || !row?.live) return null
  return { kind: 'pool', id, version, live: false, body: row.body }
}
