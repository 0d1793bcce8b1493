/** Suppliers, offers, policies, what gateways need, and the metrics. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { lease } from '../../testing/ledger-rows.ts'
import { refused, stage } from '../stage.test.ts'

describe('[AP22] a supplier is forgotten', () => {
  it('once nothing can be held there', async (t) => {
    const { ask, draw, put, ledger } = await stage(t)
    await draw('supplier acme')
    const asked = lease('w.0.1', 0, 'asked')
    await put({ ...asked, body: { ...asked.body, calls: 1 } } as never)
    const told = /^acme may still charge for w\.0\.1; let them end first$/
    refused(await ask('DELETE /v1/suppliers/acme'), 409, 'conflict', told)
    await put(lease('w.0.1', 1, 'gone'))
    assert.deepEqual((await ask('DELETE /v1/suppliers/acme')).body, { name: 'acme' })
    refused(await ask('DELETE /v1/suppliers/acme'), 404, 'not-found', /^there is no supplier acme$/)
    const [gone] = await ledger.events({ supplier: 'acme' })
    assert.equal(gone?.kind, 'supplier.deleted')
  })

  it('never while one is just being bought there', async (t) => {
    let isRead = false
    const home = await stage(t, {
      instead: (ledger) => ({
        async read() {
          const snapshot = await ledger.read()
          if (!isRead && snapshot.rows.supplier.length > 0) {
            isRead = true
            // Between this reading and what is decided by it, the loop buys.
            const asked = lease('w.0.1', 1, 'asked')
            await home.put({ ...asked, body: { ...asked.body, calls: 1 } } as never)
          }
          return snapshot
        },
      }),
    })
    await home.put(lease('w.0.1', 0, 'intended'))
    await home.draw('supplier acme')
    refused(await home.ask('DELETE /v1/suppliers/acme'), 409, 'conflict', /w\.0\.1/)
    assert.equal((await home.ledger.get('supplier', 'acme'))?.live, true)
  })
})

it('[AP31] how a supplier stands is told with who decided it, and no leap is taken', async (t) => {
  const { ask, draw } = await stage(t)
  await draw('supplier acme')
  const decide = (state: string) =>
    ask('POST /v1/suppliers/acme/standing', { body: { state, reason: 'audit' } })
  assert.deepEqual((await decide('suspended')).body, { name: 'acme', state: 'suspended' })
  const { suppliers } = (await ask('GET /v1/suppliers')).body as {
    readonly suppliers: readonly { readonly standing: string; readonly why: string }[]
  }
  assert.deepEqual([suppliers[0]?.standing, suppliers[0]?.why], ['suspended', 'bootstrap: audit'])
  const told = /^acme is suspended; it can become active or retired$/
  refused(await decide('prospect'), 409, 'conflict', told)
  const nobody = 'POST /v1/suppliers/nobody/standing'
  const body = { state: 'active', reason: 'x' }
  refused(await ask(nobody, { body }), 404, 'not-found', /no supplier nobody/)
  refused(await ask(nobody, { body: { state: 'gone', reason: 'x' } }), 400, 'invalid')
})

describe('[AP23] the market', () => {
  it('is shown with its suppliers, their offers and the policy in force', async (t) => {
    const home = await stage(t)
    await home.draw('supplier acme')
    home.run()
    await home.clock.until('an offer', 60_000, () => home.operator.offers().length > 0)
    const [supplier] = (await home.ask('GET /v1/suppliers')).body.suppliers
    assert.deepEqual([supplier.name, supplier.reachable, supplier.offers], ['acme', true, 1])
    const [offer] = (await home.ask('GET /v1/offers')).body.offers
    assert.deepEqual(
      [offer.id, offer.accelerator, offer.pricePerHour],
      ['h100x8', 'H100', 10_000_000],
    )
    const policy = async () => (await home.ask('GET /v1/policies')).body.policies[0]
    assert.equal((await policy()).pricePerHourMax, null)
    await home.apply('kind: Policy\nname: fleet\nmax_price: 5.00\n')
    assert.equal((await policy()).pricePerHourMax, 5_000_000)
  })

  it('shows what was quoted last by who does not answer, marked so', async (t) => {
    const home = await stage(t)
    await home.draw('supplier acme')
    home.run()
    await home.clock.until('an offer', 60_000, () => home.operator.offers().length > 0)
    const at = home.operator.offers()[0]?.observedAt ?? 0
    home.acme.away = true
    await home.clock.until('silence', 60_000, () => home.operator.offers().length === 0)
    const { offers } = (await home.ask('GET /v1/offers')).body
    const told = offers.map((each: Record<string, unknown>) => [
      ...[each.id, each.pricePerHour, each.stale],
      Number(each.observedAt) >= at && Number(each.observedAt) < home.clock.wallMs(),
    ])
    assert.deepEqual(told, [['h100x8', 10_000_000, true, true]])
  })
})

describe('[AP24] a gateway', () => {
  const drawing = `
    service chat L4:1
    lease chat.0.1 ready at acme/l4
    run chat.0 running epoch 1 on chat.0.1`

  it('learns where services answer, and who may call them', async (t) => {
    const home = await stage(t)
    await home.draw(drawing)
    const caller = await home.token('client')
    await home.token('reader')
    const token = await home.token('gateway')
    const look = async () => (await home.ask('GET /v1/routes', { token })).body
    const hashes = [home.admin, caller].map((each) =>
      createHash('sha256').update(each).digest('hex'),
    )
    assert.deepEqual(await look(), {
      routes: [{ service: 'chat', replicas: [] }],
      clients: hashes,
    })
    const { key, secret } = home.agent('chat.0.1')
    const endpoint = 'http://10.0.0.1:8000'
    const body = {
      ...{ machine: 'm0', address: '10.0.0.1', ports: null, waitMs: 0, workSeen: null },
      ranks: [{ run: 'chat.0', epoch: 1, rank: 0, state: 'running', exitCode: null, endpoint }],
      sent: { boot: 'b', atMicros: 1 },
    }
    const headers = { 'x-calumet-key': key, 'x-calumet-node': '0' }
    const synced = await home.ask('POST /v1/agent/sync', { body, token: secret, headers })
    assert.equal(synced.status, 200, synced.text)
    const [{ replicas }] = (await look()).routes
    const place = { run: 'chat.0', lease: 'chat.0.1', supplier: 'acme', url: endpoint }
    assert.deepEqual(replicas, [{ ...place, draining: false }])
  })

  it('tells the load that it sees', async (t) => {
    const home = await stage(t)
    const token = await home.token('gateway')
    const load = (body: unknown) => home.ask('POST /v1/load', { token, body })
    const services = { chat: { requestsPerSecond: 2.5 } }
    assert.deepEqual((await load({ gateway: 'g1', services })).body, {})
    for (const bad of [-1, 'many', null]) {
      const services = { chat: { requestsPerSecond: bad } }
      refused(await load({ gateway: 'g1', services }), 400, 'invalid', /^\$\.services\.chat\./)
    }
    refused(await load({ gateway: 'a b', services }), 400, 'invalid', /^\$\.gateway: /)
  })
})

it('[AP25] metrics tell what is held, and no name breaks out of its label', async (t) => {
  const home = await stage(t)
  await home.draw('supplier acme')
  await home.put(lease('w.0.1', 0, 'held'))
  const odd = lease('w.0.2', 0, 'held')
  const supplier = '=HYPERLINK("x")\n\x1b[31m'
  await home.put({
    ...odd,
    body: { ...odd.body, supplier, calls: 1, pricePerHour: 2_500_000 },
  } as never)
  const lines = (await home.ask('GET /metrics')).text.split('\n')
  assert.ok(lines.includes('calumet_leases{supplier="acme",state="held"} 1'), lines.join('\n'))
  assert.ok(lines.includes('calumet_supplier_out{supplier="acme"} 0'))
  assert.ok(lines.includes('calumet_leading 0'))
  const price = lines.filter((line) => line.startsWith('calumet_price') && line.endsWith(' 2.5'))
  assert.match(
    price[0] ?? '',
    /^calumet_price_per_hour_dollars\{supplier="=HYPERLINK\(\\"x\\"\)\\n/,
  )
})

it('[AP37] tells what teams hold of their quotas, and what they borrowed', async (t) => {
  const { ask, put, apply } = await stage(t)
  await apply(`kind: Policy
name: house
quotas:
  - {team: nlp, accelerators: {H100: 8}, cohort: all}
  - {team: vision, accelerators: {H100: 16}, cohort: all}
`)
  const held = lease('w.0.1', 0, 'ready')
  await put({
    ...held,
    body: { ...held.body, team: 'nlp', calls: 1, perNode: 8, nodes: 2 },
  } as never)
  const { quotas } = (await ask('GET /v1/quotas')).body as { readonly quotas: readonly object[] }
  const own = { cohort: 'all', accelerator: 'H100' }
  assert.deepEqual(quotas, [
    { ...own, team: 'nlp', quota: 8, held: 16, borrowed: 8, room: 8 },
    { ...own, team: 'vision', quota: 16, held: 0, borrowed: 0, room: 8 },
  ])
})
