/**
 * A ledger in memory that obeys the same contract as the real ones, and refuses with their own
 * words: what a simulated database does with a request once it has arrived. It lasts as long as the
 * world does.
 */
import type { Ruling } from '../core/audit/evidence.ts'
import type { Event } from '../core/domain/event.ts'
import type { Ms } from '../core/domain/time.ts'
import { type WrittenCommit, written } from '../drivers/ledgers/rows.ts'
import type {
  Commit,
  CommitOutcome,
  EventQuery,
  Kind,
  Leadership,
  Ledger,
  Row,
  RowQuery,
  Snapshot,
} from '../ports/ledger.ts'

export interface MemoryLedger extends Ledger {
  /** Everything at once, without a question that could be lost. */
  readonly history: readonly Event[]
  /** All that people ever ruled, in the order in which it came into force. */
  readonly rulings: readonly Ruling[]
  every<K extends Kind>(kind: K): readonly Row<K>[]
  /** Who leads now; empty where nobody does. */
  leader(): string
}

interface Shelf {
  readonly rows: Map<string, Row>
  /** Of all rows, and of the live ones, in order. */
  readonly ids: string[]
  readonly liveIds: string[]
  /** All rows, and the live ones, in order of id; null after a change. */
  all: readonly Row[] | null
  live: readonly Row[] | null
}

export interface MemoryLedgerOptions {
  readonly installation: string
  /** May jump; time in the ledger never goes back. */
  readonly wallMs: () => Ms
  /** Told of every commit that was applied, in the very moment. */
  readonly onCommit?: (events: readonly Event[]) => void
}

export function memoryLedger(options: MemoryLedgerOptions): MemoryLedger {
  const { installation, wallMs, onCommit } = options
  const shelves = new Map<Kind, Shelf>(
    kinds.map((kind) => [kind, { rows: new Map(), ids: [], liveIds: [], all: null, live: null }]),
  )
  const history: Event[] = []
  const rulings: Ruling[] = []
  let leader: Leadership = { holder: '', epoch: 0, until: 0 }
  let newest = 0
  /** All live rows; null after a change. */
  let picture: Snapshot['rows'] | null = null
  const shelf = (kind: Kind) => shelves.get(kind) as Shelf
  const now = () => {
    newest = Math.max(newest, wallMs())
    return newest
  }
  const all = (kind: Kind) => {
    const own = shelf(kind)
    own.all ??= own.ids.map((id) => own.rows.get(id) as Row)
    return own.all
  }
  const live = (kind: Kind) => {
    const own = shelf(kind)
    own.live ??= Object.freeze(own.liveIds.map((id) => own.rows.get(id) as Row))
    return own.live
  }

  function verdict({ epoch, checks, puts }: WrittenCommit): CommitOutcome | null {
    if (epoch !== null && (leader.epoch !== epoch || leader.until <= now())) {
      return { outcome: 'deposed' }
    }
    for (const { kind, id, version } of checks) {
      if ((shelf(kind).rows.get(id)?.version ?? 0) !== version)
        return { outcome: 'stale', kind, id }
    }
    for (const { kind, id, state, from } of puts) {
      const old = shelf(kind).rows.get(id)?.body as { readonly state: string } | undefined
      if (!old || !from || from.includes(old.state)) continue
      throw new Error(`${kind} ${id} may not move from ${old.state} to ${state}`)
    }
    return null
  }

  function apply(puts: WrittenCommit['puts']): void {
    if (puts.length > 0) picture = null
    for (const { kind, id, version, live: isLive, body } of puts) {
      // Through JSON as in any database, so that nothing is shared with whoever wrote it.
      const row = frozen({ kind, id, version: version + 1, live: isLive, body: JSON.parse(body) })
      const own = shelf(kind)
      const old = own.rows.get(id)
      if (!old) own.ids.splice(placeOf(own.ids, id), 0, id)
      if (isLive && !old?.live) own.liveIds.splice(placeOf(own.liveIds, id), 0, id)
      if (!isLive && old?.live) own.liveIds.splice(placeOf(own.liveIds, id), 1)
      own.rows.set(id, row as Row)
      own.all = null
      own.live = null
      if (kind === 'policy' || kind === 'supplier' || kind === 'workload') {
        rulings.push({ after: history.length, [kind]: row.body } as never)
      }
    }
  }

  return {
    installation,
    history,
    rulings,
    every: (kind) => all(kind) as never,
    leader: () => (leader.until > now() ? leader.holder : ''),
    now: async () => now(),
    async lead(holder, ttlMs) {
      const at = now()
      if (leader.holder !== holder && leader.until > at) return null
      const epoch = leader.holder === holder ? leader.epoch : leader.epoch + 1
      leader = { holder, epoch, until: at + ttlMs }
      return leader
    },
    async resign(holder) {
      if (leader.holder === holder) leader = { ...leader, holder: '', until: 0 }
    },
    async read(): Promise<Snapshot> {
      picture ??= Object.freeze(
        Object.fromEntries(kinds.map((kind) => [kind, live(kind)])),
      ) as never
      return { now: now(), rows: picture as Snapshot['rows'] }
    },
    get: async (kind, id) => (shelf(kind).rows.get(id) ?? null) as never,
    pick: async (names) => names.map(({ kind, id }) => shelf(kind).rows.get(id) ?? null) as never,
    async list(kind, { all: isAll = false, after = '', limit = 1_000 }: RowQuery = {}) {
      const rows = isAll ? all(kind) : live(kind)
      const { ids, liveIds } = shelf(kind)
      const from = after === '' ? 0 : placeAfter(isAll ? ids : liveIds, after)
      return rows.slice(from, from + limit) as never
    },
    async commit(commit: Commit) {
      const asked = written(commit)
      const refused = verdict(asked)
      if (refused) return refused
      const at = now()
      const told = commit.events.map((draft, index) =>
        frozen({ ...draft, facts: { ...draft.facts }, seq: history.length + 1 + index, at }),
      )
      history.push(...told)
      apply(asked.puts)
      onCommit?.(told)
      return { outcome: 'done', lastSeq: history.length }
    },
    events: async (query) => selected(history, query),
    verify: async () => [],
    close: async () => {},
  }
}

/** Where an id stands in a list that is in order, or would stand. */
function placeOf(ids: readonly string[], id: string): number {
  let [from, to] = [0, ids.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if (order(ids[middle] as string, id) < 0) from = middle + 1
    else to = middle
  }
  return from
}

/** The order of bytes: what is beyond the first plane of Unicode comes last. */
function order(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index += 1) {
    const [x, y] = [a.charCodeAt(index), b.charCodeAt(index)]
    if (x !== y) return x >= 0xd800 && y >= 0xd800 ? rank(x) - rank(y) : x - y
  }
  return a.length - b.length
}

function rank(unit: number): number {
  return unit >= 0xe000 ? unit - 0x2000 : unit + 0x2000
}

function placeAfter(ids: readonly string[], id: string): number {
  const place = placeOf(ids, id)
  return ids[place] === id ? place + 1 : place
}

function selected(history: readonly Event[], query: EventQuery): readonly Event[] {
  const { after = 0, before = Number.POSITIVE_INFINITY, limit = 1_000 } = query
  const fits = history.filter(
    ({ seq, workload, lease, supplier }) =>
      seq > after &&
      seq < before &&
      (query.workload === undefined || query.workload === workload) &&
      (query.lease === undefined || query.lease === lease) &&
      (query.supplier === undefined || query.supplier === supplier),
  )
  return query.before === undefined ? fits.slice(0, limit) : fits.slice(-limit)
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const item of Object.values(value)) frozen(item)
  }
  return value
}

const kinds: readonly Kind[] = Object.keys({
  workload: 0,
  supplier: 0,
  policy: 0,
  contract: 0,
  waiver: 0,
  exercise: 0,
  record: 0,
  law: 0,
  lease: 0,
  run: 0,
  node: 0,
  charge: 0,
  checkpoint: 0,
  pool: 0,
  outage: 0,
  plan: 0,
  token: 0,
  journal: 0,
  invoice: 0,
  right: 0,
  receipt: 0,
} satisfies Record<Kind, 0>) as Kind[]
