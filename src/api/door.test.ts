/** Who comes in, with which token, how often, and where to. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Role } from '../core/domain/token.ts'
import { paths, type RouteName } from './paths.ts'
import { ask, raw, refused, stage } from './stage.test.ts'

const unknown = `cal_${'x'.repeat(32)}`

describe('[AP2] without a valid token', () => {
  it('every request is refused alike, whatever was wrong', async (t) => {
    const { url, token, ask: asAdmin } = await stage(t)
    await token('reader', 'over')
    const revoked = await token('reader', 'revoked')
    await asAdmin('DELETE /v1/tokens/revoked')
    const headers = ['', 'Bearer', 'Bearer ', `Basic ${revoked}`, 'Bearer a b', `Bearer ${unknown}`]
    headers.push(`Bearer ${revoked}`, `Bearer ${'x'.repeat(5_000)}`, 'Bearer eyJhbGciOiJub25lIn0..')
    const answers = await Promise.all(
      [{}, ...headers.map((authorization) => ({ authorization }))].map((headers) =>
        ask(url, 'GET /v1/workloads', { headers: headers as Record<string, string> }),
      ),
    )
    for (const answer of answers) {
      refused(answer, 401, 'unauthorized')
      assert.equal(answer.headers.get('www-authenticate'), 'Bearer')
      assert.equal(answer.text, answers[0]?.text)
    }
  })

  it('two headers are none, whatever they say', async (t) => {
    const { url, admin } = await stage(t)
    const header = `authorization: Bearer ${admin}\r\n`
    const asked = (headers: string) =>
      raw(url, `GET /v1/workloads HTTP/1.1\r\nhost: x\r\n${headers}connection: close\r\n\r\n`)
    assert.match(await asked(header), /^HTTP\/1.1 200 /)
    assert.match(await asked(header + header), /^HTTP\/1.1 401 /)
  })

  it('health and the document are open', async (t) => {
    const { url } = await stage(t)
    const health = await ask(url, 'GET /health')
    assert.deepEqual([health.status, health.body], [200, { ok: true, leading: false }])
    assert.equal((await ask(url, 'GET /openapi.json')).status, 200)
  })
})

/** Who may, beside an admin. */
const may: Readonly<Record<RouteName | 'metrics', string>> = {
  apply: 'writer',
  plan: 'writer reader',
  whatIf: 'writer reader',
  workloads: 'writer reader',
  workload: 'writer reader',
  deleteWorkload: 'writer',
  why: 'writer reader',
  logs: 'writer reader',
  leases: 'writer reader',
  suppliers: 'writer reader',
  publicSuppliers: 'writer reader',
  scores: 'writer reader',
  clearance: 'writer reader',
  told: 'writer reader',
  decideStanding: '',
  deleteSupplier: '',
  policies: 'writer reader',
  quotas: 'writer reader',
  contracts: 'writer reader',
  law: 'writer reader',
  lawDates: 'writer reader',
  lawGaps: 'writer reader',
  checkLaw: 'writer reader',
  delivery: 'writer reader',
  contingent: 'writer reader',
  exercise: '',
  exits: 'writer reader',
  substitute: 'writer reader',
  waivers: 'writer reader',
  waive: '',
  records: 'writer reader',
  keepRecord: '',
  rights: 'writer reader',
  openRight: 'writer',
  notifyRight: '',
  decideRight: '',
  rightEvidence: 'writer reader',
  burnDown: 'writer reader',
  rates: 'writer reader',
  claims: 'writer reader',
  exposure: 'writer reader',
  focus: 'writer reader',
  invoices: 'writer reader',
  takeInvoice: 'writer',
  invoice: 'writer reader',
  offers: 'writer reader',
  events: 'writer reader',
  cost: 'writer reader',
  routes: 'gateway',
  load: 'gateway',
  tokens: '',
  createToken: '',
  deleteToken: '',
  doctor: 'writer reader',
  audit: 'writer reader',
  metrics: 'writer reader',
}
const roles: readonly Role[] = ['admin', 'writer', 'reader', 'gateway', 'client']

describe('[AP3] a token may do what its role allows', () => {
  const routes = { ...paths, metrics: { method: 'GET', path: '/metrics' } }
  for (const [name, { method, path }] of Object.entries(routes)) {
    it(`${method} ${path}`, async (t) => {
      const { url, token } = await stage(t)
      const request = `${method} ${path.replace(/:\w+/g, 'nobody')}`
      const body = method === 'POST' ? {} : undefined
      refused(await ask(url, request, { body }), 401, 'unauthorized')
      for (const role of roles) {
        const answer = await ask(url, request, { body, token: await token(role) })
        const isAllowed = role === 'admin' || may[name as RouteName].split(' ').includes(role)
        // What is allowed is answered, or refused for its body or because there is no `nobody`.
        if (isAllowed)
          assert.match(`${answer.status}`, /^(200|400|404)$/, `${role}: ${answer.text}`)
        else refused(answer, 403, 'forbidden', new RegExp(`role ${role} `))
      }
    })
  }
})

describe('[AP4] a token that is over opens nothing', () => {
  it('at once where it was revoked, and within 5 seconds on a replica', async (t) => {
    const { ask: asAdmin, url, replica, token, clock } = await stage(t)
    const other = await replica()
    const secret = await token('reader')
    const look = async (at: string) => (await ask(at, 'GET /v1/leases', { token: secret })).status
    assert.deepEqual([await look(url), await look(other)], [200, 200])
    await asAdmin('DELETE /v1/tokens/reader')
    assert.equal(await look(url), 401)
    const revokedMs = clock.steadyMs()
    await clock.until('5 seconds', 6_000, () => clock.steadyMs() - revokedMs >= 5_000)
    assert.equal(await look(other), 401)
  })

  it('when its time has come', async (t) => {
    const { ask: asAdmin, clock } = await stage(t)
    const body = { name: 'brief', role: 'reader', expiresInMs: 60_000 }
    const { secret } = (await asAdmin('POST /v1/tokens', { body })).body
    const look = async () => (await asAdmin('GET /v1/leases', { token: secret })).status
    assert.equal(await look(), 200)
    const madeMs = clock.steadyMs()
    await clock.until('a minute', 70_000, () => clock.steadyMs() - madeMs >= 65_000)
    assert.equal(await look(), 401)
  })

  it('and one that was just made on a replica is soon known', async (t) => {
    const { replica, token, clock } = await stage(t)
    const other = await replica()
    await ask(other, 'GET /v1/leases', { token: unknown })
    const secret = await token('reader')
    await clock.until('a second', 2_000, () => clock.steadyMs() >= 1_000)
    assert.equal((await ask(other, 'GET /v1/leases', { token: secret })).status, 200)
  })
})

describe('[AP5] who asks too often', () => {
  it('has to wait, and nobody else has', async (t) => {
    const { url, ask: asAdmin, token, clock } = await stage(t, { requestsPerSecondMax: 5 })
    const secret = await token('reader')
    const look = () => ask(url, 'GET /v1/leases', { token: secret })
    const statuses = (await Promise.all(Array.from({ length: 12 }, look))).map((a) => a.status)
    assert.equal(statuses.filter((status) => status === 200).length, 10)
    const answer = await look()
    refused(answer, 429, 'too-many')
    assert.equal(answer.headers.get('retry-after'), '1')
    assert.equal((await asAdmin('GET /v1/leases')).status, 200)
    const saidMs = clock.steadyMs()
    await clock.until('a second', 2_000, () => clock.steadyMs() - saidMs >= 1_000)
    assert.equal((await look()).status, 200)
  })

  it('and guesses tokens', async (t) => {
    const { url, ask: asAdmin } = await stage(t, { requestsPerSecondMax: 5 })
    const guess = () => ask(url, 'GET /v1/leases', { token: unknown })
    for (let count = 0; count < 10; count += 1) refused(await guess(), 401, 'unauthorized')
    refused(await guess(), 429, 'too-many')
    assert.equal((await asAdmin('GET /v1/leases')).status, 200)
  })
})
