/**
 * Behind the door: who is asked, and what clients notice when replicas fail, which is nothing until
 * a byte of the answer was passed on.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { RequestListener, ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { it } from 'node:test'
import { Worker } from 'node:worker_threads'
import {
  ask,
  diesAtOnce,
  metric,
  type Replica,
  read,
  replica,
  routesTo,
  says,
  send,
  stage,
  until,
} from './stage.test.ts'

/** Answers only when told, in any order. */
function later() {
  const open: ServerResponse[] = []
  const answer: RequestListener = (_, response) => open.push(response)
  return { open, answer }
}

const ids = (replicas: readonly Replica[]) => replicas.map(({ asked }) => asked.length)

it('[GW4] asks the least busy, and equals in turn', async (t) => {
  const { open, answer } = later()
  const three = [await replica(t, 'a', answer), await replica(t, 'a', answer)]
  three.push(await replica(t, 'b', answer))
  const { url } = await stage(t, routesTo(...three))
  const answers: Promise<{ text: string }>[] = []
  for (let count = 1; count <= 6; count++) {
    answers.push(ask(url))
    await until(() => open.length === count)
  }
  assert.deepEqual(ids(three), [2, 2, 2])
  const [busy, idle] = [three[0], three[2]] as [Replica, Replica]
  for (const response of open.slice(0, 6)) {
    const { localPort } = response.socket ?? {}
    if (`http://127.0.0.1:${localPort}` === idle.view.url) response.end('done')
  }
  await until(async () => (await metric(url, 'in_flight{service="chat"}')) === 4)
  answers.push(ask(url), ask(url))
  await until(() => open.length === 8)
  assert.deepEqual([busy.asked.length, idle.asked.length], [2, 4])
  for (const response of open) response.end('done')
  for (const { text } of await Promise.all(answers)) assert.equal(text, 'done')
})

it('[GW4] asks equals in turn when none is busy', async (t) => {
  const hello = says('hello')
  const three = [await replica(t, 'a', hello), await replica(t, 'a', hello)]
  three.push(await replica(t, 'b', hello))
  const { url } = await stage(t, routesTo(...three))
  for (let count = 0; count < 6; count++) await ask(url)
  assert.deepEqual(ids(three), [2, 2, 2])
})

it('[GW5] lets a draining replica end what it has, and asks it nothing new', async (t) => {
  const { open, answer } = later()
  const old = await replica(t, 'acme', answer)
  const next = await replica(t, 'bolt', says('next'))
  const { url, tell } = await stage(t, routesTo(old))
  const first = ask(url)
  await until(() => open.length === 1)
  tell(routesTo({ ...old, view: { ...old.view, draining: true } }, next))
  const ready = (supplier: string) =>
    metric(url, `replicas_ready{service="chat",supplier="${supplier}"}`)
  await until(async () => (await ready('bolt')) === 1)
  assert.equal(await ready('acme'), 0)
  for (let count = 0; count < 4; count++) assert.equal((await ask(url)).text, 'next')
  tell(routesTo(next))
  open[0]?.end('old')
  assert.equal((await first).text, 'old')
  assert.deepEqual(ids([old, next]), [1, 4])
})

it('[GW6] asks another supplier the same when a replica dies before the first byte', async (t) => {
  const isDead: Record<string, RequestListener> = {
    'reset before any header': diesAtOnce,
    'reset after the headers': (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.flushHeaders()
      setImmediate(() => response.destroy())
    },
    'bad gateway': (_, response) => response.writeHead(502).end('no'),
    'an upgrade unasked for': (request) => {
      request.socket.end('HTTP/1.1 101 X\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n')
    },
    unavailable: (_, response) => response.writeHead(503).end('no'),
  }
  for (const [name, dead] of Object.entries(isDead)) {
    const acme: Replica[] = []
    for (let count = 0; count < 3; count++) acme.push(await replica(t, 'acme', dead))
    const bolt = await replica(t, 'bolt', says('hello'))
    const { url } = await stage(t, routesTo(bolt, ...acme))
    const body = `{"messages":["${'ä🙂'.repeat(50_000)}"]}`
    for (let count = 0; count < 3; count++) {
      const { status, text } = await ask(url, { body })
      assert.deepEqual([name, status, text], [name, 200, 'hello'])
    }
    for (const { asked } of [...acme, bolt]) {
      for (const each of asked) assert.equal(each.body, body)
    }
    // One failed try at most for each of them, since both are out from then on.
    assert.ok(acme.every(({ asked }) => asked.length <= 1))
    assert.equal(await metric(url, 'retries_total{service="chat",supplier="acme"}'), 0)
  }
})

it('[GW6] gives up after as many replicas as it may ask', async (t) => {
  const dead: Replica[] = []
  for (let count = 0; count < 4; count++) dead.push(await replica(t, 'acme', diesAtOnce))
  const { url, logged } = await stage(t, routesTo(...dead), { replicasPerRequestMax: 3 })
  const { status, headers, text } = await ask(url)
  assert.deepEqual([status, headers['retry-after']], [503, '1'])
  assert.equal(JSON.parse(text).error.message, '3 replicas were asked and none gave an answer')
  assert.deepEqual(ids(dead).sort(), [0, 1, 1, 1])
  assert.ok(logged.some((line) => /^chat\.\d+ at acme\/l1 is out: socket hang up$/.test(line)))
})

it('[GW7] ends a broken stream of events with an error, and asks nobody again', async (t) => {
  const { open, answer } = later()
  const both = [await replica(t, 'acme', answer), await replica(t, 'bolt', answer)]
  const { url } = await stage(t, routesTo(...both))
  const answered = send(url)
  await until(() => open.length === 1)
  open[0]?.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: {"n":1}\n\nda')
  const message = await answered
  const [first] = await once(message, 'data')
  assert.equal(String(first), 'data: {"n":1}\n\nda')
  open[0]?.destroy()
  const { text, isWhole } = await read(message)
  const error = JSON.parse(/^\n\ndata: (.*)\n\n$/.exec(text)?.[1] ?? '').error
  assert.deepEqual([isWhole, error.type, error.code], [true, 'server_error', 'broken_stream'])
  assert.equal(open.length, 1)
  const supplier = both[0]?.asked.length === 1 ? 'acme' : 'bolt'
  const labels = `service="chat",supplier="${supplier}",outcome="broken"`
  assert.equal(await metric(url, `requests_total{${labels}}`), 1)
})

it('[GW7] cuts any other broken answer, so that it is not taken for whole', async (t) => {
  for (const length of [{}, { 'content-length': '100' }]) {
    const { open, answer } = later()
    const { url } = await stage(t, routesTo(await replica(t, 'acme', answer)))
    const answered = send(url)
    await until(() => open.length === 1)
    open[0]?.writeHead(200, { 'content-type': 'application/json', ...length }).write('{"id":')
    const message = await answered
    open[0]?.destroy()
    assert.deepEqual(await read(message), { text: '{"id":', isWhole: false })
  }
})

it('[GW8] leaves out what failed until one request went well again', async (t) => {
  let isIll = true
  const { open, answer } = later()
  const acme = await replica(t, 'acme', (request, response) =>
    (isIll ? diesAtOnce : answer)(request, response),
  )
  const bolt = await replica(t, 'bolt', says('bolt'))
  const { url, tell, logged } = await stage(t, routesTo(acme, bolt), { backOffMs: 200 })
  while (acme.asked.length === 0) assert.equal((await ask(url)).text, 'bolt')
  for (let count = 0; count < 4; count++) assert.equal((await ask(url)).text, 'bolt')
  assert.equal(acme.asked.length, 1)

  isIll = false
  tell(routesTo(acme))
  await until(
    async () => (await metric(url, 'replicas_ready{service="chat",supplier="bolt"}')) === 0,
  )
  const answers = [ask(url), ask(url), ask(url)]
  // The others wait while one of them finds out.
  await until(() => open.length > 0)
  await until(async () => (await metric(url, 'waiting{service="chat"}')) === 2)
  assert.equal(open.length, 1)
  open[0]?.end('acme')
  await until(() => open.length === 3)
  for (const response of open) response.end('acme')
  for (const { text } of await Promise.all(answers)) assert.equal(text, 'acme')
  assert.ok(logged.some((line) => line.includes('is back')))
})

it('[GW9] replaces a replica that is slow to answer, and does not put it out', async (t) => {
  const { answer } = later()
  const slow = await replica(t, 'acme', answer)
  const quick = await replica(t, 'bolt', says('quick'))
  const { url, logged } = await stage(t, routesTo(slow, quick), { headerTimeoutMs: 50 })
  while (slow.asked.length < 2) assert.equal((await ask(url)).text, 'quick')
  assert.ok(logged.every((line) => !line.includes('is out')))
})

it('[GW9] does not wait long for a machine that takes no connection', async (t) => {
  // A listener that never accepts, with its short queue full: the next connection hangs.
  const source = `
    const { workerData, parentPort } = require('node:worker_threads')
    const server = require('node:net').createServer()
    server.listen({ host: '127.0.0.1', port: 0, backlog: 1 })
    server.on('listening', () => {
      parentPort.postMessage(server.address().port)
      setImmediate(() => Atomics.wait(new Int32Array(workerData), 0, 0))
    })`
  const workerData = new SharedArrayBuffer(4)
  const worker = new Worker(source, { eval: true, workerData })
  const [port] = await once(worker, 'message')
  const fill = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').on('error', () => {}))
  t.after(async () => {
    for (const socket of fill) socket.destroy()
    Atomics.notify(new Int32Array(workerData), 0)
    await worker.terminate()
  })
  await until(() => fill.filter(({ connecting }) => !connecting).length >= 2)

  const quick = await replica(t, 'bolt', says('quick'))
  const gone = { ...quick, view: { ...quick.view, run: 'x', url: `http://127.0.0.1:${port}` } }
  const { url, logged } = await stage(t, routesTo(gone, quick), { connectTimeoutMs: 100 })
  await until(async () => {
    assert.equal((await ask(url)).text, 'quick')
    return logged.includes('x at bolt/l1 is out: took no connection within 100 ms')
  })
})

it('[GW10] finds a machine that died without a word, and asks elsewhere', async (t) => {
  const { open, answer } = later()
  const dead = await replica(t, 'acme', answer)
  const { url, tell } = await stage(t, routesTo(dead), { knockMs: 20 })
  const [unanswered, stream] = [ask(url), send(url)]
  await until(() => open.length === 2)
  open[1]?.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
  open[0]?.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
  const message = await stream
  // The connections stay, as those to a machine without power do.
  dead.server.close()
  tell(routesTo(await replica(t, 'bolt', says('hello'))))
  assert.equal((await unanswered).text, 'hello')
  assert.match((await read(message)).text, /^data: 1\n\n\n\ndata: \{"error":.*\}\n\n$/)
})

it('[GW11] waits for a replica to come', async (t) => {
  const { url, tell } = await stage(t, [{ service: 'chat', replicas: [] }])
  const waiting = [ask(url), ask(url), ask(url)]
  await until(async () => (await metric(url, 'waiting{service="chat"}')) === 3)
  tell(routesTo(await replica(t, 'acme', says('hello'))))
  for (const { text } of await Promise.all(waiting)) assert.equal(text, 'hello')
})

it('[GW11] waits for the only replica to recover', async (t) => {
  let isFirst = true
  const chat = await replica(t, 'acme', (request, response) => {
    if (!isFirst) return says('hello')(request, response)
    isFirst = false
    diesAtOnce(request, response)
  })
  const { url } = await stage(t, routesTo(chat), { backOffMs: 20 })
  assert.equal((await ask(url)).text, 'hello')
})

it('[GW11] waits neither for ever nor in any number', async (t) => {
  const settings = { queueTimeoutMs: 100, queueLengthMax: 1 }
  const { url } = await stage(t, [{ service: 'chat', replicas: [] }], settings)
  const waiting = ask(url)
  await until(async () => (await metric(url, 'waiting{service="chat"}')) === 1)
  const [second, first] = [await ask(url), await waiting]
  const codes = [first, second].map(({ text }) => JSON.parse(text).error.code)
  assert.deepEqual(codes, ['unavailable', 'overloaded'])
  for (const { status, headers } of [first, second]) {
    assert.deepEqual([status, headers['retry-after']], [503, '1'])
  }
})

it('[GW12] ends the request at the replica when the client leaves', async (t) => {
  const { open, answer } = later()
  const { url } = await stage(t, routesTo(await replica(t, 'acme', answer)))
  const streamed = send(url)
  await until(() => open.length === 1)
  open[0]?.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
  const leaves = new AbortController()
  const unanswered = fetch(`${url}/chat/v1/x`, {
    headers: { authorization: 'Bearer sk-story' },
    signal: leaves.signal,
  })
  await until(() => open.length === 2)
  leaves.abort()
  ;(await streamed).destroy()
  await assert.rejects(unanswered)
  await until(() => open.every(({ destroyed }) => destroyed))
  const labels = 'service="chat",supplier="acme",outcome="aborted"'
  await until(async () => (await metric(url, `requests_total{${labels}}`)) === 2)
})

it('[GW19] opens a connection anew that the replica gave up meanwhile', async (t) => {
  const only = await replica(t, 'acme', says('hello'))
  // The first request of a connection is answered; any further one finds it closed.
  only.server.prependListener('request', (request, response) => {
    const { socket } = request
    if (Object.hasOwn(socket, 'used')) socket.destroy()
    Object.assign(socket, { used: true })
    response.setHeader('x-port', String(socket.remotePort))
  })
  const { url, logged } = await stage(t, routesTo(only))
  for (let count = 0; count < 4; count++) assert.equal((await ask(url)).text, 'hello')
  assert.ok(logged.every((line) => !line.includes('is out')))
  assert.ok(only.asked.length >= 4)
})
