/**
 * The tables and functions of the PostgreSQL ledger, in a schema of their own.
 *
 * A commit is one call of `write`, so no transaction ever waits for a client. Whoever writes locks
 * `meta` first: events become visible in the order of their numbers, and nobody can deadlock.
 */
export const schemaVersion = 1

export function schemaSql(schema: string): string {
  return [tables, clock, refusal, append, write, lead].join('\n').replaceAll('$schema', schema)
}

/** Ids and kinds are ordered by byte, so that every ledger lists them alike. */
const tables = `
  create schema if not exists $schema;

  create table if not exists $schema.meta (
    one integer primary key check (one = 1),
    schema integer not null,
    installation text not null,
    seq bigint not null,
    at bigint not null,
    hash bytea not null,
    writes bigint not null
  );

  create table if not exists $schema.leadership (
    one integer primary key check (one = 1),
    holder text not null,
    epoch integer not null,
    until bigint not null
  );

  create table if not exists $schema.row (
    kind text collate "C" not null,
    id text collate "C" not null,
    version integer not null check (version >= 1),
    live boolean not null,
    state text,
    body text not null,
    primary key (kind, id),
    check (kind <> 'lease' or live = (state <> 'gone'))
  );
  create index if not exists row_live on $schema.row (kind, id) where live;

  create table if not exists $schema.event (
    seq bigint primary key,
    at bigint not null,
    kind text not null,
    workload text,
    run text,
    lease text,
    supplier text,
    facts text not null,
    hash bytea not null
  );
  create index if not exists event_workload on $schema.event (workload, seq)
    where workload is not null;
  create index if not exists event_lease on $schema.event (lease, seq) where lease is not null;
  create index if not exists event_supplier on $schema.event (supplier, seq)
    where supplier is not null;

  create or replace function $schema.keep_events() returns trigger language plpgsql as $$
  begin
    raise exception 'events are never changed or deleted';
  end $$;
  create or replace trigger event_stays before update or delete or truncate on $schema.event
    for each statement execute function $schema.keep_events();
`

/** Never behind what was written, whatever the machine's clock does. */
const clock = `
  create or replace function $schema.now_ms() returns bigint language sql volatile as $$
    select greatest(at, floor(extract(epoch from clock_timestamp()) * 1000)::bigint)
      from $schema.meta
  $$;

  create or replace function $schema.lock_meta(patience_ms integer) returns $schema.meta
  language plpgsql as $$
  declare
    meta $schema.meta;
  begin
    if current_setting('transaction_isolation') <> 'read committed' then
      raise exception 'the ledger needs default_transaction_isolation = ''read committed''';
    end if;
    if current_setting('synchronous_commit') = 'off' then
      perform set_config('synchronous_commit', 'on', true);
    end if;
    perform set_config('lock_timeout', patience_ms::text, true);
    select * into strict meta from $schema.meta for update;
    return meta;
  end $$;
`

/** Why a commit may not be applied; null when it may. */
const refusal = `
  create or replace function $schema.refusal(wish json, at bigint) returns json
  language plpgsql as $$
  declare
    refused json;
  begin
    if wish->>'epoch' is not null and not exists (
      select from $schema.leadership l where l.epoch = (wish->>'epoch')::integer and l.until > at
    ) then
      return json_build_object('outcome', 'deposed');
    end if;
    select json_build_object('outcome', 'stale', 'kind', c.kind, 'id', c.id) into refused
      from rows from (json_to_recordset(wish->'checks') as (kind text, id text, version integer))
        with ordinality as c (kind, id, version, place)
      left join $schema.row r on r.kind = c.kind and r.id = c.id
      where coalesce(r.version, 0) <> c.version
      order by c.place limit 1;
    if refused is not null then
      return refused;
    end if;
    select json_build_object('outcome', 'illegal', 'kind', p.kind, 'id', p.id,
        'from', r.state, 'to', p.state) into refused
      from rows from (json_to_recordset(wish->'puts') as
          (kind text, id text, state text, "from" json))
        with ordinality as p (kind, id, state, came, place)
      join $schema.row r on r.kind = p.kind and r.id = p.id
      where json_typeof(p.came) = 'array' and r.state is not null
        and r.state not in (select json_array_elements_text(p.came))
      order by p.place limit 1;
    return refused;
  end $$;
`

/** Applies a commit; the chain is the same as in chain.ts. */
const append = `
  create or replace function $schema.apply(wish json, head $schema.meta) returns $schema.meta
  language plpgsql as $$
  declare
    event record;
  begin
    insert into $schema.row (kind, id, version, live, state, body)
      select p.kind, p.id, p.version + 1, p.live, p.state, p.body
        from json_to_recordset(wish->'puts') as p
          (kind text, id text, version integer, live boolean, state text, body text)
      on conflict (kind, id) do update set version = excluded.version, live = excluded.live,
        state = excluded.state, body = excluded.body;
    for event in select * from json_to_recordset(wish->'events') as e
      (kind text, workload text, run text, lease text, supplier text, facts text)
    loop
      head.seq := head.seq + 1;
      select sha256(head.hash ||
          string_agg(convert_to(part, 'UTF8'), '\\x00'::bytea order by place))
        into head.hash
        from unnest(array[
          head.seq::text, head.at::text, event.kind, coalesce('=' || event.workload, ''),
          coalesce('=' || event.run, ''), coalesce('=' || event.lease, ''),
          coalesce('=' || event.supplier, ''), event.facts
        ]) with ordinality as parts (part, place);
      insert into $schema.event values (head.seq, head.at, event.kind, event.workload, event.run,
        event.lease, event.supplier, event.facts, head.hash);
    end loop;
    return head;
  end $$;
`

/** One verdict for each commit, in order. Checks come before writes, so each is all or nothing. */
const write = `
  create or replace function $schema.write(batch json, patience_ms integer) returns json
  language plpgsql as $$
  declare
    head $schema.meta;
    now_ms bigint;
    wish json;
    verdict json;
    verdicts json[] := '{}';
    done boolean := false;
  begin
    head := $schema.lock_meta(patience_ms);
    now_ms := $schema.now_ms();
    for wish in select value from json_array_elements(batch) loop
      verdict := $schema.refusal(wish, now_ms);
      if verdict is null then
        done := true;
        head.at := now_ms;
        head := $schema.apply(wish, head);
        verdict := json_build_object('outcome', 'done', 'lastSeq', head.seq);
      end if;
      verdicts := verdicts || verdict;
    end loop;
    if done then
      update $schema.meta set seq = head.seq, at = head.at, hash = head.hash, writes = writes + 1;
    end if;
    return array_to_json(verdicts);
  end $$;
`

/** No row while somebody else leads. */
const lead = `
  create or replace function $schema.lead(wished text, ttl_ms bigint, patience_ms integer)
  returns setof $schema.leadership language plpgsql as $$
  declare
    now_ms bigint;
  begin
    perform $schema.lock_meta(patience_ms);
    now_ms := $schema.now_ms();
    update $schema.meta set at = now_ms;
    return query update $schema.leadership l set
      epoch = case when l.holder = wished then l.epoch else l.epoch + 1 end,
      holder = wished,
      until = now_ms + ttl_ms
      where l.holder = wished or l.until <= now_ms
      returning l.*;
  end $$;
`
