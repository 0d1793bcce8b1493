/**
 * Runs the ledger's contract against a real PostgreSQL, then takes the server away in the middle.
 *
 * Needs `initdb` and `pg_ctl`, on the path or where Debian puts them. Uses a temporary folder and a
 * socket in it, so nothing else on the machine is touched.
 */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { Client } from 'pg'
import { postgres } from '../../src/drivers/ledgers/postgres.ts'
import { submit } from '../../src/operate/submit.ts'
import type { Ledger } from '../../src/ports/ledger.ts'
import { ledgerContract } from '../../src/testing/ledger-contract.ts'
import { lease, numbers, receipt, told } from '../../src/testing/ledger-rows.ts'
import { type Database, databaseIn, postgresqlBin } from './postgresql.ts'
import { live } from './story.ts'

if (postgresqlBin) provePostgres(postgresqlBin)
else {
  const missing = 'initdb and pg_ctl are missing; install PostgreSQL 15 or newer to run this'
  it('has a PostgreSQL to run on', (t) => {
    if (process.env.CI === 'true') assert.fail(missing)
    t.skip(missing)
  })
}

function provePostgres(bin: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'calumet-pg-'))
  chmodSync(folder, 0o755)
  const database = databaseIn(folder, bin)
  const open = (schema: string, url = database.url, deadlineMs = 10_000) =>
    postgres({ url, schema, randomId: randomUUID, deadlineMs })
  const sql = async (text: string) => {
    const client = new Client({ connectionString: database.url })
    await client.connect()
    try {
      return await client.query(text)
    } finally {
      await client.end()
    }
  }
  before(() => database.start())
  after(async () => {
    await database.stop()
    rmSync(folder, { recursive: true })
  })

  ledgerContract('postgres', open, submit)
  describe('PostgreSQL', () => {
    storage(open, sql)
    outages(database, open)
    silence(folder, open)
    it('carries the whole story', async () => {
      const { code, output } = await live({ CALUMET_LEDGER: database.url })
      assert.equal(code, 0, output)
    })
  })
}

type Open = (schema: string, url?: string, deadlineMs?: number) => Promise<Ledger>
type Sql = (text: string) => Promise<unknown>

function storage(open: Open, sql: Sql): void {
  it('is set up once when several open it at the same time', async () => {
    const opened = await Promise.all(numbers(5).map(() => open('many')))
    assert.equal(new Set(opened.map(({ installation }) => installation)).size, 1)
    for (const ledger of opened) await ledger.close()
  })

  it('refuses what another version wrote, and says so', async () => {
    await (await open('newer')).close()
    await sql('update newer.meta set schema = 2')
    await assert.rejects(open('newer'), {
      kind: 'unavailable',
      message: /another version of Calumet/,
    })
  })

  it('names the first event that was edited, and rows that cannot be', async (t) => {
    const ledger = await open('edited')
    t.after(() => ledger.close())
    const events = numbers(5).map((number) => told(`w${number}`, { number }))
    await ledger.commit({ puts: [lease('l', 0, 'held'), receipt('r', 0)], events })
    await assert.rejects(sql(`delete from edited.event where seq = 3`), /never changed or deleted/)
    await sql('drop trigger event_stays on edited.event')
    await sql(`update edited.event set workload = 'other' where seq = 3`)
    await sql(`update edited.row set state = 'ready' where id = 'l'`)
    const faults = await ledger.verify()
    assert.match(faults[0] ?? '', /^event 3 is not what was written/)
    assert.deepEqual(faults.slice(1), ['lease l is held, yet noted as ready'])
  })

  it('waits for a commit of somebody else no longer than half its deadline', async (t) => {
    const ledger = await open('locked', undefined, 1_000)
    t.after(() => ledger.close())
    const outcome = sql(`begin; select * from locked.meta for update;
      select pg_sleep(1.2); commit`)
    await untilLocked(sql)
    const refused = { kind: 'unavailable', message: /lock timeout/ }
    await assert.rejects(ledger.commit({ puts: [receipt('a', 0)], events: [] }), refused)
    await outcome
    assert.equal(await ledger.get('receipt', 'a'), null)
  })
}

async function untilLocked(sql: Sql): Promise<void> {
  const text = `select count(*)::int as n from pg_stat_activity where wait_event = 'PgSleep'`
  for (let turn = 0; turn < 200; turn += 1) {
    const { rows } = (await sql(text)) as { rows: readonly { n: number }[] }
    if (rows[0]?.n === 1) return
  }
  assert.fail('nobody holds the lock')
}

function outages(database: Database, open: Open): void {
  it('keeps what it acknowledged when the server dies, and settles every promise', async (t) => {
    const ledger = await open('mortal')
    t.after(() => ledger.close())
    for (const round of [1, 2]) {
      const acknowledged: string[] = []
      const failed: unknown[] = []
      let stopping: Promise<void> | null = null
      const write = async (writer: number) => {
        for (let number = 1; failed.length < 8; number += 1) {
          const id = `${round}/${writer}/${number}`
          try {
            const puts = [receipt(id, 0)]
            const { outcome } = await ledger.commit({ puts, events: [told(id)] })
            assert.equal(outcome, 'done')
            acknowledged.push(id)
            if (acknowledged.length > 100) stopping ??= database.stop()
          } catch (error) {
            failed.push(error)
          }
        }
      }
      await Promise.all(numbers(8).map(write))
      await stopping
      for (const error of failed) assert.match(String(error), /^LedgerError: /)
      await assert.rejects(ledger.read(), { name: 'LedgerError', kind: 'unavailable' })
      const late = ledger.commit({ puts: [receipt(`late ${round}`, 0)], events: [] })
      await assert.rejects(late, { name: 'LedgerError', kind: 'unavailable' })
      await database.start()
      const kept = await readAgain(ledger)
      for (const id of acknowledged) assert.ok(kept.has(id), `${id} was acknowledged and is lost`)
      assert.ok(!kept.has(`late ${round}`))
    }
    assert.deepEqual(await ledger.verify(), [])
  })
}

/** A connection that died with the server may cost one more call its answer. */
async function readAgain(ledger: Ledger): Promise<ReadonlySet<string>> {
  for (let turn = 0; turn < 20; turn += 1) {
    const { rows } = await ledger.read().catch(() => ({ rows: null }))
    if (rows) return new Set(rows.receipt.map(({ id }) => id))
  }
  assert.fail('the ledger does not come back')
}

/** A wire between ledger and server that can be made to swallow what comes back. */
function silence(folder: string, open: Open): void {
  it('calls a commit unknown when no answer comes, and a read unavailable', async (t) => {
    const wire = await wireTo(join(folder, '.s.PGSQL.5432'))
    t.after(wire.close)
    const url = `postgres://calumet@127.0.0.1:${wire.port}/postgres`
    const ledger = await open('quiet', url, 500)
    t.after(() => ledger.close())
    wire.isSilent = true
    await assert.rejects(ledger.read(), { kind: 'unavailable', message: /no answer within 500 ms/ })
    wire.isSilent = false
    assert.deepEqual((await ledger.read()).rows.receipt, [])
    wire.isSilent = true
    const commit = ledger.commit({ puts: [receipt('a', 0)], events: [] })
    await assert.rejects(commit, { kind: 'unknown', message: /no answer within 500 ms/ })
    wire.isSilent = false
    assert.equal((await ledger.get('receipt', 'a'))?.version, 1)
  })
}

async function wireTo(socket: string) {
  const ends: Socket[] = []
  const wire = { isSilent: false, port: 0, close: () => {} }
  const server = createServer((near) => {
    const far = connect(socket)
    ends.push(near, far)
    for (const end of [near, far]) end.on('error', () => {})
    near.on('data', (bytes) => far.write(bytes))
    far.on('data', (bytes) => wire.isSilent || near.write(bytes))
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  assert.ok(address && typeof address === 'object')
  wire.port = address.port
  wire.close = () => {
    for (const end of ends) end.destroy()
    server.close()
  }
  return wire
}
