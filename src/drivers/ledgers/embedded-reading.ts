/**
 * Reads the embedded ledger: rows, events, and what a check of the file needs.
 *
 * Writes nothing.
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { setImmediate as turn } from 'node:timers/promises'
import type { Event } from '../../core/domain/event.ts'
import type { EventQuery, Kind, Row, RowName, RowQuery, Snapshot } from '../../ports/ledger.ts'
import {
  eventOf,
  type Head,
  type LinkedEvent,
  type RawRow,
  type Storage,
  type StoredEvent,
} from './chain.ts'
import { eventColumns, eventSelection, eventSql } from './queries.ts'
import { rowCache } from './rows.ts'

export interface Store {
  readonly path: string
  readonly db: DatabaseSync
  sql(text: string): StatementSync
  /** Inside a transaction this is the time of all that is written in it. */
  now(): number
}

export function headOf({ sql }: Pick<Store, 'sql'>): Head {
  return valuesOf<Head>(sql('select seq, at, hash from meta').get())
}

/** Reads rows; remembers the picture until somebody, here or elsewhere, wrote. */
export function rowReader({ db, sql, now }: Store) {
  const cache = rowCache()

  const body = (kind: string, id: string) => () =>
    valuesOf<{ body: string }>(sql('select body from row where kind = ? and id = ?').get(kind, id))
      .body

  function rows(text: string, ...values: SQLInputValue[]): Row[] {
    return sql(text)
      .all(...values)
      .map((found) => {
        const { kind, id, version, live } = valuesOf<Row & { live: number }>(found)
        return cache.row({ kind, id, version, live: live === 1 }, body(kind, id))
      })
  }

  /** Several statements see one state of the file. */
  function atOnce<T>(work: () => T): T {
    db.exec('begin')
    try {
      return work()
    } finally {
      db.exec('commit')
    }
  }

  const columns = 'select kind, id, version, live from row'
  return {
    all: (): Snapshot =>
      atOnce(() => {
        const meta = valuesOf<{ writes: number }>(sql('select writes from meta').get())
        const last = cache.last()
        const picture =
          last.writes === meta.writes
            ? last
            : cache.picture(meta.writes, rows(`${columns} where live = 1 order by kind, id`))
        return Object.freeze({ now: now(), rows: picture.rows })
      }),
    these: (names: readonly RowName[]): readonly (Row | null)[] =>
      atOnce(() =>
        names.map(
          ({ kind, id }) => rows(`${columns} where kind = ? and id = ?`, kind, id)[0] ?? null,
        ),
      ),
    some: (kind: Kind, { all, after, limit }: Required<RowQuery>): readonly Row[] => {
      const where = `where kind = ? and id > ? ${all ? '' : 'and live = 1'}`
      const text = `${columns} ${where} order by id limit ?`
      return atOnce(() => rows(text, kind, after, limit))
    },
  }
}

export function readEvents({ sql }: Store, query: EventQuery): readonly Event[] {
  const selection = eventSelection(query)
  const values = selection.conditions.map(([, value]) => value)
  const found = sql(eventSql(selection, 'event', () => '?')).all(...values, selection.limit)
  const events = found.map((stored) => eventOf(valuesOf<StoredEvent>(stored)))
  return selection.newestFirst ? events.reverse() : events
}

export function fileFaults({ sql }: Store): string[] {
  const said = sql('pragma quick_check')
    .all()
    .map((found) => String(found.quick_check))
  return said.filter((each) => each !== 'ok').map((each) => `the file: ${each}`)
}

/** Lets others have their turn between two batches. */
export function storageOf(store: Store): Storage {
  const { sql } = store
  return {
    head: async () => headOf(store),
    eventsAfter: async (seq, limit) => {
      await turn()
      const text = `select ${eventColumns}, hash from event where seq > ? order by seq limit ?`
      return sql(text)
        .all(seq, limit)
        .map((found) => valuesOf<LinkedEvent>(found))
    },
    rowsAfter: async (kind, id, limit) => {
      await turn()
      const text = `select kind, id, version, live, state, body from row
        where (kind, id) > (?, ?) order by kind, id limit ?`
      return sql(text)
        .all(kind, id, limit)
        .map((found) => ({ ...valuesOf<RawRow>(found), live: found.live === 1 }))
    },
  }
}

/** Values of one row of an answer. */
type Values = Readonly<Record<string, unknown>>

export function valuesOf<T>(found: Values | undefined): T {
  if (!found) throw new Error('a row of the ledger that is always there is missing')
  return found as T
}
