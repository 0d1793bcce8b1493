/**
 * The ledger in a PostgreSQL database, for control planes that stand in for one another.
 *
 * What was acknowledged is as durable as the server's commits. Nothing waits without a deadline,
 * nothing is retried here, and a commit whose answer was lost is `unknown`.
 */
import { Pool, type PoolClient, type QueryResultRow } from 'pg'
import type { Event } from '../../core/domain/event.ts'
import {
  type EventQuery,
  type Kind,
  type Leadership,
  type Ledger,
  LedgerError,
  type Row,
  type RowName,
  type RowQuery,
  type RowsOf,
  type Snapshot,
} from '../../ports/ledger.ts'
import { chainStart, eventOf, faultsOf, type Storage, type StoredEvent } from './chain.ts'
import { schemaSql, schemaVersion } from './postgres-schema.ts'
import { eventColumns, eventSelection, eventSql, rowSelection } from './queries.ts'
import {
  checkCount,
  checkId,
  type RowCache,
  rowCache,
  type StoredRow,
  type Verdict,
  written,
} from './rows.ts'
import { together } from './together.ts'

export interface PostgresOptions {
  /** For example `postgres://calumet@db.example/calumet`. */
  readonly url: string
  /** Draws the name of a new installation. */
  readonly randomId: () => string
  /** The schema that holds the tables; one installation each. */
  readonly schema?: string
  /** No call waits longer than this for the server. */
  readonly deadlineMs?: number
}

/** Sends one statement; what a lost answer means depends on what the statement does. */
type Ask = <T extends QueryResultRow>(
  text: string,
  values?: readonly unknown[],
  lost?: LedgerError['kind'],
) => Promise<readonly T[]>

export async function postgres(options: PostgresOptions): Promise<Ledger> {
  const { url, randomId, schema = 'calumet', deadlineMs = 10_000 } = options
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) {
    throw new Error(`schema ${JSON.stringify(schema)} is no plain name of a-z, 0-9 and _`)
  }
  const pool = new Pool({ connectionString: url, max: 8, connectionTimeoutMillis: deadlineMs })
  // The next query finds out and says so; without a listener a lost connection ends the process.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  const ask = asker(pool, deadlineMs)
  const shut = () => within(pool.end(), deadlineMs).catch(() => {})
  try {
    const installation = await install(ask, schema, randomId)
    return { ...ledgerOf({ ask, schema, deadlineMs }, installation), close: shut }
  } catch (error) {
    await shut()
    throw error
  }
}

interface Store {
  readonly ask: Ask
  readonly schema: string
  readonly deadlineMs: number
}

function ledgerOf(store: Store, installation: string): Omit<Ledger, 'close'> {
  const { ask, schema, deadlineMs } = store
  // The server gives up on a lock well before we give up on the server, so its answer is clear.
  const patienceMs = Math.ceil(deadlineMs / 2)
  const writes = together(async (batch) => {
    const text = `select ${schema}.write($1, $2) as verdicts`
    const values = [JSON.stringify(batch), patienceMs]
    const [answer] = await ask<{ verdicts: Verdict[] }>(text, values, 'unknown')
    return answer?.verdicts ?? []
  })
  const cache = rowCache()
  const storage = storageOf(store)
  let floor = 0
  const forward = (now: unknown) => {
    floor = Math.max(floor, Number(now))
    return floor
  }
  return {
    installation,
    now: async () => forward((await ask(`select ${schema}.now_ms() as now`))[0]?.now),
    lead: async (holder, ttlMs) => {
      checkId('holder', holder)
      checkCount('ttlMs', ttlMs)
      const text = `select holder, epoch, until from ${schema}.lead($1, $2, $3)`
      const [leader] = await ask<QueryResultRow & Leadership>(text, [holder, ttlMs, patienceMs])
      return leader ? { ...leader, until: Number(leader.until) } : null
    },
    resign: async (holder) => {
      checkId('holder', holder)
      await ask(`update ${schema}.leadership set holder = '', until = 0 where holder = $1`, [
        holder,
      ])
    },
    read: async () => readPicture(store, cache, forward),
    get: async <K extends Kind>(kind: K, id: string) => {
      checkId(kind, id)
      const text = `select ${rowColumns} from ${schema}.row where kind = $1 and id = $2`
      const [found] = await ask<FoundRow>(text, [kind, id])
      return (found ? cache.row(found, () => found.body) : null) as Row<K> | null
    },
    pick: async <const Names extends readonly RowName[]>(names: Names) => {
      for (const { kind, id } of names) checkId(kind, id)
      const asked = 'unnest($1::text[], $2::text[]) with ordinality as asked (kind, id, at)'
      const text = `select at::int, ${rowColumns} from ${asked} join ${schema}.row using (kind, id)`
      const values = [names.map(({ kind }) => kind), names.map(({ id }) => id)]
      const found = await ask<FoundRow & { at: number }>(text, values)
      const byPlace = new Map(found.map((row) => [row.at, cache.row(row, () => row.body)]))
      return names.map((_, index) => byPlace.get(index + 1) ?? null) as never as RowsOf<Names>
    },
    list: async <K extends Kind>(kind: K, query: RowQuery = {}) => {
      const { all, after, limit } = rowSelection(kind, query)
      const where = `where kind = $1 and id > $2 ${all ? '' : 'and live'}`
      const text = `select ${rowColumns} from ${schema}.row ${where} order by id limit $3`
      const found = await ask<FoundRow>(text, [kind, after, limit])
      return found.map((row) =>
        cache.row(row, () => row.body),
      ) as readonly Row[] as readonly Row<K>[]
    },
    commit: async (commit) => writes.commit(written(commit)),
    events: async (query) => readEvents(store, query),
    verify: () => faultsOf(storage, installation),
  }
}

const rowColumns = 'kind, id, version, live, body'

type FoundRow = StoredRow & { readonly body: string }

async function readPicture(
  { ask, schema }: Store,
  cache: RowCache,
  forward: (now: unknown) => number,
): Promise<Snapshot> {
  // One statement sees one state of the database, and brings no rows where nothing was written.
  const text = `select (select ${schema}.now_ms()) as now, m.writes, r.* from ${schema}.meta m
    left join (select ${rowColumns} from ${schema}.row where live) r on m.writes <> $1
    order by kind, id`
  const last = cache.last()
  const found = await ask<FoundRow & { now: string; writes: string }>(text, [last.writes])
  const writes = Number(found[0]?.writes)
  const now = forward(found[0]?.now)
  if (writes === last.writes) return Object.freeze({ now, rows: last.rows })
  const live = found.filter(({ kind }) => kind !== null)
  const picture = cache.picture(
    writes,
    live.map((row) => cache.row(row, () => row.body)),
  )
  return Object.freeze({ now, rows: picture.rows })
}

async function readEvents({ ask, schema }: Store, query: EventQuery): Promise<readonly Event[]> {
  const selection = eventSelection(query)
  const values = selection.conditions.map(([, value]) => value)
  const text = eventSql(selection, `${schema}.event`, (number) => `$${number}`)
  const events = (await ask<StoredEvent>(text, [...values, selection.limit])).map(numbered)
  return (selection.newestFirst ? events.reverse() : events).map(eventOf)
}

/** `pg` hands big integers over as text; ours are all safe. */
function numbered<T extends { readonly seq: unknown; readonly at: unknown }>(found: T) {
  return { ...found, seq: Number(found.seq), at: Number(found.at) }
}

function storageOf({ ask, schema }: Store): Storage {
  return {
    async head() {
      const [head] = await ask(`select seq, at, hash from ${schema}.meta`)
      return { seq: Number(head?.seq), at: Number(head?.at), hash: head?.hash }
    },
    async eventsAfter(seq, limit) {
      const text = `select ${eventColumns}, hash from ${schema}.event where seq > $1
        order by seq limit $2`
      return (await ask<StoredEvent & { hash: Uint8Array }>(text, [seq, limit])).map(numbered)
    },
    rowsAfter: (kind, id, limit) =>
      ask(
        `select ${rowColumns}, state from ${schema}.row where (kind, id) > ($1, $2)
          order by kind, id limit $3`,
        [kind, id, limit],
      ),
  }
}

/** Sets the schema up where it is new; answers with the name of the installation. */
async function install(ask: Ask, schema: string, randomId: () => string): Promise<string> {
  const [server] = await ask(
    `select to_regclass('${schema}.meta') is null as fresh,
      current_setting('server_encoding') as encoding`,
  )
  if (server?.encoding !== 'UTF8') {
    throw new LedgerError(
      'unavailable',
      `the database has encoding ${server?.encoding}; the ledger needs one made with UTF8`,
    )
  }
  if (server.fresh) {
    const installation = randomId()
    const start = chainStart(installation).toString('hex')
    const quoted = `'${installation.replaceAll("'", "''")}'`
    const first = `1, ${schemaVersion}, ${quoted}, 0, 0, '\\x${start}', 0`
    await ask(`begin;
      select pg_advisory_xact_lock(hashtextextended('calumet ${schema}', 0));
      ${schemaSql(schema)}
      insert into ${schema}.meta values (${first}) on conflict do nothing;
      insert into ${schema}.leadership values (1, '', 0, 0) on conflict do nothing;
      commit`)
  }
  const [meta] = await ask(`select schema, installation from ${schema}.meta`)
  if (meta?.schema !== schemaVersion) {
    throw new LedgerError(
      'unavailable',
      `schema ${schema} was written by another version of Calumet (schema ${meta?.schema}; ` +
        `this one knows ${schemaVersion}); use that version or a newer one`,
    )
  }
  return meta.installation
}

function asker(pool: Pool, deadlineMs: number): Ask {
  return async (text, values, lost = 'unavailable') => {
    const client = await connect(pool, deadlineMs)
    try {
      const result = await within(client.query(text, values && [...values]), deadlineMs)
      client.release()
      return result.rows
    } catch (error) {
      client.release(true)
      throw isAnswer(error) ? failure('unavailable', error) : failure(lost, error)
    }
  }
}

async function connect(pool: Pool, deadlineMs: number): Promise<PoolClient> {
  const connecting = pool.connect()
  try {
    return await within(connecting, deadlineMs)
  } catch (error) {
    connecting.then((late) => late.release(true)).catch(() => {})
    throw failure('unavailable', error)
  }
}

/** Whether the server itself refused the statement, so that nothing of it stands. */
function isAnswer(error: unknown): boolean {
  const { severity, code } = error as { severity?: unknown; code?: unknown }
  // A pooler speaks in the server's name (08…), and 40003 says that the outcome is not known. What
  // ends the connection (FATAL, PANIC, 57P…) may come after the commit.
  return severity === 'ERROR' && typeof code === 'string' && !/^(?:08|40003|57P)/.test(code)
}

function failure(kind: LedgerError['kind'], error: unknown): LedgerError {
  const said = error instanceof Error ? error.message || codeOf(error) : String(error)
  const what = kind === 'unknown' ? 'the answer of PostgreSQL was lost' : 'PostgreSQL failed'
  return new LedgerError(kind, `${what}: ${said}`, { cause: error })
}

/** An error that stands for several attempts to connect has no message of its own. */
function codeOf(error: object): string {
  return 'code' in error ? String(error.code) : 'it did not say why'
}

/** `pg` may never settle after the server went away at once. */
async function within<T>(promise: Promise<T>, deadlineMs: number): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => late.reject(new Error(`no answer within ${deadlineMs} ms`)),
    deadlineMs,
  )
  try {
    return await Promise.race([promise, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
