/**
 * The workloads of the story, each by itself: they learn, resume, give way, answer and count.
 *
 * Ranks and replicas are real processes on this machine; only the agent beside them is played. How
 * they fare under the control plane is not tested here.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, it } from 'node:test'
import { load as loadCheckpoint, save } from '../examples/story/checkpoint.ts'
import { load, type Result } from '../examples/story/load.ts'
import {
  advance,
  chanceOf,
  continueText,
  drawBatch,
  gradientAt,
  lossAt,
  parameterCount,
  type Training,
  untrained,
} from '../examples/story/model.ts'
import {
  ask,
  exitCodes,
  fakeAgent,
  freePort,
  rankEnv,
  start,
  startGang,
  startReplica,
  until,
} from './story-stage.ts'

// Emptied last, when no process that a test left behind can write into it any more.
const root = mkdtempSync(join(tmpdir(), 'story-'))
after(() => rmSync(root, { recursive: true }))

it('has gradients that agree with finite differences', () => {
  const { parameters } = untrained(1)
  const batch = drawBatch({ seed: 1, rank: 0, step: 0, size: 4 })
  const gradient = new Float64Array(parameterCount)
  gradientAt(parameters, batch, gradient)
  const lossWith = (place: number, by: number) =>
    lossAt(
      parameters.map((value, at) => (at === place ? value + by : value)),
      batch,
    )
  for (let place = 0; place < parameterCount; place += 97) {
    const slope = (lossWith(place, 1e-5) - lossWith(place, -1e-5)) / 2e-5
    assert.ok(Math.abs(slope - (gradient[place] as number)) < 1e-7, `parameter ${place}`)
  }
})

it('learns', () => {
  const fixed = drawBatch({ seed: 2, rank: 0, step: 0, size: 200 })
  const before = lossAt(untrained(1).parameters, fixed)
  const after = lossAt(trained(80).parameters, fixed)
  assert.ok(before > 3.5 && after < 2.9, `${before} → ${after}`)
})

it('says the same again where nothing is left to chance', () => {
  const say = (prompt: string) => {
    const chance = chanceOf(1)
    const text = continueText(trained(3).parameters, prompt, { temperature: 0, chance })
    return Array.from({ length: 9 }, () => text.next().value).join('')
  }
  assert.equal(say('a quay 🙂'), say('a quay 🙂'))
  assert.equal(say('').length, 9)
})

it('keeps a checkpoint whole, and refuses half of one', () => {
  const folder = scratch()
  const training = trained(3)
  const path = save(folder, 2, training)
  assert.equal(path, join(folder, 'step-000003.e2.ckpt'))
  assert.deepEqual(loadCheckpoint(path), training)
  assert.deepEqual(readdirSync(folder), ['step-000003.e2.ckpt'])
  truncateSync(path, 5000)
  assert.throws(() => loadCheckpoint(path), /expected 129600/)
})

it('trains two ranks to the same model, and resumes where they ended', async (t) => {
  const agent = await fakeAgent(t)
  const folder = scratch()
  const first = await startGang(t, { agent, folder, env: { STEPS: '20' } })
  assert.deepEqual(await exitCodes(first), [0, 0])
  const models = first.map((rank) => /ends with model (\w+)/.exec(rank.output())?.[1])
  assert.equal(models[0], models[1])
  assert.match(
    first[0].output(),
    /step 20 loss [\d.]+ \(epoch 1, 2 ranks\)[\s\S]*done: step 20 loss/,
  )
  assert.deepEqual(agent.committed.at(-1), { uri: join(folder, 'step-000020.e1.ckpt'), step: 20 })

  const from = agent.committed.at(-1)?.uri
  const env = { STEPS: '40', CALUMET_CHECKPOINT: from, CALUMET_EPOCH: '2' }
  const second = await startGang(t, { agent, folder, env })
  assert.deepEqual(await exitCodes(second), [0, 0])
  assert.match(second[1].output(), /starts at step 20 \(epoch 2\)/)
  assert.deepEqual(agent.committed.at(-1), { uri: join(folder, 'step-000040.e2.ckpt'), step: 40 })
})

it('resumes to the very model that an unbroken run would have made', async (t) => {
  const agent = await fakeAgent(t)
  const folder = scratch()
  const run = async (env: NodeJS.ProcessEnv) => {
    const rank = start(t, 'train.ts', { ...rankEnv({ agent, folder }), WORLD_SIZE: '1', ...env })
    assert.equal(await rank.exitCode, 0)
    return /ends with model (\w+)/.exec(rank.output())?.[1]
  }
  const unbroken = await run({ STEPS: '12' })
  await run({ STEPS: '5' })
  const resumed = await run({
    STEPS: '12',
    CALUMET_CHECKPOINT: `file://${agent.committed.at(-1)?.uri}`,
  })
  assert.equal(resumed, unbroken)
})

it('ends the gang when one rank is killed, and keeps the steps it took', async (t) => {
  const agent = await fakeAgent(t)
  const [leader, follower] = await startGang(t, { agent, folder: scratch() })
  await leader.says(/step 20 /)
  follower.kill('SIGKILL')
  assert.equal(await leader.exitCode, 1)
  assert.match(leader.output(), /rank 1 went away|lost rank 1/)
  assert.ok((agent.committed.at(-1)?.step ?? 0) >= 20)
})

it('ends the gang when rank 0 is killed', async (t) => {
  const agent = await fakeAgent(t)
  const [leader, follower] = await startGang(t, { agent, folder: scratch() })
  await leader.says(/step 20 /)
  leader.kill('SIGKILL')
  assert.equal(await follower.exitCode, 1)
  assert.match(follower.output(), /rank 0 went away|lost rank 0/)
})

it('says who is missing when the gang does not become whole', async (t) => {
  const agent = await fakeAgent(t)
  const env = { ...rankEnv({ agent, folder: scratch() }), JOIN_MS: '100' }
  const leader = start(t, 'train.ts', { ...env, MASTER_PORT: String(await freePort()) })
  assert.equal(await leader.exitCode, 1)
  assert.match(leader.output(), /only 1 of 2 ranks came within 100 ms/)
})

it('turns away a rank of an older epoch', async (t) => {
  const agent = await fakeAgent(t)
  const env = rankEnv({ agent, folder: scratch() })
  const port = { MASTER_PORT: String(await freePort()), STEPS: '5' }
  const stale = { ...env, ...port, RANK: '1', CALUMET_EPOCH: '1', JOIN_MS: '1000' }
  const older = start(t, 'train.ts', stale)
  const leader = start(t, 'train.ts', { ...env, ...port, CALUMET_EPOCH: '2' })
  assert.equal(await older.exitCode, 1)
  const newer = start(t, 'train.ts', { ...env, ...port, RANK: '1', CALUMET_EPOCH: '2' })
  assert.deepEqual(await exitCodes([leader, newer]), [0, 0])
})

it('gives way to a newer gang', async (t) => {
  const agent = await fakeAgent(t)
  agent.status = 409
  const [leader, follower] = await startGang(t, { agent, folder: scratch() })
  assert.equal(await leader.exitCode, 3)
  assert.match(leader.output(), /epoch 1 is fenced off/)
  assert.equal(await follower.exitCode, 1)
})

it('trains on while the control plane is away, and commits when it is back', async (t) => {
  const agent = await fakeAgent(t)
  agent.status = 503
  const [leader] = await startGang(t, { agent, folder: scratch() })
  await leader.says(/checkpoints wait to be committed: the agent answered 503/)
  const heard = leader.output().length
  await leader.says(/step \d+ /, heard)
  assert.equal(agent.committed.length, 0)
  agent.status = 200
  await leader.says(/checkpoints are committed again/)
  assert.ok(agent.committed.length > 0)
})

it('leaves a last checkpoint when it is told to stop', async (t) => {
  const agent = await fakeAgent(t)
  const env = { CALUMET_CHECKPOINT_EVERY_MS: '600000' }
  const gang = await startGang(t, { agent, folder: scratch(), env })
  await gang[0].says(/step 20 /)
  for (const rank of gang) rank.kill('SIGTERM')
  const codes = await exitCodes(gang)
  assert.equal(codes[0], 143)
  assert.ok((agent.committed.at(-1)?.step ?? 0) >= 20)
})

it('tells people which setting is wrong', async (t) => {
  const rank = start(t, 'train.ts', { STEPS: 'many' })
  assert.equal(await rank.exitCode, 1)
  assert.match(rank.output(), /^STEPS is "many"; expected a whole number such as 600\n$/)
  const replica = start(t, 'serve.ts', {})
  assert.equal(await replica.exitCode, 1)
  assert.match(replica.output(), /^PORT is ""; expected a whole number such as 8000\n$/)
})

it('answers streamed and non-streamed', async (t) => {
  const { url } = await startReplica(t, { TOKEN_MS: '0', CALUMET_LEASE: 'l1' })
  const messages = [{ role: 'user', content: 'The harbour' }]
  const whole = await ask(url, { model: 'm', messages, max_tokens: 5, temperature: 0 })
  assert.equal(whole.status, 200)
  assert.equal(whole.headers.get('x-served-by'), 'acme/l1')
  assert.equal(whole.headers.get('x-model-step'), '0')
  const { object, model, choices, usage } = JSON.parse(await whole.text())
  assert.deepEqual([object, model], ['chat.completion', 'm'])
  assert.deepEqual(usage, { prompt_tokens: 11, completion_tokens: 5, total_tokens: 16 })

  const streamed = await ask(url, {
    model: 'm',
    messages,
    max_tokens: 5,
    temperature: 0,
    stream: true,
  })
  assert.match(streamed.headers.get('content-type') ?? '', /^text\/event-stream/)
  const events = (await streamed.text()).split('\n\n').filter((event) => event !== '')
  assert.equal(events.pop(), 'data: [DONE]')
  const chunks = events.map((event) => JSON.parse(event.replace(/^data: /, '')))
  const text = chunks.map((chunk) => chunk.choices[0].delta.content ?? '').join('')
  assert.equal(text, choices[0].message.content)
  assert.equal(chunks.at(-1).choices[0].finish_reason, 'length')
})

it("tells a caller's faults the way OpenAI tells them", async (t) => {
  const { url } = await startReplica(t)
  const messages = [{ role: 'user', content: 'x' }]
  const faults: [unknown, number, string | null][] = [
    ['{', 400, null],
    [{ messages }, 400, 'model'],
    [{ model: 'm', messages: [] }, 400, 'messages'],
    [{ model: 'm', messages: [{ role: 'user', content: 7 }] }, 400, 'messages[0].content'],
    [{ model: 'm', messages, max_tokens: 0 }, 400, 'max_tokens'],
    [{ model: 'm', messages, temperature: 3 }, 400, 'temperature'],
    [{ model: 'm', messages, stream: 'yes' }, 400, 'stream'],
    ['x'.repeat(70_000), 413, null],
  ]
  for (const [body, status, param] of faults) {
    const response = await ask(url, body)
    assert.equal(response.status, status)
    const { error } = JSON.parse(await response.text())
    assert.deepEqual([error.type, error.param], ['invalid_request_error', param])
  }
  assert.equal((await fetch(`${url}/v2`)).status, 404)
})

it('swaps in a newer checkpoint while it serves', async (t) => {
  const agent = await fakeAgent(t)
  const env = { CALUMET_AGENT_URL: agent.url, CHECKPOINT_OF: 'job', CHECKPOINT_POLL_MS: '20' }
  const replica = await startReplica(t, env)
  const stepServed = async () =>
    JSON.parse(await (await fetch(`${replica.url}/health`)).text()).step
  assert.equal(await stepServed(), 0)
  const folder = scratch()
  for (const step of [1, 2]) {
    agent.committed.push({ uri: save(folder, 1, trained(step)), step })
    await until(async () => (await stepServed()) === step)
  }
  agent.committed.push({ uri: join(folder, 'nowhere.ckpt'), step: 3 })
  await replica.says(/no newer model for now: ENOENT/)
  assert.equal(await stepServed(), 2)
})

it('finishes what it answers when it is told to stop', async (t) => {
  const replica = await startReplica(t, { TOKEN_MS: '5' })
  const messages = [{ role: 'user', content: 'x' }]
  const answer = await ask(replica.url, { model: 'm', messages, max_tokens: 60, stream: true })
  replica.kill('SIGTERM')
  assert.match(await answer.text(), /data: \[DONE\]\n\n$/)
  assert.equal(await replica.exitCode, 0)
  await assert.rejects(fetch(`${replica.url}/health`))
})

it('loads a service and counts whole answers and broken ones', async (t) => {
  const replica = await startReplica(t, { TOKEN_MS: '1' })
  const results: Result[] = []
  const stop = new AbortController()
  const onResult = (result: Result) => {
    results.push(result)
    if (results.length === 4) replica.kill('SIGKILL')
    // What was on its way when the replica died breaks off; what comes after finds nobody.
    if (result.status === 0) stop.abort()
  }
  await load({ url: replica.url, token: 't', ratePerSecond: 50, signal: stop.signal, onResult })
  const good = results.slice(0, 4)
  assert.ok(good.every(({ ok, status, servedBy }) => ok && status === 200 && servedBy === 'acme/'))
  assert.deepEqual(new Set(good.map(({ streamed }) => streamed)), new Set([true, false]))
  const refused = results.find(({ status }) => status === 0)
  assert.deepEqual([refused?.ok, refused?.firstByteSeen], [false, false])
  assert.match(refused?.error ?? '', /ECONNREFUSED|ECONNRESET|other side closed/)
})

it('does not take a stream that breaks off for an answer', async (t) => {
  const broken = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end('data: {"choices":[{"delta":{"content":"a"},"finish_reason":"length"}]}\n\n')
  }).listen(0, '127.0.0.1')
  t.after(() => broken.close())
  await once(broken, 'listening')
  const results: Result[] = []
  const stop = new AbortController()
  const onResult = (result: Result) => {
    results.push(result)
    if (results.length >= 2) stop.abort()
  }
  const url = `http://127.0.0.1:${(broken.address() as AddressInfo).port}`
  await load({ url, token: 't', ratePerSecond: 50, signal: stop.signal, onResult })
  assert.ok(results.every(({ ok, firstByteSeen }) => !ok && firstByteSeen))
  const streamed = results.find((result) => result.streamed)
  assert.equal(streamed?.error, 'a stream that broke off before [DONE]')
})

function trained(steps: number): Training {
  const gradient = new Float64Array(parameterCount)
  let training = untrained(1)
  while (training.step < steps) {
    const batch = drawBatch({ seed: 1, rank: 0, step: training.step, size: 16 })
    gradientAt(training.parameters, batch, gradient)
    training = advance(training, gradient)
  }
  return training
}

function scratch(): string {
  return mkdtempSync(join(root, 'job-'))
}
