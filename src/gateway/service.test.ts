/**
 * The gateway as a program that runs for months: its routes, its reports, its end.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it, type TestContext } from 'node:test'
import { ask, metric, replica, routesTo, says, stage, until } from './stage.test.ts'

function scratch(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return join(folder, 'routes.json')
}

it('[GW15] serves on while the control plane is away', async (t) => {
  const { url, tell, logged } = await stage(t, routesTo(await replica(t, 'acme', says('hello'))))
  tell(null)
  await until(() => logged.some((line) => line.includes('is away (connection refused)')))
  assert.equal((await ask(url)).text, 'hello')
  tell(routesTo(await replica(t, 'acme', says('moved'))))
  await until(async () => (await ask(url)).text === 'moved')
})

it('[GW15] knows its routes after a restart without the control plane', async (t) => {
  const routesFile = scratch(t)
  const routes = routesTo(await replica(t, 'acme', says('hello')))
  const first = await stage(t, routes, { routesFile })
  await first.gateway.close()
  assert.deepEqual(JSON.parse(readFileSync(routesFile, 'utf8')), routes)
  assert.equal(statSync(routesFile).mode & 0o777, 0o600)
  const second = await stage(t, null, { routesFile })
  assert.equal((await ask(second.url)).text, 'hello')
})

it('[GW15] says that it knows no routes yet, and not that there is no service', async (t) => {
  const routesFile = scratch(t)
  writeFileSync(routesFile, '[{"service":')
  const { url, tell, logged } = await stage(t, null, { routesFile })
  assert.ok(logged.some((line) => line.includes('holds no routes that can be read')))
  const { status, text } = await ask(url)
  assert.deepEqual([status, JSON.parse(text).error.code], [503, 'unavailable'])
  assert.equal((await ask(url, { path: '/-/health' })).text, '{"status":"waiting for routes"}')
  tell(routesTo(await replica(t, 'acme', says('hello'))))
  await until(async () => (await ask(url)).text === 'hello')
})

it('[GW16] tells the load of every service, idle ones too', async (t) => {
  const chat = await replica(t, 'acme', says('hello'))
  const routes = [...routesTo(chat), { service: 'idle', replicas: [] }]
  const { url, reports } = await stage(t, routes, { reportMs: 50 })
  for (let count = 0; count < 10; count++) await ask(url)
  const chatLoad = () => reports.at(-1)?.services.chat?.requestsPerSecond ?? 0
  await until(() => chatLoad() > 0)
  assert.equal(reports.at(-1)?.gateway, 'gw')
  assert.equal(reports.at(-1)?.services.idle?.requestsPerSecond, 0)
})

it('[GW17] lets what is under way end when it closes', async (t) => {
  let open: ServerResponse | null = null
  const chat = await replica(t, 'acme', (_, response) => {
    open = response
  })
  const { url, gateway } = await stage(t, routesTo(chat), { graceMs: 5_000 })
  const answer = ask(url)
  await until(() => open !== null)
  const closed = gateway.close()
  await assert.rejects(ask(url), { code: 'ECONNREFUSED' })
  ;(open as ServerResponse | null)?.end('hello')
  assert.equal((await answer).text, 'hello')
  await closed
})

it('[GW17] cuts what takes too long when it closes', async (t) => {
  const chat = await replica(t, 'acme', () => {})
  const { url, gateway } = await stage(t, routesTo(chat), { graceMs: 20 })
  const answer = assert.rejects(ask(url), { code: 'ECONNRESET' })
  await until(() => chat.asked.length === 1)
  await gateway.close()
  await answer
})

it('[GW20] counts each request once, and measures what the gateway added', async (t) => {
  const { url } = await stage(t, routesTo(await replica(t, 'acme', says('hello'))))
  for (let count = 0; count < 3; count++) await ask(url)
  await ask(url, { path: '/other/v1/x' })
  const counted = (labels: string) => metric(url, `requests_total{${labels}}`)
  await until(async () => (await counted('service="chat",supplier="acme",outcome="ok"')) === 3)
  assert.equal(await counted('service="",supplier="",outcome="refused"'), 1)
  assert.equal(await metric(url, 'in_flight{service="chat"}'), 0)
  assert.equal(await metric(url, 'added_seconds_count{service="chat"}'), 3)
  assert.equal(await metric(url, 'first_byte_seconds_count{service="chat"}'), 3)
})
