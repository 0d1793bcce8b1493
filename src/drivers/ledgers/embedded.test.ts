/** The embedded ledger: the contract, and what is peculiar to a file that processes share. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { after, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { submit } from '../../operate/submit.ts'
import { ledgerContract } from '../../testing/ledger-contract.ts'
import { lease, numbers, put, receipt, told } from '../../testing/ledger-rows.ts'
import { embedded } from './embedded.ts'

const folder = mkdtempSync(join(tmpdir(), 'ledger-'))
after(() => rmSync(folder, { recursive: true }))

const pathOf = (storage: string) => join(folder, storage, 'ledger.db')
const open = (storage: string, clock: () => number = Date.now) =>
  embedded({ path: pathOf(storage), clock, randomId: randomUUID })

ledgerContract('embedded', open, submit)

it('never goes back in time, not even when it is opened again', async () => {
  let wallMs = 1_000
  const ledger = await open('time', () => wallMs)
  assert.equal(await ledger.now(), 1_000)
  wallMs = 2_000.9
  await ledger.commit({ puts: [], events: [told('a')] })
  wallMs = 500
  assert.equal(await ledger.now(), 2_000)
  await ledger.close()
  const reopened = await open('time', () => wallMs)
  assert.equal(await reopened.now(), 2_000)
  wallMs = 2_500
  assert.equal((await reopened.lead('a', 100))?.until, 2_600)
  wallMs = 0
  assert.equal((await reopened.read()).now, 2_500)
  await reopened.close()
})

it('ends a leadership at its last millisecond', async () => {
  let wallMs = 1_000
  const ledger = await open('leader', () => wallMs)
  await ledger.lead('a', 50)
  const commit = () => ledger.commit({ epoch: 1, puts: [], events: [told('a')] })
  wallMs = 1_049
  assert.equal((await commit()).outcome, 'done')
  assert.equal(await ledger.lead('b', 50), null)
  wallMs = 1_050
  assert.equal((await commit()).outcome, 'deposed')
  assert.equal((await ledger.lead('b', 50))?.epoch, 2)
  await ledger.close()
})

it('is for its owner alone', async () => {
  const ledger = await open('mode')
  await put(ledger, receipt('a', 0))
  assert.equal(statSync(dirname(pathOf('mode'))).mode & 0o777, 0o700)
  for (const end of ['', '-wal', '-shm']) {
    assert.equal(statSync(`${pathOf('mode')}${end}`).mode & 0o777, 0o600)
  }
  await ledger.close()
})

it('says what is wrong with a file that it cannot use', async () => {
  const refuses = (storage: string, message: RegExp) =>
    assert.rejects(open(storage), { name: 'LedgerError', kind: 'unavailable', message })
  for (const name of ['text', 'foreign']) mkdirSync(join(folder, name))
  writeFileSync(pathOf('text'), 'this is the diary of somebody else, not a database at all')
  await refuses('text', /ledger .*text\/ledger.db: it is no ledger/)
  edit('foreign', 'create table diary (day text)')
  await refuses('foreign', /a database of another program/)
  mkdirSync(pathOf('folder'), { recursive: true })
  await refuses('folder', /it is a folder/)
  await refuses(join('text', 'ledger.db'), /no folder/)
  await (await open('newer')).close()
  edit('newer', 'update meta set schema = 2')
  await refuses('newer', /another version of Calumet/)
})

it('names the first event that was edited, and rows that cannot be', async () => {
  const ledger = await open('edited')
  const events = numbers(5).map((number) => told(`w${number}`, { number }))
  await ledger.commit({ puts: [lease('l', 0, 'held'), receipt('r', 0)], events })
  assert.throws(() => edit('edited', 'delete from event where seq = 3'), /never deleted/)
  assert.throws(() => edit('edited', 'update event set at = 0'), /never changed/)
  edit('edited', 'drop trigger event_stays; drop trigger event_remains')
  edit('edited', `update row set body = '{' where id = 'r'; update row set state = 'ready'`)
  edit('edited', `update event set facts = '{"number":4}' where seq = 3`)
  const faults = await ledger.verify()
  assert.match(faults[0] ?? '', /^event 3 is not what was written/)
  assert.deepEqual(faults.slice(1), [
    'lease l is held, yet noted as ready',
    'receipt r has a body that is no JSON',
  ])
  await ledger.close()
})

it('notices events that are missing, at the end and in between', async () => {
  const ledger = await open('cut')
  await ledger.commit({ puts: [], events: numbers(5).map((number) => told(`w${number}`)) })
  edit('cut', 'drop trigger event_remains; delete from event where seq = 5')
  assert.deepEqual(await ledger.verify(), ['event 5 is missing, and all after it'])
  edit('cut', 'delete from event where seq = 2')
  assert.deepEqual(await ledger.verify(), ['event 2 is missing'])
  await ledger.close()
})

it('loses no acknowledged commit when its process is killed', async () => {
  for (const round of numbers(4)) {
    const writer = startWriter('killed', `k${round}`)
    const acknowledged = await readUntil(writer, 60 * round)
    const exit = once(writer, 'exit')
    writer.kill('SIGKILL')
    await exit
    const ledger = await open('killed')
    const kept = new Set((await ledger.list('receipt', { limit: 100_000 })).map(({ id }) => id))
    for (const id of acknowledged) assert.ok(kept.has(id), `${id} was acknowledged and is lost`)
    assert.equal((await ledger.events({ limit: 100_000 })).length, kept.size)
    assert.deepEqual(await ledger.verify(), [])
    await ledger.close()
  }
})

it('takes writes of several processes at the same time', async () => {
  const writers = ['a', 'b'].map((name) => startWriter('shared', name))
  try {
    const ledger = await open('shared')
    const reading = Promise.all(writers.map((writer) => readUntil(writer, 150)))
    const own = numbers(100).map((number) =>
      ledger.commit({ puts: [receipt(`own ${number}`, 0)], events: [told('own')] }),
    )
    for (const { outcome } of await Promise.all(own)) assert.equal(outcome, 'done')
    const acknowledged = (await reading).flat()
    const seen = new Set((await ledger.read()).rows.receipt.map(({ id }) => id))
    for (const id of acknowledged) assert.ok(seen.has(id), `${id} was acknowledged and is lost`)
    assert.deepEqual(await ledger.verify(), [])
    await ledger.close()
  } finally {
    await Promise.all(writers.map(end))
  }
})

it('applies nothing when the disk takes no more, and goes on when it does', async () => {
  // A limit on the size of files stands for a full disk: every write beyond it fails.
  const writer = startWriter('full', 'f', 'ulimit -f 900; ')
  const acknowledged = await readUntil(writer, 5_000)
  assert.equal(acknowledged.pop(), 'LedgerError unavailable')
  await end(writer)
  const ledger = await open('full')
  const kept = (await ledger.list('receipt', { limit: 100_000 })).map(({ id }) => id)
  assert.deepEqual(kept, acknowledged.toSorted())
  assert.deepEqual(await ledger.verify(), [])
  assert.equal((await put(ledger, receipt('after', 0))).outcome, 'done')
  await ledger.close()
})

/** Writes one commit after another, and prints the id of each that was acknowledged. */
const program = `
  const { embedded } = await import(process.argv[1])
  const [path, name] = process.argv.slice(2)
  const ledger = await embedded({ path, clock: Date.now, randomId: () => 'installation' })
  const write = async (id) => {
    const puts = [{ kind: 'receipt', id, version: 0, live: true,
      body: { requestHash: '', reply: 'x'.repeat(300) } }]
    const subjects = { workload: id, run: null, lease: null, supplier: null }
    const events = [{ kind: 'workload.submitted', ...subjects, facts: {} }]
    await ledger.commit({ puts, events })
    process.stdout.write(id + '\\n')
  }
  try {
    for (let n = 0; ; n += 3) await Promise.all([n, n + 1, n + 2].map((each) => write(name + each)))
  } catch (error) {
    process.stdout.write(error.name + ' ' + error.kind + '\\n', () => process.exit())
  }`

function startWriter(storage: string, name: string, before = ''): ChildProcess {
  const driver = fileURLToPath(new URL('./embedded.ts', import.meta.url))
  const script = `${before}exec "$0" "$@"`
  const node = ['--input-type=module', '-e', program, driver, pathOf(storage), name]
  const stdio = ['ignore', 'pipe', 'inherit'] as const
  return spawn('sh', ['-c', script, process.execPath, ...node], { stdio: [...stdio] })
}

/** The lines printed until there are so many of them, or no more come. */
async function readUntil(writer: ChildProcess, count: number): Promise<string[]> {
  assert.ok(writer.stdout)
  const lines: string[] = []
  for await (const line of createInterface({ input: writer.stdout })) {
    lines.push(line)
    if (lines.length === count) break
  }
  return lines
}

async function end(writer: ChildProcess): Promise<void> {
  if (writer.exitCode !== null || writer.signalCode !== null) return
  const exit = once(writer, 'exit')
  writer.kill('SIGKILL')
  await exit
}

function edit(storage: string, sql: string): void {
  const db = new DatabaseSync(pathOf(storage))
  try {
    db.exec(sql)
  } finally {
    db.close()
  }
}
