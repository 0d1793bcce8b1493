/**
 * The server over HTTP with real machines: who gets in, what machines get, how they end, what an
 * admin can do to all that.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import {
  driver,
  order,
  type ShopFloor,
  serve,
  shopFloor,
  token,
} from '../../test/supplier-stage.ts'
import type { Rental } from '../core/domain/rental.ts'
import { type Supplier, SupplierError } from '../ports/supplier.ts'
import { AdminState } from '../protocol/supplier-admin.ts'
import { startsOf } from './processes.ts'
import type { SupplierServer } from './server.ts'

const stays = 'setInterval(() => {}, 1e6)'
const slowBoot = 'boot_delay: 1h'

interface Stage {
  readonly floor: ShopFloor
  readonly supplier: Supplier
  readonly url: string
  readonly close: () => Promise<void>
  /** Another server on the same floor, after the first was closed. */
  reopen(extra?: string): Promise<Stage>
  admin(method: string, path?: string, body?: unknown): Promise<AdminState>
}

async function stage(t: TestContext, agent = stays, extra = ''): Promise<Stage> {
  const floor = shopFloor(agent)
  const servers: SupplierServer[] = []
  t.after(async () => {
    for (const server of servers) await server.close()
    await floor.clear()
  })
  const open = async (more: string): Promise<Stage> => {
    const server = await serve(floor, more)
    servers.push(server)
    const { url } = server
    return {
      floor,
      supplier: driver(server),
      url,
      close: async () => {
        servers.splice(servers.indexOf(server), 1)
        await server.close()
      },
      reopen: (changed = more) => open(changed),
      async admin(method, path = '', body) {
        const { ok, answer } = await ask(url, method, `/v1/admin${path}`, body)
        assert.ok(ok, JSON.stringify(answer))
        return AdminState.parse(answer)
      },
    }
  }
  return open(extra)
}

async function ask(url: string, method: string, path: string, body?: unknown, headers = {}) {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    body: typeof body === 'string' || body === undefined ? body : JSON.stringify(body),
  })
  const { ok, status } = response
  const answer = (await response.json()) as { code?: string; detail: string; notice_until?: number }
  return { ok, status, answer }
}

async function until<T>(look: () => T | null | false | Promise<T | null | false>): Promise<T> {
  for (let patience = 0; patience < 500; patience++) {
    const found = await look()
    if (found !== null && found !== false) return found
    await pause(20)
  }
  throw new Error(`waited in vain for ${look}`)
}

async function rentalOf(supplier: Supplier, id: string): Promise<Rental> {
  const { rentals } = await supplier.list(order.installation)
  return rentals.find((rental) => rental.id === id) ?? assert.fail(`${id} is not listed`)
}

const endOf = (supplier: Supplier, id: string) =>
  until(async () => {
    const rental = await rentalOf(supplier, id)
    return rental.endedAt !== null && rental
  })

async function kindOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'done',
    (error: unknown) => (error instanceof SupplierError ? error.kind : String(error)),
  )
}

describe('the door', () => {
  it('opens to the token and to nothing else, whatever is asked for', async (t) => {
    const { url } = await stage(t)
    for (const authorization of ['', 'Bearer', 'Bearer x', token, `Basic ${token}`]) {
      for (const path of ['/v1/offers', '/v1/admin', '/nowhere']) {
        const { status, answer } = await ask(url, 'GET', path, undefined, { authorization })
        assert.deepEqual([status, answer.code], [401, 'unauthorized'])
      }
    }
  })

  it('says in a problem what is wrong with a request', async (t) => {
    const { url } = await stage(t)
    const body = {
      owner: 'lab',
      key: 'k',
      offer: 'h100x8',
      nodes: 1,
      price_per_hour_micros_max: 1e9,
    }
    const bootstrap = { server: 's', key: 'k', secret: 's', dead_man_ms: 1 }
    const cases: [string, string, unknown, object, number, RegExp][] = [
      ['GET', '/v2/offers', undefined, {}, 404, /not part of the protocol/],
      ['DELETE', '/v1/rentals/r-1', undefined, {}, 404, /no rental r-1/],
      ['DELETE', `/v1/rentals/${'x'.repeat(500)}`, undefined, {}, 414, /./],
      ['GET', '/v1/%zz', undefined, {}, 400, /./],
      ['GET', '/v1/rentals?cursor=1', undefined, {}, 400, /^cursor: /],
      ['GET', '/v1/rentals?owner=a&owner=b', undefined, {}, 400, /^owner: /],
      ['GET', '/v1/rentals?page=2', undefined, {}, 400, /^page: /],
      ['POST', '/v1/rentals', '{', {}, 400, /JSON/],
      ['POST', '/v1/rentals', '{"__proto__":{}}', {}, 400, /JSON/],
      ['POST', '/v1/rentals', body, {}, 400, /^bootstrap: /],
      ['POST', '/v1/rentals', { ...body, bootstrap, colour: 1 }, {}, 400, /colour/],
      ['POST', '/v1/rentals', { ...body, bootstrap, nodes: 1.5 }, {}, 400, /^nodes: /],
      ['POST', '/v1/rentals', { ...body, bootstrap, key: 'a\u0000b' }, {}, 400, /^key: .*control/],
      ['POST', '/v1/rentals', { ...body, bootstrap }, { 'idempotency-key': 'x' }, 400, /^idempot/],
      ['POST', '/v1/rentals', ' '.repeat(70_000), {}, 413, /large/],
      ['POST', '/v1/rentals', '<a/>', { 'content-type': 'text/xml' }, 415, /./],
      ['POST', '/v1/admin/faults', { fault: 'earthquake' }, {}, 400, /^fault: /],
      ['POST', '/v1/admin/offers/none', { nodes: 1 }, {}, 404, /no offer none/],
    ]
    for (const [method, path, sent, headers, expected, detail] of cases) {
      const { status, answer } = await ask(url, method, path, sent, headers)
      assert.equal(status, expected, `${method} ${path}: ${JSON.stringify(answer)}`)
      assert.match(answer.detail, detail)
      assert.doesNotMatch(answer.detail, /\n|\.ts\b/)
    }
  })

  it('is for one server at a time', async (t) => {
    const { floor, close, reopen } = await stage(t)
    await assert.rejects(serve(floor), /serves .* already/)
    await close()
    await (await reopen()).close()
    // Whoever was killed left its lock behind.
    writeFileSync(join(floor.dataDir, 'lock'), '1 yesterday')
    await reopen()
  })
})

/** The pids of the agent and of two ranks that do their best to outlive it. */
const family = `
const { spawn } = require('node:child_process')
const start = (...args) => spawn(...args, { detached: true, stdio: 'ignore' }).pid
const pids = [process.pid, start('sleep', ['1000']), start('env', ['-i', '/bin/sleep', '1000'])]
process.on('SIGTERM', () => {})
require('node:fs').writeFileSync('pids', JSON.stringify(pids))
${stays}`

const fileOf = ({ floor }: Stage, machine: string, name: string) =>
  until(() => {
    const path = join(floor.dataDir, 'machines', machine, name)
    const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
    return text !== '' && text
  })

describe('a machine', () => {
  it('gives its agent what it needs to come home, and no more', async (t) => {
    const told = `require('node:fs').writeFileSync('told', JSON.stringify(process.env));${stays}`
    const here = await stage(t, told)
    const { nodes } = await here.supplier.acquire({ ...order, nodes: 2 })
    const { machine } = nodes[1] ?? assert.fail()
    const home = join(here.floor.dataDir, 'machines', machine)
    const { PWD, SHLVL, OLDPWD, _, ...env } = JSON.parse(await fileOf(here, machine, 'told'))
    assert.deepEqual(env, {
      CALUMET_SERVER: 'http://127.0.0.1:9',
      CALUMET_KEY: 'k',
      CALUMET_SECRET: 'hush',
      CALUMET_DEAD_MAN_MS: '60000',
      CALUMET_NODE: '1',
      CALUMET_ADDRESS: '127.0.0.1',
      CALUMET_SHARED_HOST: '1',
      CALUMET_ACCELERATOR: 'H100',
      CALUMET_ACCELERATORS: '8',
      CALUMET_MACHINE: machine,
      CALUMET_HOME: home,
      HOME: home,
      PATH: process.env.PATH,
    })
  })

  it('leaves no process behind, and no folder', async (t) => {
    const here = await stage(t, family)
    const { id, nodes } = await here.supplier.acquire(order)
    const { machine } = nodes[0] ?? assert.fail()
    const pids: number[] = JSON.parse(await fileOf(here, machine, 'pids'))
    assert.equal(startsOf(pids).size, 3)
    await here.supplier.release(id)
    assert.equal((await rentalOf(here.supplier, id)).state, 'ending')
    await endOf(here.supplier, id)
    assert.equal(startsOf(pids).size, 0)
    await until(() => !existsSync(join(here.floor.dataDir, 'machines', machine)))
  })

  it('starts an agent that failed again, and goes down with one that ended well', async (t) => {
    const fails = `const fs = require('node:fs')
      fs.appendFileSync('starts', 'x')
      process.exit(fs.readFileSync('starts', 'utf8').length < 2 ? 1 : 0)`
    const { supplier, admin } = await stage(t, fails)
    const { id } = await supplier.acquire(order)
    const { state, nodes } = await endOf(supplier, id)
    assert.deepEqual([state, nodes[0]?.up], ['ended', false])
    assert.equal((await admin('GET')).offers[0]?.free, 5)
  })

  it('that goes down leaves the others of its gang up, and billed', async (t) => {
    const { supplier } = await stage(t, `if (process.env.CALUMET_NODE === '0') ${stays}`)
    const { id } = await supplier.acquire({ ...order, nodes: 2 })
    const rental = await until(async () => {
      const found = await rentalOf(supplier, id)
      return found.nodes.some(({ up }) => !up) && found
    })
    assert.deepEqual([rental.state, rental.nodes.map(({ up }) => up)], ['running', [true, false]])
  })

  it('outlives its server, and the next one finds it', async (t) => {
    const before = await stage(t, family)
    const { id, nodes } = await before.supplier.acquire(order)
    const pids: number[] = JSON.parse(await fileOf(before, nodes[0]?.machine ?? '', 'pids'))
    const was = await rentalOf(before.supplier, id)
    await before.close()
    assert.equal(startsOf(pids).size, 3)
    const { supplier } = await before.reopen()
    assert.deepEqual(await rentalOf(supplier, id), was)
    await supplier.release(id)
    await endOf(supplier, id)
    assert.equal(startsOf(pids).size, 0)
  })

  it('that was seen to be down stays down, whatever was left of it at a kill', async (t) => {
    const before = await stage(t, family)
    const { id, nodes } = await before.supplier.acquire({ ...order, nodes: 2 })
    const pids: number[] = JSON.parse(await fileOf(before, nodes[1]?.machine ?? '', 'pids'))
    await before.close()
    const event = { kind: 'down', at: Date.now(), rental: id, index: 1 }
    appendFileSync(join(before.floor.dataDir, 'journal.jsonl'), `${JSON.stringify(event)}\n`)
    const { supplier } = await before.reopen()
    assert.equal(startsOf(pids).size, 0)
    assert.deepEqual(
      (await rentalOf(supplier, id)).nodes.map(({ up }) => up),
      [true, false],
    )
  })

  it('is not taken for another process that has its pid today', async (t) => {
    const before = await stage(t, stays, slowBoot)
    const { id } = await before.supplier.acquire(order)
    await before.close()
    const other = spawn('sleep', ['1000'])
    t.after(() => other.kill())
    const path = join(before.floor.dataDir, 'journal.jsonl')
    const journal = readFileSync(path, 'utf8')
    const forged = `"pid":${other.pid},"start":"earlier"`
    writeFileSync(path, journal.replace(/"pid":\d+,"start":"[^"]+"/, forged))
    const { supplier } = await before.reopen()
    await endOf(supplier, id)
    assert.equal(startsOf([other.pid ?? 0]).size, 1)
  })
})

describe('an admin', () => {
  it('moves stock and prices, and what was moved survives a restart', async (t) => {
    const before = await stage(t, stays, slowBoot)
    await before.admin('POST', '/offers/h100x8', { nodes: 0 })
    assert.equal(await kindOf(before.supplier.acquire(order)), 'no-stock')
    await before.admin('POST', '/offers/h100x8', { nodes: null, price_per_hour_micros: 7 })
    await before.close()
    const { supplier, admin } = await before.reopen()
    const { nodes, price_per_hour_micros: price } = (await admin('GET')).offers[0] ?? {}
    assert.deepEqual([nodes, price], [5, 7])
    assert.equal((await supplier.acquire({ ...order, nodes: 2 })).pricePerHour, 14)
  })

  it('takes a rental back after a notice, even where the server was away then', async (t) => {
    const before = await stage(t, stays, slowBoot)
    const { id } = await before.supplier.acquire(order)
    const interrupt = `/v1/admin/rentals/${id}/interrupt`
    const { status, answer } = await ask(before.url, 'POST', interrupt)
    assert.equal(status, 202)
    const { noticeUntil, endedAt } = await rentalOf(before.supplier, id)
    assert.deepEqual([noticeUntil, endedAt], [answer.notice_until, null])
    await ask(before.url, 'POST', interrupt, { notice_ms: 1 })
    await before.close()
    const { supplier } = await before.reopen()
    await endOf(supplier, id)
  })

  it('leaves a journal that stays short', async (t) => {
    const here = await stage(t)
    await here.close()
    const path = join(here.floor.dataDir, 'journal.jsonl')
    const event = { kind: 'changed', at: 1, offer: 'h100x8', nodes: 3, pricePerHour: null }
    writeFileSync(path, `${JSON.stringify(event)}\n`.repeat(10_000))
    const { admin } = await here.reopen()
    assert.equal((await admin('GET')).offers[0]?.nodes, 3)
    assert.equal(readFileSync(path, 'utf8').split('\n').length, 2)
  })

  const faults: [string, (supplier: Supplier) => Promise<unknown>, string, number][] = [
    ['no-stock', (supplier) => supplier.acquire(order), 'no-stock', 0],
    ['quota', (supplier) => supplier.acquire(order), 'quota', 0],
    ['throttle', (supplier) => supplier.acquire(order), 'busy', 0],
    ['reply-lost', (supplier) => supplier.acquire(order), 'unknown', 1],
    ['error-after-success', (supplier) => supplier.acquire(order), 'unknown', 1],
    ['listing-error', (supplier) => supplier.list('lab'), 'unknown', 0],
  ]
  for (const [fault, act, kind, bought] of faults) {
    it(`makes the next request meet ${fault}, and only that`, async (t) => {
      const { supplier, admin } = await stage(t, stays, slowBoot)
      await admin('POST', '/faults', { fault })
      assert.equal(await kindOf(act(supplier)), kind)
      assert.equal((await admin('GET')).rentals_live, bought)
      assert.equal(await kindOf(act(supplier)), 'done')
    })
  }

  it('makes listings late or short for a time, until it is enough', async (t) => {
    const { supplier, admin } = await stage(t, stays, slowBoot)
    await supplier.acquire(order)
    const listed = async () => {
      const { complete, rentals } = await supplier.list('lab')
      return [complete, rentals.length]
    }
    await admin('POST', '/faults', { fault: 'late-listing', for_ms: 60_000, ms: 60_000 })
    assert.deepEqual(
      [await listed(), await listed()],
      [
        [true, 0],
        [true, 0],
      ],
    )
    await admin('DELETE', '/faults')
    await admin('POST', '/faults', { fault: 'truncated-page', count: 1 })
    assert.deepEqual(
      [await listed(), await listed()],
      [
        [false, 0],
        [true, 1],
      ],
    )
  })

  it('makes answers slow, but not effects', async (t) => {
    const { supplier, admin } = await stage(t, stays, slowBoot)
    await admin('POST', '/faults', { fault: 'slow', ms: 300 })
    const call = supplier.acquire(order)
    const { rentals } = await until(async () => {
      const listing = await supplier.list('lab')
      return listing.rentals.length > 0 && listing
    })
    assert.equal((await call).id, rentals[0]?.id)
  })
})

it('an order may take effect long after its buyer gave up', async (t) => {
  const { supplier, url } = await stage(t, stays, `${slowBoot}\nlate_effect: 400ms`)
  const { installation: owner, key, offer, nodes, bootstrap } = order
  const body = JSON.stringify({
    ...{ owner, key, offer, nodes, price_per_hour_micros_max: 1e9 },
    bootstrap: { server: bootstrap.server, key, secret: 's', dead_man_ms: 1 },
  })
  const head = `POST /v1/rentals HTTP/1.1\r\nhost: acme\r\nauthorization: Bearer ${token}\r\n`
  const length = `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.end(head + length + body, () => socket.destroy())
  assert.deepEqual((await supplier.list('lab')).rentals, [])
  await until(async () => (await supplier.list('lab')).rentals.length === 1)
})
