/**
 * What the gateway adds to a chat completion, beside a direct connection and beside nginx; and what
 * clients notice when a supplier is killed under load.
 *
 * Replicas, gateway and load are processes of their own. Replicas answer at once, so that nothing
 * hides what lies between; the paths are asked in turn within one run. No seed: nothing is drawn.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { RouteView } from '../src/api/wire.ts'
import { systemClock } from '../src/drivers/system/clock.ts'
import { gateway } from '../src/gateway/gateway.ts'
import { cpuSeconds } from './control/process.ts'
import { quantile, type Table } from './table.ts'

export const name = 'gateway'

const addedMsGoal = 1.5
const token = 'sk-bench'
const nginxPath = findNginx()
const spec = { compareMs: 10_000, pressMs: 4_000, concurrency: 16, killAfterMs: 1_500 }

interface Target {
  readonly name: string
  readonly url: string
}

interface Shape {
  readonly contextTokens: number
  readonly generatedTokens: number
}

interface Times {
  readonly target: string
  readonly plainMs: number[]
  readonly firstByteMs: number[]
}

/** How requests ended. */
interface Counts {
  whole: number
  failedBeforeByte: number
  brokenAfterByte: number
}

type Order =
  | { readonly do: 'compare'; readonly targets: readonly Target[]; readonly durationMs: number }
  | { readonly do: 'press'; readonly target: Target; readonly durationMs: number }

const roles: Readonly<Record<string, (input: never) => Promise<void>>> = {
  replica: replicaRole,
  gateway: gatewayRole,
  load: loadRole,
}

// As a child this file is one of the processes of the benchmark.
if (process.argv[1] === import.meta.filename) {
  const [, , role = '', input = '{}'] = process.argv
  process.on('disconnect', () => process.exit(0))
  await roles[role]?.(JSON.parse(input) as never)
}

export async function run(): Promise<Table> {
  const { shapes, source } = readShapes()
  const children: ChildProcess[] = []
  const folder = mkdtempSync(join(tmpdir(), 'bench-gateway-'))
  try {
    const suppliers = ['acme', 'bolt', 'bolt']
    const replicas = await Promise.all(suppliers.map(() => start(children, 'replica', {})))
    const views = replicas.map(({ ready }, at) => {
      const supplier = suppliers[at] ?? ''
      return { run: `chat.${at}`, lease: `l${at}`, supplier, url: String(ready), draining: false }
    })
    const routes = [{ service: 'chat', replicas: views }]
    const ours = await start(children, 'gateway', { routes })
    const load = await start(children, 'load', { shapes })
    const urls = views.map(({ url }) => url)
    const direct = { name: 'direct', url: urls[0] as string }
    const proxies = [{ target: { name: 'gateway', url: `${ours.ready}/chat` }, child: ours.child }]
    if (nginxPath) proxies.push(await startNginx(children, folder, urls))

    const targets = [direct, ...proxies.map(({ target }) => target)]
    const times = (await ask(load.child, {
      do: 'compare',
      targets,
      durationMs: spec.compareMs,
    })) as Times[]
    const rates = []
    for (const { target, child } of proxies) rates.push(await press(load.child, target, child))
    const killed = ask(load.child, {
      do: 'press',
      target: proxies[0]?.target as Target,
      durationMs: spec.pressMs,
    })
    await wait(spec.killAfterMs)
    for (const at of [1, 2]) replicas[at]?.child.kill('SIGKILL')
    const counts = (await killed) as Counts
    return table({ times, rates, counts, retries: await retriesAt(String(ours.ready)), source })
  } finally {
    for (const child of children) child.kill('SIGKILL')
    rmSync(folder, { recursive: true })
  }
}

interface Results {
  readonly times: readonly Times[]
  readonly rates: readonly { readonly target: string; readonly perCpuSecond: number | null }[]
  readonly counts: Counts
  readonly retries: number
  readonly source: string
}

function table({ times, rates, counts, retries, source }: Results): Table {
  const base = times[0] as Times
  const rateOf = (target: string) => rates.find((each) => each.target === target)?.perCpuSecond
  const rows = times.map(({ target, plainMs, firstByteMs }) => {
    const addedMs = (q: number) =>
      Math.max(
        quantile(plainMs, q) - quantile(base.plainMs, q),
        quantile(firstByteMs, q) - quantile(base.firstByteMs, q),
      )
    const times = [plainMs, firstByteMs].flatMap((all) => [quantile(all, 0.5), quantile(all, 0.99)])
    const added = [addedMs(0.5), addedMs(0.99), addedMs(0.5) / addedMsGoal]
    const isBase = target === base.target
    const shown = added.map((value) => (isBase ? '–' : show(value)))
    return [target, ...times.map(show), ...shown, rateOf(target)?.toFixed(0) ?? '–']
  })
  const ratio = (rateOf('gateway') ?? Number.NaN) / (rateOf('nginx') ?? Number.NaN)
  const plain = ['plain p50 ms', 'p99']
  const streamed = ['first streamed byte p50', 'p99']
  const added = ['added p50', 'added p99', 'p50 ÷ goal', 'requests per CPU second']
  return {
    title: 'gateway: chat completions through the front door',
    columns: ['path', ...plain, ...streamed, ...added],
    rows: nginxPath ? rows : [...rows, ['nginx', ...(rows[0]?.slice(1).fill('–') ?? [])]],
    note: [
      `${source} ${base.plainMs.length + base.firstByteMs.length} per path, one at a time.`,
      `Added is the worse of plain and streamed; the goal is ${addedMsGoal} ms or less at p50.`,
      nginxPath
        ? `The gateway does ${show(ratio)} of nginx's requests per CPU second (goal: 0.60).`
        : 'nginx was not compared: it is neither on the PATH nor in /usr/sbin.',
      `Two of three replicas killed under ${spec.concurrency} requests at a time:`,
      `${retries} requests were sent to a further replica, ${counts.whole} ended whole,`,
      `${counts.brokenAfterByte} broke after their first byte,`,
      `${counts.failedBeforeByte} failed that had sent no byte (goal: 0).`,
    ].join('\n  '),
  }
}

function show(value: number): string {
  return value.toFixed(2)
}

/** Every shape is one of a published trace, or of a made-up distribution where there is none. */
function readShapes(): { shapes: Shape[]; source: string } {
  const folder = process.env.CALUMET_DATA ?? join(import.meta.dirname, '../../shared/data')
  const path = join(folder, 'llm-requests/AzureLLMInferenceTrace_code.csv')
  if (!existsSync(path)) {
    const shapes = Array.from({ length: 500 }, (_, at) => {
      // Golden-ratio steps fill the range evenly without a generator of random numbers.
      const spread = (at * 0.618_034) % 1
      return {
        contextTokens: Math.round(100 + 7_000 * spread ** 2),
        generatedTokens: 5 + (at % 60),
      }
    })
    return { shapes, source: `Shapes are made up: no trace at ${path} (set CALUMET_DATA).` }
  }
  const lines = readFileSync(path, 'utf8').trim().split(/\r?\n/).slice(1)
  const shapes = lines.map((line) => {
    const [, context, generated] = line.split(',')
    return { contextTokens: Number(context), generatedTokens: Number(generated) }
  })
  return { shapes, source: `Shapes of ${shapes.length} requests of the Azure trace.` }
}

async function start(children: ChildProcess[], role: string, input: object) {
  const child = fork(import.meta.filename, [role, JSON.stringify(role === 'load' ? {} : input)])
  children.push(child)
  if (role === 'load') child.send(input)
  const [ready] = await once(child, 'message')
  return { child, ready: ready as unknown }
}

async function ask(load: ChildProcess, order: Order): Promise<unknown> {
  const answer = once(load, 'message')
  load.send(order)
  return (await answer)[0]
}

async function press(load: ChildProcess, target: Target, proxy: ChildProcess) {
  const before = cpuSeconds(proxy.pid)
  const { whole } = (await ask(load, { do: 'press', target, durationMs: spec.pressMs })) as Counts
  const after = cpuSeconds(proxy.pid)
  const perCpuSecond = before === null || after === null ? null : whole / (after - before)
  return { target: target.name, perCpuSecond }
}

async function retriesAt(url: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` }
  const text = await (await fetch(`${url}/-/metrics`, { headers })).text()
  const values = text.matchAll(/^calumet_gateway_retries_total\{.*\} (\d+)$/gm)
  return [...values].reduce((sum, [, value]) => sum + Number(value), 0)
}

/** The first nginx on the PATH, or where Debian puts it; undefined where there is none. */
function findNginx(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin']
  return folders.map((folder) => join(folder, 'nginx')).find((path) => existsSync(path))
}

async function startNginx(children: ChildProcess[], folder: string, urls: readonly string[]) {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  const servers = urls.map((url) => `server ${new URL(url).host};`).join(' ')
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;
    events { worker_connections 1024; }
    http {
      access_log off; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
      client_body_buffer_size 4m; client_max_body_size 4m;
      upstream chat { least_conn; keepalive 64; ${servers} }
      server {
        listen 127.0.0.1:${port};
        location /chat/ {
          proxy_pass http://chat/; proxy_http_version 1.1; proxy_set_header Connection '';
          proxy_buffering off;
        }
      }
    }`,
  )
  const child = spawn(nginxPath ?? 'nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')])
  children.push(child)
  const endMs = performance.now() + 5_000
  // Any answer will do: it listens.
  while (!(await fetch(`http://127.0.0.1:${port}/`).then(Boolean, () => false))) {
    if (performance.now() > endMs) throw new Error(`nginx does not listen; see ${folder}/error.log`)
    await wait(20)
  }
  return { target: { name: 'nginx', url: `http://127.0.0.1:${port}/chat` }, child }
}

async function replicaRole(): Promise<void> {
  const event = 'data: {"choices":[{"delta":{"content":"so"}}]}\n\n'
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const { max_tokens, stream } = JSON.parse(String(Buffer.concat(chunks)))
    if (!stream) {
      const message = { role: 'assistant', content: 'so '.repeat(max_tokens) }
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ object: 'chat.completion', choices: [{ message }] }))
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (let count = 0; count < max_tokens; count++) {
      response.write(event)
      await new Promise(setImmediate)
    }
    response.end('data: [DONE]\n\n')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
}

async function gatewayRole({ routes }: { routes: RouteView[] }): Promise<void> {
  const { url } = await gateway({
    host: '127.0.0.1',
    port: 0,
    source: { routes: async () => routes, reportLoad: async () => {} },
    auth: [createHash('sha256').update(token).digest('hex')],
    clock: systemClock(),
    log: () => {},
  })
  process.send?.(url)
}

async function loadRole(): Promise<void> {
  const [{ shapes }] = (await once(process, 'message')) as [{ shapes: Shape[] }]
  const agent = new Agent({ keepAlive: true, timeout: 4_000 })
  let turn = 0
  const next = () => bodyOf(shapes[turn++ % shapes.length] as Shape, turn % 2 === 0)
  process.on('message', async (order: Order) => {
    const endMs = performance.now() + order.durationMs
    process.send?.(
      order.do === 'compare'
        ? await compare(order.targets, endMs, next, agent)
        : await pressOn(order.target, endMs, next, agent),
    )
  })
  process.send?.('ready')
}

interface Body {
  readonly text: string
  readonly stream: boolean
}

function bodyOf({ contextTokens, generatedTokens }: Shape, stream: boolean): Body {
  // About four characters are a token.
  const messages = [{ role: 'user', content: 'abc '.repeat(contextTokens) }]
  const text = JSON.stringify({ model: 'bench', messages, max_tokens: generatedTokens, stream })
  return { text, stream }
}

async function compare(
  targets: readonly Target[],
  endMs: number,
  next: () => Body,
  agent: Agent,
): Promise<Times[]> {
  const times = targets.map(({ name }) => ({ target: name, plainMs: [], firstByteMs: [] }) as Times)
  const warmUp = 100
  for (let round = 0; performance.now() < endMs; round++) {
    const body = next()
    for (const at of targets.keys()) {
      // Another path begins in each round, so that none always comes after the same one.
      const place = (at + round) % targets.length
      const { firstMs, wholeMs } = await complete(targets[place] as Target, body, agent)
      if (round < warmUp || wholeMs === null || firstMs === null) continue
      if (body.stream) times[place]?.firstByteMs.push(firstMs)
      else times[place]?.plainMs.push(wholeMs)
    }
  }
  return times
}

async function pressOn(
  target: Target,
  endMs: number,
  next: () => Body,
  agent: Agent,
): Promise<Counts> {
  const counts: Counts = { whole: 0, failedBeforeByte: 0, brokenAfterByte: 0 }
  const caller = async () => {
    while (performance.now() < endMs) {
      const { firstMs, wholeMs } = await complete(target, next(), agent)
      if (wholeMs !== null) counts.whole += 1
      else if (firstMs === null) counts.failedBeforeByte += 1
      else counts.brokenAfterByte += 1
    }
  }
  await Promise.all(Array.from({ length: spec.concurrency }, caller))
  return counts
}

interface Completed {
  /** Null where no byte of an answer came. */
  readonly firstMs: number | null
  /** Null where the answer was not whole. */
  readonly wholeMs: number | null
}

function complete(target: Target, { text, stream }: Body, agent: Agent): Promise<Completed> {
  const startedMs = performance.now()
  let firstMs: number | null = null
  let tail = ''
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  }
  return new Promise((resolve) => {
    const outgoing = request(`${target.url}/v1/chat/completions`, {
      method: 'POST',
      headers,
      agent,
    })
    const fail = () => resolve({ firstMs, wholeMs: null })
    outgoing.once('error', fail)
    outgoing.once('response', (message) => {
      message.on('data', (chunk: Buffer) => {
        if (message.statusCode === 200) firstMs ??= performance.now() - startedMs
        tail = chunk.subarray(-20).toString()
      })
      message.once('error', fail)
      message.once('end', () => {
        const isWhole = message.statusCode === 200 && (!stream || tail.endsWith('[DONE]\n\n'))
        resolve({ firstMs, wholeMs: isWhole ? performance.now() - startedMs : null })
      })
    })
    outgoing.end(text)
  })
}
