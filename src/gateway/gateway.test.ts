/**
 * The front door: who comes in, what passes, and what stays outside.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { it } from 'node:test'
import {
  ask,
  metric,
  read,
  replica,
  routesTo,
  says,
  send,
  stage,
  token,
  until,
} from './stage.test.ts'
import { tokenCheck } from './tokens.ts'

const events = ['data: {"n":1}\n\n', 'data: {"ä":"🙂"}\n\n', 'data: [DONE]\n\n']

it('[GW1] finds a service by path and by host, and the rest of a replica not at all', async (t) => {
  const chat = await replica(t, 'acme', says('hello'))
  const { url } = await stage(t, routesTo(chat))
  const host = { host: 'Chat.example.com:8080' }
  const found = [
    await ask(url, { path: '/chat/v1/models?x=1', method: 'GET' }),
    await ask(url, { path: '/v1/models?x=1', method: 'GET', headers: host }),
  ]
  assert.deepEqual(
    found.map(({ status, text }) => [status, text]),
    [
      [200, 'hello'],
      [200, 'hello'],
    ],
  )
  assert.deepEqual(
    chat.asked.map(({ request }) => request.url),
    ['/v1/models?x=1', '/v1/models?x=1'],
  )

  const paths = ['/', '/chat', '/chat/metrics', '/other/v1/models', '/v1/models', '/-/other']
  const tricks = ['/chat/v1/../metrics', '/chat/v1/%2e%2E/metrics', '/chat/v1/x%2f..%2f../m']
  for (const path of [...paths, ...tricks]) {
    const { status, text } = await ask(url, { path })
    assert.deepEqual([path, status, JSON.parse(text).error.code], [path, 404, 'unknown_url'])
  }
  assert.equal(chat.asked.length, 2)
})

it('[GW1] passes a base path of the replica and a model of any name', async (t) => {
  const chat = await replica(t, 'acme', says('hello'))
  const { view } = chat
  const { url } = await stage(t, routesTo({ ...chat, view: { ...view, url: `${view.url}/base/` } }))
  const body = '{"model":"no-such","messages":[]}'
  assert.equal((await ask(url, { body })).status, 200)
  assert.equal(chat.asked[0]?.request.url, '/base/v1/chat/completions')
  assert.equal(chat.asked[0]?.body, body)
})

it('[GW2] lets nobody in without a token, and tells strangers nothing', async (t) => {
  const { url } = await stage(t, routesTo(await replica(t, 'acme', says('hello'))))
  for (const authorization of ['', 'Bearer wrong', `Basic ${token}`, token]) {
    for (const path of ['/chat/v1/models', '/other/v1/models', '/-/metrics']) {
      const { status, text } = await ask(url, { path, headers: { authorization } })
      assert.equal(status, 401)
      const { error } = JSON.parse(text)
      assert.deepEqual([error.type, error.code], ['invalid_request_error', 'invalid_api_key'])
    }
  }
  const health = await ask(url, { path: '/-/health', headers: { authorization: '' } })
  assert.deepEqual([health.status, health.text], [200, '{"status":"ok"}'])
})

it('[GW2] takes no token that nobody hashed, and does not tell it', () => {
  assert.throws(() => tokenCheck(['sk-plain']), {
    message: 'tokens[0] is no SHA-256 hash; expected 64 hexadecimal digits',
  })
  const isAccepted = tokenCheck((given) => given === token)
  assert.deepEqual([isAccepted(`bearer ${token}`), isAccepted('Bearer x')], [true, false])
})

it('[GW3] passes a plain answer byte for byte, whatever its status', async (t) => {
  const text = '{"id":"1",\n "choices":[ ] }\n'
  const chat = await replica(t, 'acme', (_, response) => {
    response.writeHead(429, { 'content-type': 'application/json', 'x-model-step': '7' })
    response.end(text)
  })
  const { url } = await stage(t, routesTo(chat))
  const answer = await ask(url)
  assert.deepEqual([answer.status, answer.text], [429, text])
  assert.equal(answer.headers['content-type'], 'application/json')
  assert.equal(answer.headers['x-model-step'], '7')
  const head = await ask(url, { method: 'HEAD', path: '/chat/v1/models' })
  assert.deepEqual([head.status, head.text], [429, ''])
})

it('[GW3] passes each event of a stream as it comes', async (t) => {
  let next = () => {}
  const chat = await replica(t, 'acme', (_, response) => {
    const left = [...events]
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    next = () => {
      response.write(left.shift() ?? '')
      if (left.length === 0) response.end()
    }
    next()
  })
  const { url } = await stage(t, routesTo(chat))
  const message = await send(url)
  const seen: string[] = []
  // The next event is made only once the last one was seen, so nothing can be held back.
  for await (const part of message) {
    seen.push(String(part))
    if (seen.length < events.length) next()
  }
  assert.deepEqual(seen, events)
})

it('[GW3] passes a large answer whole, and no faster than it is read', async (t) => {
  const part = 'ab🙂c'.repeat(10_000)
  const parts = 500
  let made = 0
  const chat = await replica(t, 'acme', async (_, response) => {
    for (; made < parts; made++) {
      if (!response.write(part)) await once(response, 'drain')
    }
    response.end()
  })
  const { url } = await stage(t, routesTo(chat))
  const message = await send(url)
  let [last, looks] = [0, 0]
  await until(() => {
    looks = made === last ? looks + 1 : 0
    last = made
    return looks === 20
  })
  assert.ok(made < parts, 'all was made although nothing was read')
  const { text, isWhole } = await read(message)
  assert.ok(isWhole && text === part.repeat(parts))
})

it('[GW13] keeps the client from the supplier, and the supplier from the client', async (t) => {
  const chat = await replica(t, 'acme', (_, response) => {
    const hidden = { server: 'vllm', 'x-served-by': 'me', location: 'http://10.0.0.1/', via: 'x' }
    const hop = { connection: 'x-hop', 'x-hop': '1', 'set-cookie': ['a=1', 'b=2'] }
    response.writeHead(200, { ...hidden, ...hop, 'x-kept': ['1', '2'] })
    response.end('hello')
  })
  const { url } = await stage(t, routesTo(chat))
  const secret = { cookie: 'a=1', 'api-key': 'k', 'x-api-key': 'k' }
  const origin = {
    'x-forwarded-for': '10.1.1.1',
    forwarded: 'for=10.1.1.1',
    'x-real-ip': '10.1.1.1',
  }
  const hop = {
    connection: 'close, x-hop',
    'x-hop': '1',
    te: 'trailers',
    'proxy-authorization': 'x',
  }
  const kept = { 'x-kept': '1', 'x-request-id': 'abc-1', 'content-type': 'application/json' }
  const answer = await ask(url, { headers: { ...secret, ...origin, ...hop, ...kept } })

  const { host, connection, ...seen } = chat.asked[0]?.request.headers ?? {}
  assert.deepEqual(seen, { ...kept, 'content-length': '2' })
  assert.deepEqual([`http://${host}`, connection], [chat.view.url, 'keep-alive'])

  const { date, connection: _, ...told } = answer.headers
  const expected = { 'x-kept': '1, 2', 'x-request-id': 'abc-1', 'transfer-encoding': 'chunked' }
  assert.ok(date)
  assert.deepEqual(told, expected)
})

it('[GW13] gives every request an id, and names the supplier only where it shall', async (t) => {
  const chat = await replica(t, 'acme', says('hello'))
  const { url } = await stage(t, routesTo(chat), { debugHeaders: true })
  const { headers } = await ask(url, { headers: { 'x-request-id': 'no good' } })
  assert.match(String(headers['x-request-id']), /^[0-9a-f-]{36}$/)
  assert.equal(headers['x-request-id'], chat.asked[0]?.request.headers['x-request-id'])
  assert.equal(headers['x-served-by'], 'acme/l1')
})

it('[GW14] refuses a body that is too large, told or untold', async (t) => {
  const chat = await replica(t, 'acme', says('hello'))
  const { url } = await stage(t, routesTo(chat), { bodyBytesMax: 100_000 })
  const body = 'x'.repeat(100_001)
  for (const [name, value] of [
    ['content-length', '100001'],
    ['transfer-encoding', 'chunked'],
  ] as const) {
    const { status, text } = await ask(url, { body, headers: { [name]: value } })
    assert.deepEqual([status, JSON.parse(text).error.code], [413, 'request_too_large'])
  }
  assert.equal((await ask(url, { body: body.slice(1) })).status, 200)
  assert.equal(chat.asked.length, 1)
})

it('[GW14] refuses a body for which there is no room, until there is again', async (t) => {
  const chat = await replica(t, 'acme', says('hello'))
  const { url, tell } = await stage(t, [{ service: 'chat', replicas: [] }], { bodiesBytesMax: 50 })
  const first = ask(url, { body: 'x'.repeat(40) })
  await until(async () => (await metric(url, 'waiting{service="chat"}')) === 1)
  const { status, headers, text } = await ask(url, { body: 'x'.repeat(40) })
  assert.deepEqual([status, headers['retry-after']], [503, '1'])
  assert.equal(JSON.parse(text).error.code, 'overloaded')
  tell(routesTo(chat))
  assert.equal((await first).status, 200)
  assert.equal((await ask(url, { body: 'x'.repeat(40) })).status, 200)
})

it('[GW18] hangs up on a client that dawdles over its request', async (t) => {
  const settings = { clientHeadersTimeoutMs: 50, clientRequestTimeoutMs: 100 }
  const { url } = await stage(t, [], settings)
  const head = `POST /chat/v1/x HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${token}\r\n`
  for (const start of ['', head, `${head}content-length: 9\r\n\r\nx`]) {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.resume()
    socket.write(start)
    await once(socket, 'close')
  }
  const { status } = await ask(url, { headers: { 'x-long': 'x'.repeat(20_000) } })
  assert.equal(status, 431)
})
