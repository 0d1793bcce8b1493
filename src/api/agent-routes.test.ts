/** The agents' desk over HTTP; what it decides has tests of its own. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Asked, refused, type Stage, stage } from './stage.test.ts'

const drawing = `
  job train H100:8
  job other H100:8
  lease train.0.1 ready at acme/h100x8
  lease other.0.1 ready at acme/h100x8
  run train.0 running epoch 3 on train.0.1
  run other.0 running epoch 1 on other.0.1`

const sync = {
  ...{ machine: 'm0', address: '10.0.0.1', ports: null, ranks: [], waitMs: 0, workSeen: null },
  sent: { boot: 'b', atMicros: 1 },
}
const checkpoint = { run: 'train.0', epoch: 3, uri: 's3://b/1', step: 1 }
const log = 'POST /v1/agent/logs?run=train.0&epoch=3&rank=0&offset=0'

function agentOf(home: Stage, lease: string, index = 0) {
  const { key, secret } = home.agent(lease)
  const headers = { 'x-calumet-key': key, 'x-calumet-node': `${index}` }
  return (request: string, asked: Asked = {}) =>
    home.ask(request, { token: secret, ...asked, headers: { ...headers, ...asked.headers } })
}

describe('[AP10] an agent proves its lease', () => {
  it('and gets its work, ships logs and commits checkpoints', async (t) => {
    const home = await stage(t)
    await home.draw(drawing)
    const agent = agentOf(home, 'train.0.1')
    const [work] = (await agent('POST /v1/agent/sync', { body: sync })).body.work
    assert.deepEqual([work.run, work.epoch], ['train.0', 3])
    const headers = { 'content-type': 'application/octet-stream' }
    const stored = await agent(log, { body: 'héllo', headers })
    assert.deepEqual([stored.status, stored.body], [200, { offset: 6 }])
    refused(await agent('GET /v1/agent/checkpoint/train'), 404, 'not-found', /no checkpoint yet/)
    assert.equal((await agent('POST /v1/agent/checkpoint', { body: checkpoint })).status, 204)
    const newest = await agent('GET /v1/agent/checkpoint/train')
    assert.deepEqual(newest.body, { uri: 's3://b/1', step: 1 })
  })

  it('or nothing happens: other gangs, old epochs, people, released leases', async (t) => {
    const home = await stage(t)
    await home.draw(drawing)
    const request = 'POST /v1/agent/sync'
    refused(await home.ask(request, { body: sync }), 401, 'unauthorized')
    const { secret } = home.agent('other.0.1')
    const stranger = agentOf(home, 'train.0.1')
    refused(await stranger(request, { body: sync, token: secret }), 401, 'unauthorized')
    refused(await stranger(request, { body: sync, token: home.admin }), 401, 'unauthorized')
    refused(await stranger(request, { body: sync, token: null }), 401, 'unauthorized')
    refused(await agentOf(home, 'train.0.1', 1)(request, { body: sync }), 410, 'gone')
    const other = agentOf(home, 'other.0.1')
    const rejected = [
      await other('POST /v1/agent/checkpoint', { body: checkpoint }),
      await stranger('POST /v1/agent/checkpoint', { body: { ...checkpoint, epoch: 2 } }),
    ]
    for (const each of rejected) refused(each, 409, 'conflict')
    const lease = await home.ledger.get('lease', 'train.0.1')
    assert.ok(lease)
    await home.put({ ...lease, live: false, body: { ...lease.body, state: 'gone' } })
    refused(await stranger(request, { body: sync }), 410, 'gone')
    assert.deepEqual(await home.ledger.list('checkpoint', { all: true }), [])
    assert.deepEqual(await home.ledger.list('node', { all: true }), [])
  })

  it('and is told where a report is of no shape', async (t) => {
    const home = await stage(t)
    await home.draw(drawing)
    const agent = agentOf(home, 'train.0.1')
    const negative = { ...sync, sent: { boot: 'b', atMicros: -1 } }
    const place = /^\$\.sent\.atMicros: /
    refused(await agent('POST /v1/agent/sync', { body: negative }), 400, 'invalid', place)
    refused(await agent(log.replace('epoch=3', 'epoch=x')), 400, 'invalid', /^\$\.epoch: /)
    const nul = { ...sync, machine: 'a\0' }
    refused(await agent('POST /v1/agent/sync', { body: nul }), 400, 'invalid', /^\$\.machine: /)
    const headers = { 'content-type': 'application/octet-stream' }
    const long = await agent(log, { body: 'x'.repeat(1_000_001), headers })
    refused(long, 413, 'too-large')
  })
})
