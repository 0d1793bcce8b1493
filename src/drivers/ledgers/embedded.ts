/**
 * The ledger in one file of this machine, by the SQLite that comes with Node.
 *
 * What was acknowledged survives a crash of the machine. Several processes of one machine may use
 * the file at once; it must not lie on a network drive. Nothing is retried here.
 */
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type {
  Kind,
  Leadership,
  Ledger,
  Row,
  RowName,
  RowQuery,
  RowsOf,
} from '../../ports/ledger.ts'
import { faultsOf, type Head, linkOf } from './chain.ts'
import { busyMs, failure } from './embedded-failure.ts'
import {
  fileFaults,
  headOf,
  readEvents,
  rowReader,
  type Store,
  storageOf,
  valuesOf,
} from './embedded-reading.ts'
import { install } from './embedded-schema.ts'
import { eventColumns, rowSelection } from './queries.ts'
import { checkCount, checkId, type Verdict, type WrittenCommit, written } from './rows.ts'
import { together } from './together.ts'

export interface EmbeddedOptions {
  /** The file; its folder is made where it is missing. */
  readonly path: string
  /** The wall clock, in milliseconds since 1970. */
  readonly clock: () => number
  /** Draws the name of a new installation. */
  readonly randomId: () => string
}

/** `fullfsync` matters to macOS alone, where an ordinary sync stops at the drive's own cache. */
const pragmas = [
  'journal_mode = wal',
  'synchronous = full',
  'fullfsync = on',
  'trusted_schema = off',
]

export async function embedded(options: EmbeddedOptions): Promise<Ledger> {
  const { path } = options
  const guard = <T>(work: () => T): T => {
    try {
      return work()
    } catch (error) {
      throw failure(path, error)
    }
  }
  const { store, installation } = guard(() => open(options))
  const writes = together(async (batch) => guard(() => writeAll(store, batch)))
  const readRows = rowReader(store)
  const storage = storageOf(store)
  return {
    installation,
    now: async () => guard(() => store.now()),
    lead: async (holder, ttlMs) => {
      checkId('holder', holder)
      checkCount('ttlMs', ttlMs)
      return guard(() => transaction(store, () => lead(store, holder, ttlMs)))
    },
    resign: async (holder) => {
      const text = `update leadership set holder = '', until = 0 where holder = ?`
      guard(() => transaction(store, () => store.sql(text).run(holder)))
    },
    read: async () => guard(() => readRows.all()),
    get: async <K extends Kind>(kind: K, id: string) => {
      checkId(kind, id)
      const [found = null] = guard(() => readRows.these([{ kind, id }]))
      return found as Row<K> | null
    },
    pick: async <const Names extends readonly RowName[]>(names: Names) => {
      for (const { kind, id } of names) checkId(kind, id)
      return guard(() => readRows.these(names)) as never as RowsOf<Names>
    },
    list: async <K extends Kind>(kind: K, query: RowQuery = {}) => {
      const selection = rowSelection(kind, query)
      return guard(() => readRows.some(kind, selection)) as readonly Row<K>[]
    },
    commit: async (commit) => writes.commit(written(commit)),
    events: async (query) => guard(() => readEvents(store, query)),
    verify: async () => {
      try {
        return [...fileFaults(store), ...(await faultsOf(storage, installation))]
      } catch (error) {
        throw failure(path, error)
      }
    },
    close: async () => {
      await writes.idle()
      if (store.db.isOpen) store.db.close()
    },
  }
}

function open({ path, clock, randomId }: EmbeddedOptions): {
  readonly store: Store
  readonly installation: string
} {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  // SQLite gives the files beside it the mode of this one.
  closeSync(openSync(path, 'a', 0o600))
  const db = new DatabaseSync(path, { timeout: busyMs })
  try {
    for (const pragma of pragmas) db.exec(`pragma ${pragma}`)
    const installation = transaction({ db, path }, () => install(db, path, randomId))
    const statements = new Map<string, StatementSync>()
    const sql = (text: string) => {
      const known = statements.get(text)
      if (known) return known
      const statement = db.prepare(text)
      statements.set(text, statement)
      return statement
    }
    let floor = 0
    const now = () => {
      floor = Math.max(floor, Math.floor(clock()), headOf({ sql }).at)
      return floor
    }
    return { store: { path, db, sql, now }, installation }
  } catch (error) {
    db.close()
    throw error
  }
}

/** Either all that `work` wrote is on the disk when this returns, or nothing was applied. */
function transaction<T>({ db, path }: Pick<Store, 'db' | 'path'>, work: () => T): T {
  // Takes the write lock first: what is read inside cannot be outrun by another process.
  db.exec('begin immediate')
  try {
    const result = work()
    commit(db, path)
    return result
  } catch (error) {
    if (db.isTransaction) db.exec('rollback')
    throw error
  }
}

function commit(db: DatabaseSync, path: string): void {
  try {
    db.exec('commit')
  } catch (error) {
    throw failure(path, error, 'at-commit')
  }
}

function lead({ sql, now }: Store, holder: string, ttlMs: number): Leadership | null {
  const at = now()
  const current = valuesOf<Leadership>(sql('select holder, epoch, until from leadership').get())
  if (current.holder !== holder && current.until > at) return null
  const epoch = current.holder === holder ? current.epoch : current.epoch + 1
  const next = { holder, epoch, until: at + ttlMs }
  sql('update leadership set holder = ?, epoch = ?, until = ?').run(holder, epoch, next.until)
  sql('update meta set at = ?').run(at)
  return next
}

function writeAll(store: Store, batch: readonly WrittenCommit[]): readonly (Verdict | Error)[] {
  const { path, db, sql, now } = store
  return transaction(store, () => {
    const at = now()
    const before = headOf(store)
    let head = before
    const verdicts = batch.map((commit) => {
      sql('savepoint one').run()
      try {
        const verdict = judge(store, commit, at)
        if (!verdict) head = apply(store, commit, { ...head, at })
        sql('release one').run()
        return verdict ?? ({ outcome: 'done', lastSeq: head.seq } as const)
      } catch (error) {
        // A full disk may have ended the whole transaction; then nobody's commit stands.
        if (!db.isTransaction) throw error
        db.exec('rollback to one; release one')
        return failure(path, error)
      }
    })
    if (head !== before) {
      const text = 'update meta set seq = ?, at = ?, hash = ?, writes = writes + 1'
      sql(text).run(head.seq, head.at, head.hash)
    }
    return verdicts
  })
}

/** Why a commit may not be applied; null when it may. */
function judge({ sql }: Store, { epoch, checks, puts }: WrittenCommit, at: number): Verdict | null {
  if (epoch !== null) {
    const leader = valuesOf<Leadership>(sql('select epoch, until from leadership').get())
    if (leader.epoch !== epoch || leader.until <= at) return { outcome: 'deposed' }
  }
  const stored = sql('select version, state from row where kind = ? and id = ?')
  for (const { kind, id, version } of checks) {
    const found = stored.get(kind, id)?.version ?? 0
    if (found !== version) return { outcome: 'stale', kind, id }
  }
  for (const { kind, id, version, state, from } of puts) {
    const old = version > 0 && from && stored.get(kind, id)?.state
    if (typeof old === 'string' && state !== null && !from?.includes(old)) {
      return { outcome: 'illegal', kind, id, from: old, to: state }
    }
  }
  return null
}

function apply({ sql }: Store, { puts, events }: WrittenCommit, before: Head): Head {
  const put = sql(`insert into row (kind, id, version, live, state, body)
    values (?, ?, ?, ?, ?, ?) on conflict do update set version = excluded.version,
    live = excluded.live, state = excluded.state, body = excluded.body`)
  for (const { kind, id, version, live, state, body } of puts) {
    put.run(kind, id, version + 1, Number(live), state, body)
  }
  const append = sql(`insert into event (${eventColumns}, hash)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  let head = before
  for (const draft of events) {
    const event = { ...draft, seq: head.seq + 1, at: head.at }
    head = { seq: event.seq, at: event.at, hash: linkOf(head.hash, event) }
    const { seq, at, kind, workload, run, lease, supplier, facts } = event
    append.run(seq, at, kind, workload, run, lease, supplier, facts, head.hash)
  }
  return head
}
