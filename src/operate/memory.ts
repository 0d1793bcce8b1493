/**
 * What the loop must remember of rows that are over: which keys were ever issued, how far a run had
 * counted, which charges are closed, at which version a row would come back. Rebuilt from the
 * ledger whenever leadership is taken.
 */

import type { Drawdown } from '../core/contracts/money/draw.ts'
import type { Purchase } from '../core/contracts/rofr/open.ts'
import type { Charge } from '../core/domain/charge.ts'
import type { Lease } from '../core/domain/lease.ts'
import type { Run } from '../core/domain/run.ts'
import type { Ms } from '../core/domain/time.ts'
import { type Belief, noBelief } from '../core/domain/world.ts'
import { type Lesson, learn, lessonsOf, ripe } from '../core/hunt/lessons.ts'
import { count, type Spending } from '../core/meter/spending.ts'
import type { Commit, Kind, Ledger, RowQuery } from '../ports/ledger.ts'
import { areBoughtAlike } from './law/purchases.ts'

/** How far commitments were drawn down by a midnight, and of what that was reckoned. */
export interface Drawn {
  readonly at: Ms
  readonly drawdown: Drawdown
  /** How many versions of contracts there were, and how many closed charges were looked at. */
  readonly contracts: number
  readonly seen: number
  /** The charges that went on at that midnight. */
  readonly running: ReadonlySet<string>
  /** Closed ones that ended later. */
  readonly later: readonly Charge[]
}

export interface Memory {
  /** Leases of all times, by the key that their supplier sees. */
  readonly owners: Map<string, Lease>
  /** What they bought, as rights of first refusal count it; null until it is asked for anew. */
  purchases: readonly Purchase[] | null
  /** Runs that are over, with the version of their row. */
  readonly formerRuns: Map<string, { readonly version: number; readonly run: Run }>
  readonly closedCharges: Set<string>
  /** The charges themselves, in the order in which they closed. */
  readonly closed: Charge[]
  /** How far they draw commitments down; worked out when it is asked for. */
  drawn: Drawn | null
  /** What those charges came to, day by day. */
  readonly spending: Spending
  /** What purchases taught about spot capacity, and what was quoted while we led. */
  belief: Belief
  /** What is weighed once the round of asking is over in which it was refused. */
  unripe: readonly Lesson[]
  /** Versions of pools and outages that are over, by kind and id: each may come back. */
  readonly formerVersions: Record<'pool' | 'outage', Map<string, number>>
}

export async function recall(ledger: Ledger): Promise<Memory> {
  const memory: Memory = {
    owners: new Map(),
    purchases: null,
    formerRuns: new Map(),
    closedCharges: new Set(),
    closed: [],
    drawn: null,
    spending: new Map(),
    belief: noBelief,
    unripe: [],
    formerVersions: { pool: new Map(), outage: new Map() },
  }
  for await (const row of every(ledger, 'lease')) memory.owners.set(row.body.key, row.body)
  memory.belief = learn(noBelief, [...memory.owners.values()].flatMap(lessonsOf))
  for await (const { id, version, live, body } of every(ledger, 'run')) {
    if (!live) memory.formerRuns.set(id, { version, run: body })
  }
  for await (const { live, body } of every(ledger, 'charge')) {
    if (!live) rememberCharge(memory, body)
  }
  for (const kind of ['pool', 'outage'] as const) {
    for await (const { id, version, live } of every(ledger, kind)) {
      if (!live) memory.formerVersions[kind].set(id, version)
    }
  }
  return memory
}

/** All rows of a kind, those that are over among them, page by page. */
export async function* every<K extends Kind>(ledger: Ledger, kind: K) {
  let query: RowQuery = { all: true, limit: 1_000 }
  for (;;) {
    const rows = await ledger.list(kind, query)
    yield* rows
    const last = rows.at(-1)
    if (!last || rows.length < 1_000) return
    query = { ...query, after: last.id }
  }
}

/** Keeps the memory in step with a commit that was applied. */
export function remember(memory: Memory, commit: Pick<Commit, 'puts'>): void {
  for (const put of commit.puts) {
    if (put.kind === 'lease') rememberLease(memory, put.body)
    if (put.kind === 'charge' && !put.live) rememberCharge(memory, put.body)
    if (put.kind === 'pool' || put.kind === 'outage') {
      const former = memory.formerVersions[put.kind]
      if (put.live) former.delete(put.id)
      else former.set(put.id, put.version + 1)
    }
    if (put.kind !== 'run') continue
    if (put.live) memory.formerRuns.delete(put.id)
    else memory.formerRuns.set(put.id, { version: put.version + 1, run: put.body })
  }
}

function rememberLease(memory: Memory, lease: Lease): void {
  const old = memory.owners.get(lease.key)
  const known = old ? lessonsOf(old).length : 0
  memory.unripe = [...memory.unripe, ...lessonsOf(lease).slice(known)]
  memory.owners.set(lease.key, lease)
  if (!old || !areBoughtAlike(old, lease)) memory.purchases = null
}

/** What purchases and quotes taught, as far as it may be weighed by now. */
export function teach(memory: Memory, quotes: readonly Lesson[], now: Ms): void {
  const { due, unripe } = ripe([...memory.unripe, ...quotes], now)
  memory.belief = learn(memory.belief, due)
  memory.unripe = unripe
}

function rememberCharge(memory: Memory, charge: Charge): void {
  const { closedCharges, closed, spending } = memory
  if (closedCharges.has(charge.id)) return
  closed.push(charge)
  closedCharges.add(charge.id)
  count(spending, charge)
}
