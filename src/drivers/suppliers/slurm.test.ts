/**
 * The driver against paper clusters of both dialects, and what is peculiar to Slurm. Against a real
 * cluster it is held by `npm run test:slurm`.
 */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { type PaperSlurm, paperSlurm } from '../../../test/slurm/paper.ts'
import { isOffer } from '../../core/domain/offer.ts'
import type { SupplierSpec } from '../../core/domain/supplier.ts'
import type { Shell } from '../../ports/shell.ts'
import type { AcquireRequest, Supplier } from '../../ports/supplier.ts'
import { supplierContract } from '../../testing/supplier-contract.ts'
import { termsOf } from './slurm/terms.ts'
import { shelvesOf, slurm } from './slurm.ts'

const dialects = ['v0.0.38', 'v0.0.42'] as const

function spec(url: string, settings: Readonly<Record<string, string>> = {}): SupplierSpec {
  return {
    ...{ name: 'campus', generation: 1, driver: 'slurm', url, tokenFrom: null, buying: true },
    promises: { class: 'C', lateEffectMs: 0, listLagMs: 0 },
    settings: { user: 'me', spool: '/shared', 'price.h100': '2', ...settings },
  }
}

const claims = Buffer.from(JSON.stringify({ exp: 9e9, sun: 'me' })).toString('base64url')
const token = `e30.${claims}.c2lnbmVk`
const noShell = { run: () => Promise.reject(new Error('no shell here')) }

function driver(
  url: string,
  settings = {},
  steadyMs = () => performance.now(),
  shell: Shell = noShell,
): Supplier {
  const own = { script: () => '#!/bin/sh\n', canonical: (name: string) => name.toUpperCase() }
  const given = { spec: spec(url, settings), token: () => token, fetch, shell }
  return slurm({ ...given, ...own, now: Date.now, steadyMs })
}

const order: AcquireRequest = {
  installation: 'lab',
  key: 'k',
  offer: 'gpu.h100x8',
  nodes: 1,
  pricePerHourMax: 1_000_000_000,
  bootstrap: { server: 'http://127.0.0.1:9', key: 'k', secret: 'hush', deadManMs: 60_000 },
}

for (const dialect of dialects) {
  supplierContract(`Slurm on paper, ${dialect}`, async () => {
    const paper = await paperSlurm(dialect)
    const close = async () => paper.close()
    const promised = { class: 'C', listLagMs: 0 } as const
    return { supplier: driver(paper.url), promised, order, stock: 4, close }
  })
}

async function opened(
  t: TestContext,
  dialect: (typeof dialects)[number] = 'v0.0.38',
): Promise<PaperSlurm> {
  const paper = await paperSlurm(dialect)
  t.after(paper.close)
  return paper
}

describe('an order', () => {
  it('is a job of whole nodes that never comes back, in either dialect', async (t) => {
    const [old, later] = [await opened(t), await opened(t, 'v0.0.42')]
    const own = { account: 'team', qos: 'high', time_limit: '2h' }
    await driver(old.url, own).acquire({ ...order, nodes: 2 })
    await driver(later.url, { ...own, switches: '1@5m' }).acquire({ ...order, nodes: 2 })
    const common = {
      ...{ name: 'k', comment: 'calumet lab k gpu.h100x8 2 32000000', partition: 'gpu' },
      ...{ account: 'team', qos: 'high', tasks_per_node: 1 },
      ...{ dependency: 'singleton', current_working_directory: '/' },
      ...{ standard_input: '/dev/null', standard_output: '/dev/null', standard_error: '/dev/null' },
    }
    const path = '/usr/local/bin:/usr/bin:/bin'
    assert.deepEqual(old.orders[0]?.job, {
      ...{ ...common, nodes: 2, gpus_per_node: 'h100:8', exclusive: 'exclusive', no_requeue: true },
      ...{ memory_per_node: 0, environment: { PATH: path }, time_limit: 120 },
    })
    assert.deepEqual(later.orders[0]?.job, {
      ...{ ...common, minimum_nodes: 2, maximum_nodes: 2, tres_per_node: 'gres/gpu:h100:8' },
      ...{ requeue: false, shared: ['none'], memory_per_node: { set: true, number: 0 } },
      ...{ environment: [`PATH=${path}`], time_limit: { set: true, number: 120 } },
      ...{ required_switches: { set: true, number: 1 }, wait_for_switch: 300 },
    })
  })

  it('leaves no switches out where an old slurmrestd cannot ask for them', async (t) => {
    const paper = await opened(t)
    const supplier = driver(paper.url, { switches: '1' })
    const said = /slurmrestd v0\.0\.38 cannot ask for settings\.switches; expected none, or an ssh:/
    await assert.rejects(supplier.acquire(order), { kind: 'refused', message: said })
    assert.equal(paper.orders.length, 0)
  })

  it('of a web page buys nothing, and says what came', async (t) => {
    const paper = await opened(t)
    paper.answer({ status: 200, body: '<h1>Welcome</h1>' })
    const said = /200 and text\/html that is no answer of Slurm’s: <h1>Welcome/
    await assert.rejects(driver(paper.url).acquire(order), { kind: 'busy', message: said })
    assert.equal(paper.orders.length, 0)
  })

  it('is refused without a good token, before anything is sent', async () => {
    const nobody = 'http://127.0.0.1:9'
    const past = Buffer.from(JSON.stringify({ exp: 1 })).toString('base64url')
    const cases: [string | null, RegExp][] = [
      [null, /campus needs a token, and has none/],
      ['hush', /no JSON Web Token/],
      [`e30.${past}.c2lnbmVk`, /ran out at 1970-01-01T00:00:01\.000Z; renew it/],
    ]
    for (const [bad, message] of cases) {
      const given = { spec: spec(nobody), token: () => bad, fetch, shell: noShell }
      const own = { script: () => '', canonical: () => null, now: () => 0, steadyMs: () => 0 }
      const refused = { kind: 'refused', message }
      await assert.rejects(slurm({ ...given, ...own }).acquire(order), refused)
    }
  })
})

describe('offers', () => {
  it('are of free nodes, less those that others are about to get', async (t) => {
    const paper = await opened(t, 'v0.0.42')
    paper.mark('n1', ['IDLE', 'DRAIN'])
    paper.mark('n2', ['IDLE', 'COMPLETING'])
    const supplier = driver(paper.url, { spot: 'scavenger', 'price.scavenger.h100': '0.50' })
    const offers = await supplier.offers()
    assert.deepEqual(
      offers
        .filter(isOffer)
        .map(({ id, market, pricePerHour, stock }) => [id, market, pricePerHour, stock]),
      [
        ['gpu.h100x8', 'on-demand', 16_000_000, { kind: 'count', nodes: 2 }],
        ['scavenger.h100x8', 'spot', 4_000_000, { kind: 'count', nodes: 2 }],
      ],
    )
  })

  it('are of no node that was given away between the two questions', () => {
    const nodes = ['n1', 'n2'].map((name) => {
      const accelerators = [{ type: 'h100', count: 8 }]
      return { name, partitions: ['gpu'], states: ['IDLE'], accelerators }
    })
    const began = { id: 1, name: 'k', comment: '', partition: 'gpu', reason: 'None' }
    const times = { submittedAt: 1, startedAt: 2, endedAt: null, preemptedAt: null }
    const job = { ...began, ...times, states: ['RUNNING'], nodeCount: 1, nodes: ['n1'] }
    const given = { spec: spec('http://127.0.0.1:9'), canonical: (name: string) => name }
    const [shelf] = shelvesOf({
      ...{ ...given, terms: termsOf(given.spec), partitions: ['gpu'], observedAt: 3 },
      ...{ nodes, jobs: [job] },
    })
    assert.deepEqual(shelf?.offer.stock, { kind: 'count', nodes: 1 })
  })

  it('are of partitions that let a job run for as long as it is to', async (t) => {
    const { url } = await opened(t)
    const ids = async (settings: object) => {
      return (await driver(url, settings).offers()).map(({ id }) => id)
    }
    assert.deepEqual(await ids({ time_limit: '4h' }), ['gpu.h100x8', 'scavenger.h100x8'])
    assert.deepEqual(await ids({ time_limit: '5h' }), ['gpu.h100x8'])
    const message =
      'campus: settings.time_limit is 300 minutes; expected 240 at most, ' +
      'the limit of partition scavenger'
    const named = driver(url, { time_limit: '5h', partitions: 'gpu,scavenger' })
    await assert.rejects(named.acquire(order), { kind: 'refused', message })
  })

  it('name the partition that is not there', async (t) => {
    const { url } = await opened(t)
    const message = 'campus has no partition moon; it has gpu, scavenger'
    await assert.rejects(driver(url, { partitions: 'moon' }).offers(), { kind: 'refused', message })
  })
})

it('a job whose node is out of sight counts as running until its ranks surely ended', async (t) => {
  const paper = await opened(t)
  let now = 0
  const supplier = driver(paper.url, {}, () => now)
  const { id } = await supplier.acquire({ ...order, nodes: 2 })
  await supplier.release(id)
  paper.mark('n2', ['DOWN'])
  const seen = async () => (await supplier.list('lab')).rentals[0]
  const dark = await seen()
  assert.deepEqual([dark?.state, dark?.endedAt, dark?.nodes[1]?.up], ['running', null, false])
  now = 119_999
  assert.equal((await seen())?.state, 'running')
  now = 120_000
  assert.equal((await seen())?.state, 'ended')
})

describe('a job that its controller has forgotten', () => {
  const over = { state: 'TIMEOUT', start: 100, end: 160 }

  for (const dialect of dialects) {
    it(`ends when accounting says, in ${dialect}`, async (t) => {
      const paper = await opened(t, dialect)
      const supplier = driver(paper.url)
      const { id } = await supplier.acquire(order)
      await supplier.list('lab')
      paper.forget(Number(id), over)
      const [rental] = (await supplier.list('lab')).rentals
      assert.deepEqual([rental?.id, rental?.state, rental?.key], [id, 'ended', 'k'])
      assert.deepEqual([rental?.startedAt, rental?.endedAt], [100_000, 160_000])
      assert.equal((await supplier.list('lab')).rentals.length, 1, 'and stays in the listing')
    })
  }

  it('is known from the spool to who begins after', async (t) => {
    const paper = await opened(t)
    const { id } = await driver(paper.url).acquire(order)
    paper.forget(Number(id), over)
    const note = `${id} k ${paper.orders[0]?.job.comment}\n7 other calumet lab other a 1 1\n`
    const shell = { run: async () => ({ code: 0, stdout: Buffer.from(note), stderr: '' }) }
    const [rental, ...more] = (await driver(paper.url, {}, undefined, shell).list('lab')).rentals
    assert.deepEqual([rental?.id, rental?.endedAt], [id, 160_000])
    assert.deepEqual(more, [])
  })

  it('is nowhere without accounting, which is asked again a minute later', async (t) => {
    const paper = await opened(t)
    let nowMs = 0
    const supplier = driver(paper.url, {}, () => nowMs)
    const { id } = await supplier.acquire(order)
    await supplier.list('lab')
    paper.forget(Number(id), null)
    assert.deepEqual(await supplier.list('lab'), { complete: true, rentals: [] })
    paper.forget(Number(id), over)
    nowMs = 59_999
    assert.deepEqual((await supplier.list('lab')).rentals, [])
    nowMs = 60_000
    assert.equal((await supplier.list('lab')).rentals[0]?.endedAt, 160_000)
  })

  it('is not taken for another of the same number', async (t) => {
    const paper = await opened(t)
    const supplier = driver(paper.url)
    const { id } = await supplier.acquire(order)
    await supplier.list('lab')
    paper.forget(Number(id), { ...over, name: 'another' })
    assert.deepEqual((await supplier.list('lab')).rentals, [])
  })
})

describe('settings', () => {
  const cases: [Record<string, string>, RegExp][] = [
    [{ spool: 'here' }, /settings\.spool is "here"; expected the path of a folder/],
    [{ moon: '1' }, /settings\.moon means nothing; expected user, spool/],
    [{ 'price.h100': 'much' }, /settings\.price\.h100 is "much"; expected dollars/],
    [{ time_limit: '10s' }, /settings\.time_limit is "10s"; expected a duration from 1m on/],
    [{ switches: '0' }, /settings\.switches is "0"; expected a number, or with a duration/],
    [{ switches: '1@1s' }, /settings\.switches is "1@1s"/],
    [{ partitions: 'a b' }, /settings\.partitions is "a b"; expected names between commas/],
  ]
  for (const [settings, message] of cases) {
    it(`${JSON.stringify(settings)} is refused by name`, () => {
      assert.throws(() => driver('http://127.0.0.1:9', settings), { kind: 'refused', message })
    })
  }
})
