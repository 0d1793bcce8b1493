/**
 * The tables of the embedded ledger, and what is done with a file that is new, old or not ours.
 */
import type { DatabaseSync } from 'node:sqlite'
import { LedgerError } from '../../ports/ledger.ts'
import { chainStart } from './chain.ts'

export const schemaVersion = 1

const tables = `
  create table meta (
    one integer primary key check (one = 1),
    schema integer not null,
    installation text not null,
    seq integer not null,
    at integer not null,
    hash blob not null,
    writes integer not null
  ) strict;

  create table leadership (
    one integer primary key check (one = 1),
    holder text not null,
    epoch integer not null,
    until integer not null
  ) strict;

  create table row (
    kind text not null,
    id text not null,
    version integer not null check (version >= 1),
    live integer not null check (live in (0, 1)),
    state text,
    body text not null,
    primary key (kind, id),
    check (kind <> 'lease' or (live = 1) = (state <> 'gone'))
  ) strict;
  create index row_live on row (kind, id, version) where live = 1;

  create table event (
    seq integer primary key,
    at integer not null,
    kind text not null,
    workload text,
    run text,
    lease text,
    supplier text,
    facts text not null,
    hash blob not null
  ) strict;
  create index event_workload on event (workload, seq) where workload is not null;
  create index event_lease on event (lease, seq) where lease is not null;
  create index event_supplier on event (supplier, seq) where supplier is not null;
  create trigger event_stays before update on event begin
    select raise(abort, 'events are never changed');
  end;
  create trigger event_remains before delete on event begin
    select raise(abort, 'events are never deleted');
  end;
`

/** Sets the file up where it is new; answers with the name of the installation. */
export function install(db: DatabaseSync, path: string, randomId: () => string): string {
  const names = db.prepare(`select name from sqlite_schema where type = 'table'`).all()
  if (names.length === 0) {
    db.exec(tables)
    const installation = randomId()
    db.prepare('insert into meta values (1, ?, ?, 0, 0, ?, 0)').run(
      schemaVersion,
      installation,
      chainStart(installation),
    )
    db.exec(`insert into leadership values (1, '', 0, 0)`)
  }
  if (names.length > 0 && !names.some(({ name }) => name === 'meta')) {
    throw new LedgerError(
      'unavailable',
      `ledger ${path}: it is a database of another program; name another path`,
    )
  }
  const meta = db.prepare('select schema, installation from meta').get()
  const { schema, installation } = meta as { schema: number; installation: string }
  if (schema !== schemaVersion) {
    throw new LedgerError(
      'unavailable',
      `ledger ${path}: it was written by another version of Calumet ` +
        `(schema ${schema}; this one knows ${schemaVersion}); use that version or a newer one`,
    )
  }
  return installation
}
