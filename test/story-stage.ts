/**
 * The stage for the parts of the story: processes to start, an agent to talk to, ends to wait for.
 *
 * Everything it starts ends with the test that asked for it. It checks nothing itself.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export interface Agent {
  readonly url: string
  readonly committed: { readonly uri: string; readonly step: number }[]
  /** What it answers to a commit. */
  status: number
}

/** Plays the agent of a machine: takes checkpoints, or refuses them, and names the newest. */
export async function fakeAgent(t: TestContext): Promise<Agent> {
  const committed: Agent['committed'] = []
  const server = createHttpServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    if (request.method === 'GET') {
      response.statusCode = committed.length > 0 ? 200 : 404
      return response.end(JSON.stringify(committed.at(-1) ?? {}))
    }
    if (agent.status === 200) committed.push(JSON.parse(body))
    response.statusCode = agent.status
    response.end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const agent: Agent = { url, committed, status: 200 }
  return agent
}

export interface Running {
  readonly exitCode: Promise<number | null>
  output(): string
  kill(signal: NodeJS.Signals): void
  /** Waits until the output, from a place on, has what is looked for; gives the match. */
  says(pattern: RegExp, from?: number): Promise<RegExpExecArray>
}

export function start(t: TestContext, script: string, env: NodeJS.ProcessEnv): Running {
  const path = fileURLToPath(new URL(`../examples/story/${script}`, import.meta.url))
  const child = spawn(process.execPath, [path], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text
    })
  }
  const exitCode = once(child, 'close').then(([code]) => code)
  t.after(() => {
    child.kill('SIGKILL')
    return exitCode
  })
  return {
    exitCode,
    output: () => output,
    kill: (signal) => child.kill(signal),
    async says(pattern, from = 0) {
      let match: RegExpExecArray | null = null
      await until(async () => {
        match = pattern.exec(output.slice(from))
        return match !== null
      }).catch((error) => {
        throw new Error(`${error.message}; looked for ${pattern} in: ${output}`)
      })
      return match as unknown as RegExpExecArray
    },
  }
}

interface GangOptions {
  readonly agent: Agent
  readonly folder: string
  readonly env?: NodeJS.ProcessEnv
}

export function rankEnv({ agent, folder, env }: GangOptions): NodeJS.ProcessEnv {
  return {
    RANK: '0',
    WORLD_SIZE: '2',
    CALUMET_CHECKPOINT_DIR: folder,
    CALUMET_CHECKPOINT: '',
    CALUMET_EPOCH: '1',
    CALUMET_AGENT_URL: agent.url,
    CALUMET_CHECKPOINT_EVERY_MS: '100',
    STEPS: '1000000',
    STEP_MS: '0',
    ...env,
  }
}

export async function startGang(t: TestContext, options: GangOptions): Promise<[Running, Running]> {
  const env = { ...rankEnv(options), MASTER_PORT: String(await freePort()) }
  return [start(t, 'train.ts', env), start(t, 'train.ts', { ...env, RANK: '1' })]
}

export async function exitCodes(gang: readonly Running[]): Promise<(number | null)[]> {
  return Promise.all(gang.map((rank) => rank.exitCode))
}

export async function startReplica(t: TestContext, env: NodeJS.ProcessEnv = {}) {
  const replica = start(t, 'serve.ts', { PORT: '0', CALUMET_SUPPLIER: 'acme', ...env })
  const [, url] = await replica.says(/serves on (\S+)/)
  await until(async () => (await fetch(`${url}/health`)).ok)
  return { ...replica, url: url as string }
}

export function ask(url: string, body: unknown): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

export async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('waited 20 s in vain')
    await sleep(10)
  }
}
