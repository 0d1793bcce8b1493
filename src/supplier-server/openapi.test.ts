/**
 * The published OpenAPI document says what the server does.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { it } from 'node:test'
import { parse } from 'yaml'
import { driver, order, serve, shopFloor, token } from '../../test/supplier-stage.ts'
import { openApi, openApiPath } from './openapi.ts'

it('is current', () => {
  const advice = 'run node src/supplier-server/openapi.ts'
  assert.equal(readFileSync(openApiPath, 'utf8'), openApi(), advice)
})

it('names routes that exist, and shapes that are there', async (t) => {
  const floor = shopFloor()
  const server = await serve(floor, 'boot_delay: 1h')
  t.after(async () => {
    await server.close()
    await floor.clear()
  })
  const { id: rental } = await driver(server).acquire(order)
  const { paths, components } = parse(openApi())
  for (const [, name] of openApi().matchAll(/#\/components\/schemas\/(\w+)/g)) {
    assert.ok(name && components.schemas[name], name)
  }
  for (const [path, methods] of Object.entries<Record<string, object>>(paths)) {
    const id = path.includes('/rentals/') ? rental : 'h100x8'
    for (const method of Object.keys(methods)) {
      const response = await fetch(`${server.url}${path.replace('{id}', id)}`, {
        method: method.toUpperCase(),
        headers: { authorization: `Bearer ${token}` },
      })
      assert.notEqual(response.status, 404, `${method} ${path}`)
    }
  }
})
