/**
 * The driver against our own supplier, of each class, and against suppliers that answer nonsense.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { gzipSync } from 'node:zlib'
import { driver, order, serve, shopFloor } from '../../../test/supplier-stage.ts'
import { isOffer } from '../../core/domain/offer.ts'
import { type Supplier, SupplierError } from '../../ports/supplier.ts'
import type { RentalPage, RentalShown } from '../../protocol/supplier.ts'
import { type SupplierStage, supplierContract } from '../../testing/supplier-contract.ts'
import { remote } from './remote.ts'

// Machines that take long to boot are sold at once and cost the tests no agent.
for (const promised of [
  { class: 'A', listLagMs: 0 },
  { class: 'B', listLagMs: 0 },
  { class: 'C', listLagMs: 80 },
] as const) {
  const { class: named, listLagMs } = promised
  supplierContract(`a remote supplier of class ${named}`, async (): Promise<SupplierStage> => {
    const floor = shopFloor()
    const behaviour = `class: ${named}\nlist_lag: ${listLagMs}ms\nboot_delay: 1h\npage_size: 2`
    const server = await serve(floor, behaviour)
    const supplier = driver(server)
    const close = async () => {
      await server.close()
      await floor.clear()
    }
    return { supplier, promised, order, stock: 5, close }
  })
}

const rental: RentalShown = {
  id: 'r-1',
  owner: order.installation,
  key: order.key,
  offer: order.offer,
  state: 'running',
  nodes: [{ index: 0, machine: 'r-1-0', up: true }],
  price_per_hour_micros: 20_000_000,
  started_at: 1_000,
  ended_at: null,
  notice_until: null,
}
const onePage: RentalPage = { rentals: [rental], next_cursor: null, total: 1 }

describe('what a purchase came to', () => {
  const cases: [string, Reply, string][] = [
    ['the rental', json(201, rental), 'done'],
    ['a price above the ceiling', json(201, { ...rental, price_per_hour_micros: 9e12 }), 'done'],
    ['another key', json(201, { ...rental, key: 'other' }), 'unknown'],
    ['another owner', json(201, { ...rental, owner: null }), 'unknown'],
    ['another offer', json(201, { ...rental, offer: 'b200x8' }), 'unknown'],
    ['another number of nodes', json(201, { ...rental, nodes: [] }), 'unknown'],
    ['no rental', json(201, { id: 'r-1' }), 'unknown'],
    ['half of it', { status: 201, body: '{"id":"r' }, 'unknown'],
    ['a web page', { status: 200, type: 'text/html', body: '<h1>Welcome</h1>' }, 'unknown'],
    ['a web page that forbids', { status: 403, type: 'text/html', body: '<h1>No</h1>' }, 'unknown'],
    ['too much', json(201, { ...rental, more: 'x'.repeat(3 << 20) }), 'unknown'],
    ['a bomb', zipped(' '.repeat(64 << 20)), 'unknown'],
    ['another place', { status: 307, headers: { location: '/' }, body: '' }, 'unknown'],
    ['no stock', problem(409, 'no-stock'), 'no-stock'],
    ['no quota', problem(403, 'quota'), 'quota'],
    ['too dear', problem(409, 'too-dear'), 'too-dear'],
    ['too often', problem(429, 'throttled'), 'busy'],
    ['too often, said by nobody', json(429, {}), 'busy'],
    ['a wrong token', problem(401, 'unauthorized'), 'refused'],
    ['a wrong order', problem(400, 'invalid'), 'refused'],
    ['a wrong order, of a new kind', json(422, { code: 'moon', detail: '' }), 'refused'],
    ['a key for something else', problem(409, 'key-reused'), 'refused'],
    ['a conflict, said by nobody', json(409, {}), 'unknown'],
    ['a failure', problem(500, 'internal'), 'unknown'],
    ['a failure that speaks of stock', problem(503, 'no-stock'), 'unknown'],
  ]
  for (const [answer, reply, kind] of cases) {
    it(`${answer} → ${kind}`, async (t) => {
      const supplier = await saying(t, () => reply)
      assert.equal(await kindOf(supplier.acquire(order)), kind)
    })
  }

  it('nobody listens → busy', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    await once(server.close(), 'close')
    for (const host of ['127.0.0.1', 'localhost']) {
      assert.equal(await kindOf(driver({ url: `http://${host}:${port}` }).acquire(order)), 'busy')
    }
  })

  it('nobody answers in time, or the line is cut → unknown', async (t) => {
    const silent = await listening(t, () => {})
    const hasty = remote({ name: 'acme', url: silent, token: 't', fetch, timeoutMs: 20 })
    assert.equal(await kindOf(hasty.acquire(order)), 'unknown')
    const cut = await listening(t, ({ socket }) => socket.destroy())
    assert.equal(await kindOf(driver({ url: cut }).acquire(order)), 'unknown')
  })

  it('a name that is taken → the rental of that name, if it is ours and lives', async (t) => {
    const taken = (page: RentalPage) =>
      saying(t, (method) => (method === 'POST' ? problem(409, 'name-taken') : json(200, page)))
    const ours = await taken(onePage)
    assert.equal((await ours.acquire(order)).id, 'r-1')
    const over = await taken({ ...onePage, rentals: [{ ...rental, ended_at: 2_000 }] })
    assert.equal(await kindOf(over.acquire(order)), 'unknown')
    const foreign = await taken({ ...onePage, rentals: [{ ...rental, owner: 'them' }] })
    assert.equal(await kindOf(foreign.acquire(order)), 'unknown')
  })
})

it('a block is quoted with its moments; what is none makes no sense', async (t) => {
  const block = {
    ...{ id: 'h100', accelerator: 'H100', accelerators_per_node: 8, region: 'us' },
    ...{ market: 'on-demand', price_per_hour_micros: 20_000_000, stock: { kind: 'unknown' } },
  }
  const windowOf = async (span: object) => {
    const supplier = await saying(t, () => json(200, { at: 1, offers: [{ ...block, ...span }] }))
    const [quoted] = await supplier.offers()
    return quoted && isOffer(quoted) ? quoted.window : quoted?.fault
  }
  assert.equal(await windowOf({}), undefined)
  assert.deepEqual(await windowOf({ from: 5, until: 9 }), { from: 5, until: 9 })
  assert.deepEqual(await windowOf({ until: 9 }), { until: 9 })
  assert.match(String(await windowOf({ from: 'soon' })), /^from: /)
  assert.match(String(await windowOf({ until: -1 })), /^until: /)
})

it('an offer that nobody can read is quoted as such, beside those that can be read', async (t) => {
  const sound = {
    ...{ id: 'h100', accelerator: 'H100', accelerators_per_node: 8, region: 'us' },
    ...{ market: 'on-demand', price_per_hour_micros: 20_000_000, stock: { kind: 'unknown' } },
  }
  const dear = { ...sound, id: 'b200', price_per_hour_micros: -1 }
  const nameless = { ...sound, id: 7 }
  const supplier = await saying(t, () =>
    json(200, { at: 1, offers: [dear, sound, nameless, null] }),
  )
  const quoted = await supplier.offers()
  assert.deepEqual(
    quoted.filter(isOffer).map(({ id }) => id),
    ['h100'],
  )
  const faults = quoted.map((each) => (isOffer(each) ? '-' : `${each.id} ${each.fault}`))
  assert.match(faults.join('\n'), /^b200 price_per_hour_micros: .*\n-\n\? id: .*\n\? : .*$/)
  const none = await saying(t, () => json(200, { at: 1, offers: 'none' }))
  assert.equal(await kindOf(none.offers()), 'unknown')
})

describe('what a listing is worth', () => {
  const second = { ...rental, id: 'r-2' }
  const cases: [string, RentalPage[], boolean, string[]][] = [
    ['nothing', [{ rentals: [], next_cursor: null, total: 0 }], true, []],
    ['one page', [onePage], true, ['r-1']],
    ['two pages', pages(2, [rental], [second]), true, ['r-1', 'r-2']],
    ['a page too few', [{ ...onePage, total: 2 }], false, ['r-1']],
    ['a rental twice', pages(2, [rental], [rental]), false, ['r-1']],
    [
      'a total that moves',
      [
        { ...onePage, next_cursor: '1' },
        { ...onePage, total: 2 },
      ],
      false,
      ['r-1'],
    ],
    ['somebody else’s', [{ ...onePage, rentals: [{ ...rental, owner: 'them' }] }], false, []],
    ['a circle', [{ ...onePage, next_cursor: '0' }], false, ['r-1']],
  ]
  for (const [what, answers, complete, ids] of cases) {
    it(`${what} is ${complete ? 'complete' : 'incomplete'}`, async (t) => {
      const supplier = await saying(t, (_, cursor) => json(200, answers[Number(cursor ?? 0)]))
      const listing = await supplier.list(order.installation)
      assert.equal(listing.complete, complete)
      assert.deepEqual(
        listing.rentals.map(({ id }) => id),
        ids,
      )
    })
  }

  it('is incomplete where a later page fails, and an error where the first does', async (t) => {
    const supplier = await saying(t, (_, cursor) =>
      cursor ? problem(500, 'internal') : json(200, { ...onePage, next_cursor: '1', total: 2 }),
    )
    const { complete, rentals } = await supplier.list(order.installation)
    assert.deepEqual([complete, rentals.length], [false, 1])
    const broken = await saying(t, () => problem(500, 'internal'))
    assert.equal(await kindOf(broken.list(order.installation)), 'unknown')
  })
})

interface Reply {
  readonly status: number
  readonly body: string | Buffer
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
}

function json(status: number, body: unknown): Reply {
  return { status, body: JSON.stringify(body) }
}

function problem(status: number, code: string): Reply {
  return json(status, { code, detail: 'because' })
}

function zipped(text: string): Reply {
  return { status: 201, body: gzipSync(text), headers: { 'content-encoding': 'gzip' } }
}

function pages(total: number, ...parts: RentalShown[][]): RentalPage[] {
  return parts.map((rentals, index) => {
    return { rentals, total, next_cursor: index + 1 < parts.length ? `${index + 1}` : null }
  })
}

/** A driver whose supplier says what it is told to. */
async function saying(
  t: TestContext,
  reply: (method: string, cursor: string | null) => Reply,
): Promise<Supplier> {
  const url = await listening(t, ({ method = '', url: path = '' }, response) => {
    const cursor = new URL(path, 'http://acme').searchParams.get('cursor')
    const { status, body, type = 'application/json', headers } = reply(method, cursor)
    response.writeHead(status, { 'content-type': type, ...headers }).end(body)
  })
  return driver({ url })
}

async function listening(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function kindOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'done',
    (error: unknown) => (error instanceof SupplierError ? error.kind : String(error)),
  )
}
