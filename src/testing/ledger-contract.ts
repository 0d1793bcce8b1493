/**
 * What every ledger must do, whatever it stores its rows in.
 *
 * Call it in the test of a driver. It waits for nothing but the ledger, and leaves rows behind.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { EventDraft } from '../core/domain/event.ts'
import type { Spec } from '../core/domain/spec.ts'
import type { Expectation, Ledger, Put } from '../ports/ledger.ts'
import { events, reads } from './ledger-reading-contract.ts'
import {
  type Case,
  type Check,
  job,
  lease,
  numbers,
  put,
  receipt,
  run,
  told,
} from './ledger-rows.ts'

/** Opens a storage by its name: the same name again is the same storage, a new one is empty. */
export type OpenLedger = (storage: string) => Promise<Ledger>

/** What takes submissions into a ledger; with it the contract tries idempotency keys as well. */
export type Submit = (
  ledger: Ledger,
  specs: readonly Spec[],
  key: { readonly key: string; readonly requestHash: string },
) => Promise<{ readonly outcome: string }>

export function ledgerContract(name: string, open: OpenLedger, submit?: Submit): void {
  let storages = 0
  const check = (rule: string, drive: Case) =>
    it(rule, async () => {
      storages += 1
      const storage = `contract_${storages}`
      const opened: Ledger[] = []
      const again = async () => {
        const ledger = await open(storage)
        opened.push(ledger)
        return ledger
      }
      try {
        await drive(await again(), again)
      } finally {
        for (const ledger of opened) await ledger.close()
      }
    })
  describe(`the ledger ${name}`, () => {
    describe('commits', () => commits(check))
    describe('refuses bugs', () => bugs(check))
    describe('reads', () => reads(check))
    describe('tells events', () => events(check))
    describe('knows who leads', () => leadership(check))
    if (submit) describe('takes submissions', () => submissions(check, submit))
  })
}

function commits(check: Check): void {
  check('writes a row from version 0, then from the version it has', async (ledger) => {
    assert.equal((await put(ledger, receipt('a', 0, 'one'))).outcome, 'done')
    assert.equal((await put(ledger, receipt('a', 1, 'two'))).outcome, 'done')
    const row = await ledger.get('receipt', 'a')
    assert.deepEqual(row, {
      kind: 'receipt',
      id: 'a',
      version: 2,
      live: true,
      body: { requestHash: 'two', reply: '' },
    })
  })

  check('names the row whose version has moved on', async (ledger) => {
    await put(ledger, receipt('a', 0), receipt('b', 0))
    const stale = { outcome: 'stale', kind: 'receipt', id: 'b' }
    assert.deepEqual(await put(ledger, receipt('a', 1), receipt('b', 0)), stale)
    assert.deepEqual(await put(ledger, receipt('a', 1), receipt('b', 2)), stale)
    assert.equal((await ledger.get('receipt', 'a'))?.version, 1)
  })

  check('holds a commit to the rows it expects', async (ledger) => {
    await put(ledger, receipt('a', 0))
    const expecting = (...expects: Expectation[]) =>
      ledger.commit({ expects, puts: [receipt('b', 0)], events: [] })
    const a = { kind: 'receipt', id: 'a' } as const
    const ghost = { kind: 'receipt', id: 'ghost' } as const
    assert.deepEqual(await expecting({ ...a, version: 0 }), { outcome: 'stale', ...a })
    assert.deepEqual(await expecting({ ...a, version: 2 }), { outcome: 'stale', ...a })
    assert.deepEqual(await expecting({ ...ghost, version: 1 }), { outcome: 'stale', ...ghost })
    assert.equal(await ledger.get('receipt', 'b'), null)
    const done = await expecting({ ...a, version: 1 }, { ...ghost, version: 0 })
    assert.equal(done.outcome, 'done')
  })

  check('applies all of a commit or nothing', async (ledger) => {
    await put(ledger, receipt('taken', 0))
    const refused = await ledger.commit({
      puts: [receipt('new', 0), receipt('taken', 0)],
      events: [told('new')],
    })
    assert.equal(refused.outcome, 'stale')
    assert.equal(await ledger.get('receipt', 'new'), null)
    assert.deepEqual(await ledger.events({}), [])
  })

  check('lets one of many win a row, and the rest know', async (ledger, again) => {
    const other = await again()
    const outcomes = await Promise.all(
      numbers(40).map((number) =>
        (number % 2 ? ledger : other).commit({
          puts: [receipt('a', 0, String(number))],
          events: [told(String(number))],
        }),
      ),
    )
    assert.equal(outcomes.filter(({ outcome }) => outcome === 'done').length, 1)
    assert.equal(outcomes.filter(({ outcome }) => outcome === 'stale').length, 39)
    const [told1, ...more] = await ledger.events({})
    assert.deepEqual(more, [])
    assert.equal(told1?.workload, (await other.get('receipt', 'a'))?.body.requestHash)
  })

  check('keeps its name and its rows when it is opened again', async (ledger, again) => {
    await ledger.commit({ puts: [receipt('a', 0)], events: [told('a')] })
    const before = await ledger.now()
    const seen = await ledger.events({})
    await ledger.close()
    const reopened = await again()
    assert.equal(reopened.installation, ledger.installation)
    assert.equal((await reopened.get('receipt', 'a'))?.version, 1)
    assert.deepEqual(await reopened.events({}), seen)
    assert.ok((await reopened.now()) >= before)
    assert.deepEqual(await reopened.verify(), [])
  })

  check('rejects what comes after it was closed', async (ledger) => {
    await ledger.close()
    await assert.rejects(ledger.read(), { name: 'LedgerError', kind: 'unavailable' })
    await assert.rejects(put(ledger, receipt('a', 0)), { name: 'LedgerError', kind: 'unavailable' })
  })
}

function bugs(check: Check): void {
  const refuses = (what: string, puts: readonly Put[], said: RegExp) =>
    check(what, async (ledger) => {
      const commit = { puts: [receipt('beside', 0), ...puts], events: [told('a')] }
      await assert.rejects(ledger.commit(commit), (error: Error) => {
        assert.notEqual(error.name, 'LedgerError')
        assert.match(error.message, said)
        return true
      })
      assert.equal(await ledger.get('receipt', 'beside'), null)
      assert.deepEqual(await ledger.events({}), [])
    })

  refuses('one row put twice', [receipt('a', 0), receipt('a', 1)], /receipt a is put twice/)
  refuses('a NUL in an id', [receipt('a\0b', 0)], /NUL/)
  refuses('a NUL in a body', [receipt('a', 0, 'x\0y')], /receipt a\.requestHash holds a NUL/)
  refuses('half a character in an id', [receipt('\ud800', 0)], /not Unicode/)
  refuses('a live lease that is gone', [lease('l', 0, 'gone', true)], /lease l is gone/)
  refuses('a lease put away that is not gone', [lease('l', 0, 'held', false)], /lease l is held/)
  for (const amount of [Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, -(2 ** 60)]) {
    const dear = lease('l', 0, 'intended')
    const puts = [{ ...dear, body: { ...dear.body, pricePerHourMax: amount } } as Put]
    refuses(`${amount} as money`, puts, /lease l\.pricePerHourMax is .*exactly/)
  }

  check('a NUL or a lost number in an event', async (ledger) => {
    const tell = (draft: EventDraft) => ledger.commit({ puts: [], events: [draft] })
    await assert.rejects(tell(told('a\0')), /workload of event workload.submitted holds a NUL/)
    await assert.rejects(tell(told('a', { amount: 0.1 + 2 ** 60 })), /facts.*exactly/)
    await assert.rejects(tell(told('a', { said: '\0' })), /NUL/)
    assert.deepEqual(await ledger.events({}), [])
  })

  check('moves that the life of a lease does not know', async (ledger) => {
    await put(ledger, lease('l', 0, 'intended'))
    await assert.rejects(
      put(ledger, lease('l', 1, 'ready')),
      /lease l may not move from intended to ready/,
    )
    assert.equal((await put(ledger, lease('l', 1, 'intended'))).outcome, 'done')
    assert.equal((await put(ledger, lease('l', 2, 'gone'))).outcome, 'done')
    await assert.rejects(put(ledger, lease('l', 3, 'held')), /may not move from gone to held/)
    // Whoever looks at an old version is late, not wrong.
    assert.equal((await put(ledger, lease('l', 1, 'ready'))).outcome, 'stale')
  })

  check('moves that the life of a run does not know, alone in a crowd', async (ledger) => {
    await put(ledger, run('r.0', 0, 'done'))
    const wrong = put(ledger, receipt('with it', 0), run('r.0', 1, 'running'))
    const right = put(ledger, receipt('beside it', 0))
    await assert.rejects(wrong, /run r\.0 may not move from done to running/)
    assert.equal((await right).outcome, 'done')
    assert.equal(await ledger.get('receipt', 'with it'), null)
  })
}

function leadership(check: Check): void {
  check('gives it to one, and to the next once it was given up', async (ledger, again) => {
    const other = await again()
    const first = await ledger.lead('a', 60_000)
    assert.equal(first?.holder, 'a')
    assert.ok(first.until > (await ledger.now()) + 50_000)
    assert.equal(await other.lead('b', 60_000), null)
    const renewed = await ledger.lead('a', 60_000)
    assert.equal(renewed?.epoch, first.epoch)
    await other.resign('b')
    assert.equal(await other.lead('b', 60_000), null)
    await ledger.resign('a')
    assert.equal((await other.lead('b', 60_000))?.epoch, first.epoch + 1)
  })

  check('refuses commits of a leadership that is not in force', async (ledger, again) => {
    const other = await again()
    const commit = (epoch: number, id: string) =>
      other.commit({ epoch, puts: [receipt(id, 0)], events: [] })
    const deposed = { outcome: 'deposed' }
    assert.deepEqual(await commit(0, 'a'), deposed)
    const first = (await ledger.lead('a', 60_000))?.epoch ?? 0
    assert.equal((await commit(first, 'a')).outcome, 'done')
    assert.deepEqual(await commit(first + 1, 'b'), deposed)
    await ledger.resign('a')
    assert.deepEqual(await commit(first, 'b'), deposed)
    const second = (await ledger.lead('a', 60_000))?.epoch ?? 0
    assert.ok(second > first)
    assert.deepEqual(await commit(first, 'a'), deposed)
    assert.equal((await commit(second, 'b')).outcome, 'done')
    assert.equal((await put(ledger, receipt('anybody', 0))).outcome, 'done')
  })

  check('ends it when its time is over', async (ledger) => {
    const first = await ledger.lead('a', 1)
    assert.ok(first)
    await untilTime(ledger, first.until)
    const late = { epoch: first.epoch, puts: [receipt('a', 0)], events: [] }
    assert.deepEqual(await ledger.commit(late), { outcome: 'deposed' })
    assert.equal((await ledger.lead('b', 60_000))?.epoch, first.epoch + 1)
    assert.equal(await ledger.lead('a', 60_000), null)
  })
}

function submissions(check: Check, submit: Submit): void {
  const specs = [{ kind: 'Job', spec: job('train') } as const]

  check('answers 100 equal requests with one key alike, and takes one', async (ledger, again) => {
    const other = await again()
    const key = { key: 'k', requestHash: 'h' }
    const answers = await Promise.all(
      numbers(100).map((number) => submit(number % 2 ? ledger : other, specs, key)),
    )
    const results = [{ kind: 'Job', name: 'train', change: 'created', generation: 1 }]
    for (const answer of answers) assert.deepEqual(answer, { outcome: 'done', results })
    assert.equal((await ledger.events({})).length, 1)
    assert.equal((await ledger.get('workload', 'train'))?.version, 1)
  })

  check('refuses another request under a key that was used', async (ledger) => {
    const of = (requestHash: string) => submit(ledger, specs, { key: 'k', requestHash })
    assert.equal((await of('h')).outcome, 'done')
    assert.deepEqual(await of('other'), { outcome: 'key-reused' })
    assert.equal((await ledger.events({})).length, 1)
  })
}

async function untilTime(ledger: Ledger, moment: number): Promise<void> {
  for (let turn = 0; turn < 100_000; turn += 1) if ((await ledger.now()) >= moment) return
  assert.fail('the time of the ledger stands still')
}
