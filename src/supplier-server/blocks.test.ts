/**
 * Blocks in time, as a supplier sells them: quoted with their moments, refused outside them, and
 * ended with a notice. And what joins the nodes of a purchase, which is quoted the same way.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { it, type TestContext } from 'node:test'
import { configText, driver, order, serve, shopFloor } from '../../test/supplier-stage.ts'
import { isOffer } from '../core/domain/offer.ts'
import type { AcquireBody } from '../protocol/supplier.ts'
import { readConfig } from './config.ts'
import { machines } from './machines.ts'
import { Refusal } from './refusal.ts'
import { openShop, type Shop } from './shop.ts'

const block = (id: string, window: string) =>
  `  - { id: ${id}, accelerator: H100, per_node: 8, price_per_hour: 9, nodes: 2, ${window} }\n`

it('quotes a block with its moments until it is over, and sells it only while open', async (t) => {
  const floor = shopFloor()
  const later = block('later', 'from: 2099-01-01T09:00Z, until: 2099-01-02')
  const server = await serve(floor, `${later}${block('past', 'until: 2020-01-01')}`)
  t.after(async () => {
    await server.close()
    await floor.clear()
  })
  const supplier = driver(server)
  const offers = (await supplier.offers()).filter(isOffer)
  assert.deepEqual(
    offers.map(({ id, window }) => [id, window]),
    [
      ['h100x8', undefined],
      ['later', { from: Date.UTC(2099, 0, 1, 9), until: Date.UTC(2099, 0, 2) }],
    ],
  )
  for (const offer of ['later', 'past']) {
    await assert.rejects(supplier.acquire({ ...order, offer }), { kind: 'no-stock' })
  }
})

it('quotes what joins the nodes of a purchase, where its config says so', async (t) => {
  const floor = shopFloor()
  const server = await serve(floor, block('joined', 'fabric: infiniband'))
  t.after(async () => {
    await server.close()
    await floor.clear()
  })
  const offers = (await driver(server).offers()).filter(isOffer)
  assert.deepEqual(
    offers.map(({ id, fabric }) => [id, fabric]),
    [
      ['h100x8', undefined],
      ['joined', 'infiniband'],
    ],
  )
})

const day = Date.UTC(2026, 11, 3)
const secondMs = 1_000

const body: AcquireBody = {
  ...{ owner: 'lab', key: 'k', offer: 'block', nodes: 1, price_per_hour_micros_max: 1e9 },
  bootstrap: { server: 'http://127.0.0.1:9', key: 'k', secret: 'hush', dead_man_ms: 60_000 },
}

/** Its clock stands where it is set; a block of a day, and half a minute of notice. */
async function stage(t: TestContext) {
  const floor = shopFloor()
  t.after(() => floor.clear())
  const clock = { at: day }
  const { dataDir, agentEntry } = floor
  const open = (window: string): Promise<Shop> =>
    openShop({
      config: readConfig(configText(`${block('block', window)}boot_delay: 1h`), 'acme.yaml'),
      dataDir,
      machines: machines({ dir: join(dataDir, 'machines'), agentEntry }),
      now: () => clock.at,
      log() {},
    })
  return { clock, open }
}

it('ends what it sold of a block when the block ends, after the usual notice', async (t) => {
  const { clock, open } = await stage(t)
  const shop = await open('from: 2026-12-03, until: 2026-12-04')
  clock.at = day - 1
  assert.throws(() => shop.acquire(body), Refusal)
  clock.at = day
  const { id } = shop.acquire(body)
  const until = day + 86_400_000
  const tended = (at: number) => {
    clock.at = at
    shop.tend()
    const { noticeUntil, endingAt } = shop.books.sold.get(id) ?? assert.fail()
    return [noticeUntil, endingAt]
  }
  assert.deepEqual(tended(until - 31 * secondMs), [null, null])
  assert.deepEqual(tended(until - 30 * secondMs), [until, null])
  assert.deepEqual(tended(until - 1), [until, null])
  assert.deepEqual(tended(until), [until, until])
  await shop.close()
  assert.equal(shop.books.sold.get(id)?.endedAt, until)
})

it('ends it then, whatever the file says by that time', async (t) => {
  const { clock, open } = await stage(t)
  const before = await open('until: 2026-12-04')
  const { id } = before.acquire(body)
  await before.close()
  const shop = await open('until: 2026-12-09')
  clock.at = day + 86_400_000
  shop.tend()
  await shop.close()
  assert.equal(shop.books.sold.get(id)?.endedAt, clock.at)
})
