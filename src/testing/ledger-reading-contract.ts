/**
 * The part of the ledger's contract that is about reading: rows as values, events in order.
 */
import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'
import { event } from '../core/domain/event.ts'
import type { Ledger } from '../ports/ledger.ts'
import { type Check, idsOf, lease, numbers, put, receipt, run, told } from './ledger-rows.ts'

export function reads(check: Check): void {
  check('answers null for what is not there', async (ledger) => {
    assert.equal(await ledger.get('workload', 'ghost'), null)
    assert.deepEqual(await ledger.list('workload'), [])
  })

  check('picks rows of all kinds at once, in the order asked for', async (ledger) => {
    await put(ledger, lease('a', 0, 'gone', false), run('r.0', 0, 'waiting'), receipt('a', 0))
    const [receiptRow, ghost, leaseRow, again] = await ledger.pick([
      { kind: 'receipt', id: 'a' },
      { kind: 'run', id: 'r.1' },
      { kind: 'lease', id: 'a' },
      { kind: 'receipt', id: 'a' },
    ])
    assert.deepEqual(leaseRow, await ledger.get('lease', 'a'))
    assert.deepEqual([receiptRow?.body.requestHash, ghost], [again?.body.requestHash, null])
    assert.deepEqual(await ledger.pick([]), [])
  })

  check('shows live rows to the loop and history to who asks for it', async (ledger) => {
    await put(ledger, lease('a', 0, 'held'), lease('b', 0, 'gone', false), run('r.0', 0, 'waiting'))
    const { rows } = await ledger.read()
    assert.deepEqual(idsOf(rows.lease), ['a'])
    assert.deepEqual(idsOf(rows.run), ['r.0'])
    assert.deepEqual(rows.workload, [])
    assert.deepEqual(idsOf(await ledger.list('lease')), ['a'])
    assert.deepEqual(idsOf(await ledger.list('lease', { all: true })), ['a', 'b'])
    assert.equal((await ledger.get('lease', 'b'))?.live, false)
    await put(ledger, lease('a', 1, 'gone', false))
    assert.deepEqual((await ledger.read()).rows.lease, [])
    assert.deepEqual(idsOf(rows.lease), ['a'])
  })

  check('sees at once what another one wrote', async (ledger, again) => {
    const other = await again()
    await put(ledger, receipt('a', 0, 'one'))
    const before = await other.read()
    await put(ledger, receipt('a', 1, 'two'))
    const after = await other.read()
    assert.equal(before.rows.receipt[0]?.body.requestHash, 'one')
    assert.equal(after.rows.receipt[0]?.body.requestHash, 'two')
    assert.ok(after.now >= before.now)
  })

  check('reads a body once for each version, and shares it frozen', async (ledger) => {
    await put(ledger, lease('a', 0, 'held'), receipt('b', 0))
    const first = await ledger.read()
    const row = first.rows.lease[0]
    assert.ok(row && Object.isFrozen(first.rows.lease))
    assert.ok(Object.isFrozen(row) && Object.isFrozen(row.body))
    assert.throws(() => Object.assign(row.body, { nodes: 2 }), TypeError)
    await put(ledger, receipt('b', 1))
    assert.equal((await ledger.read()).rows.lease[0], row)
    assert.equal(await ledger.get('lease', 'a'), row)
  })

  check('lists in the order of bytes, page by page', async (ledger) => {
    // UTF-16 would put the last two the other way round, and a dictionary nearly all of them.
    const ids = ['A', 'Z', 'a', 'a-b', 'a.b', 'ab', 'z', 'é', '中', '\ue000', '😀']
    await put(ledger, ...ids.toReversed().map((id) => receipt(id, 0)))
    assert.deepEqual(idsOf(await ledger.list('receipt')), ids)
    assert.deepEqual(idsOf((await ledger.read()).rows.receipt), ids)
    const pages: string[] = []
    for (let page = ['']; page.length > 0; ) {
      const after = page.at(-1)
      page = idsOf(await ledger.list('receipt', { after, limit: 4 }))
      pages.push(...page)
    }
    assert.deepEqual(pages, ids)
    assert.deepEqual(await ledger.list('receipt', { limit: 0 }), [])
  })

  check('lists 1,000 where no limit is given', async (ledger) => {
    await put(ledger, ...numbers(1_001).map((number) => receipt(`r${number}`, 0)))
    assert.equal((await ledger.list('receipt')).length, 1_000)
    assert.equal((await ledger.list('receipt', { limit: 2_000 })).length, 1_001)
  })

  check('gives texts and the order of names back as they were', async (ledger) => {
    const texts = ['é 中文 😀 \u202e', `"quoted" \\ 'x' $1 ?`, 'line\nline\t\u001f', '\ud800']
    for (const [index, text] of texts.entries()) {
      await ledger.commit({
        puts: [receipt(`t${index}`, 0, text)],
        events: [told('a', { b: text, a: 1.5, c: null, 中: true })],
      })
      const row = await ledger.get('receipt', `t${index}`)
      assert.equal(row?.body.requestHash, text)
      assert.deepEqual(Object.keys(row?.body ?? {}), ['requestHash', 'reply'])
    }
    const facts = (await ledger.events({})).map((each) => each.facts)
    assert.deepEqual(
      facts,
      texts.map((text) => ({ b: text, a: 1.5, c: null, 中: true })),
    )
    assert.deepEqual(Object.keys(facts[0] ?? {}), ['b', 'a', 'c', '中'])
    assert.deepEqual(await ledger.verify(), [])
  })
}

export function events(check: Check): void {
  check('numbers them from 1 without a gap, in the order of time', async (ledger) => {
    const before = await ledger.now()
    const first = await ledger.commit({ puts: [], events: [told('a'), told('b')] })
    const second = await ledger.commit({ puts: [], events: [told('c')] })
    const after = await ledger.now()
    assert.deepEqual(first, { outcome: 'done', lastSeq: 2 })
    assert.deepEqual(second, { outcome: 'done', lastSeq: 3 })
    const all = await ledger.events({})
    assert.deepEqual(
      all.map(({ seq, workload }) => [seq, workload]),
      [
        [1, 'a'],
        [2, 'b'],
        [3, 'c'],
      ],
    )
    const times = [before, ...all.map(({ at }) => at), after]
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    )
    assert.ok(Object.isFrozen(all[0]) && Object.isFrozen(all[0]?.facts))
  })

  check('pages forward with after and back with before', async (ledger) => {
    await ledger.commit({ puts: [], events: numbers(9).map((number) => told(String(number))) })
    const seqs = async (query: Parameters<Ledger['events']>[0]) =>
      (await ledger.events(query)).map(({ seq }) => seq)
    assert.deepEqual(await seqs({ limit: 3 }), [1, 2, 3])
    assert.deepEqual(await seqs({ after: 3, limit: 3 }), [4, 5, 6])
    assert.deepEqual(await seqs({ after: 9 }), [])
    assert.deepEqual(await seqs({ before: 5, limit: 3 }), [2, 3, 4])
    assert.deepEqual(await seqs({ before: 100, limit: 2 }), [8, 9])
    assert.deepEqual(await seqs({ after: 2, before: 8, limit: 2 }), [6, 7])
  })

  check('tells those of one workload, lease or supplier', async (ledger) => {
    const drafts = [
      event('lease.held', { workload: 'w', lease: 'w.0.1', supplier: 'acme' }),
      event('lease.held', { workload: 'v', lease: 'v.0.1', supplier: 'acme' }),
      event('workload.ended', { workload: 'w' }),
      event('policy.submitted', {}),
    ]
    await ledger.commit({ puts: [], events: drafts })
    const seqs = async (query: Parameters<Ledger['events']>[0]) =>
      (await ledger.events(query)).map(({ seq }) => seq)
    assert.deepEqual(await seqs({ workload: 'w' }), [1, 3])
    assert.deepEqual(await seqs({ supplier: 'acme' }), [1, 2])
    assert.deepEqual(await seqs({ lease: 'v.0.1' }), [2])
    assert.deepEqual(await seqs({ workload: 'w', after: 1 }), [3])
    assert.deepEqual(await seqs({ workload: 'w', supplier: 'acme' }), [1])
  })

  check('shows no event before those with a lower number', async (ledger, again) => {
    const writers = [ledger, await again(), await again()]
    const reader = await again()
    const total = 150
    const writing = Promise.all(
      numbers(total).map((number) =>
        writers[number % 3]?.commit({ puts: [], events: [told(String(number))] }),
      ),
    )
    const seen: number[] = []
    while (seen.length < total) {
      await turn()
      const more = await reader.events({ after: seen.length, limit: 20 })
      seen.push(...more.map(({ seq }) => seq))
    }
    await writing
    assert.deepEqual(seen, numbers(total))
    assert.deepEqual(await reader.verify(), [])
  })
}
