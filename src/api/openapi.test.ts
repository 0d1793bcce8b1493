/** The OpenAPI document that is published. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { it } from 'node:test'
import { document } from './openapi.ts'
import { paths } from './paths.ts'
import { ask, stage } from './stage.test.ts'

const file = new URL('../../docs/openapi.json', import.meta.url)
const published = JSON.parse(readFileSync(file, 'utf8'))

it('[AP1] is current; otherwise run scripts/write-openapi.ts', async () => {
  assert.deepEqual(published, JSON.parse(JSON.stringify(await document())))
})

it('[AP1] has every route of the table, and nothing else', () => {
  const said = Object.entries<Record<string, { operationId: string }>>(published.paths)
  assert.deepEqual(
    said.flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => [operationId, method, path]),
    ),
    Object.entries(paths).map(([name, { method, path }]) => [
      ...[name, method.toLowerCase()],
      path.replace(/:(\w+)/g, '{$1}'),
    ]),
  )
})

it('[AP1] is what the server shows, to everybody', async (t) => {
  const { url } = await stage(t)
  assert.deepEqual((await ask(url, 'GET /openapi.json')).body, published)
})

it('[AP1] lets replies have more fields one day, and requests none', () => {
  const { CostReply, LeaseView } = published.components.schemas
  assert.deepEqual([CostReply, LeaseView].map(Object.keys), [
    ['type', 'properties', 'required'],
    ['type', 'properties', 'required'],
  ])
  const { schema } = published.paths['/v1/tokens'].post.requestBody.content['application/json']
  assert.equal(schema.additionalProperties, false)
})
