/**
 * A supplier that speaks the open protocol and whose machines are processes of this computer.
 *
 * There is no way in without the token. Closing it stops the server and no machine.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type FastifyError, type FastifyInstance, type FastifyReply, fastify } from 'fastify'
import type { Ms } from '../core/domain/time.ts'
import { addAdminRoutes } from './admin.ts'
import type { Config } from './config.ts'
import { faultBox } from './faults.ts'
import { lockFolder } from './lock.ts'
import { machines } from './machines.ts'
import { problemOf, Refusal } from './refusal.ts'
import { addRoutes } from './routes.ts'
import { SetupError } from './setup-error.ts'
import { openShop, type Shop } from './shop.ts'

export interface SupplierServerOptions {
  readonly config: Config
  /** Journal and machines; one server at a time. */
  readonly dataDir: string
  readonly token: string
  readonly host?: string
  /** 0, the default, is any that is free. */
  readonly port?: number
  /** The program that every machine runs; by default the agent of this package. */
  readonly agentEntry?: string
  readonly now?: () => Ms
  readonly log?: (line: string) => void
}

export interface SupplierServer {
  readonly url: string
  close(): Promise<void>
}

export async function supplierServer(options: SupplierServerOptions): Promise<SupplierServer> {
  const { config, token, host = '127.0.0.1', port = 0, now = Date.now, log = () => {} } = options
  if (token === '') throw new SetupError('the supplier needs a token that is not empty')
  const { agentEntry = ownAgent } = options
  if (!existsSync(agentEntry)) throw new SetupError(`there is no agent at ${agentEntry}`)
  const dataDir = resolve(options.dataDir)
  const unlock = lockFolder(dataDir)
  const dir = join(dataDir, 'machines')
  const workshop = machines({ dir, agentEntry })
  const shop = await openShop({ config, dataDir, machines: workshop, now, log }).catch((error) => {
    unlock()
    throw error
  })
  const closing = new AbortController()
  const faults = faultBox(now)
  for (const fault of config.faults) faults.add(fault)

  const app = fastify({
    bodyLimit: bodyMax,
    forceCloseConnections: true,
    // What is wrong with a path is found before any hook.
    frameworkErrors: (error, _, reply: unknown) => send(reply as FastifyReply, refusalOf(error)),
  })
  answerOnlyWith(app, token, log)
  const pause = async (ms: number): Promise<void> => {
    if (ms > 0) await sleep(ms, undefined, { signal: closing.signal })
  }
  const parts = { config, shop, faults, now, pause }
  addRoutes(app, parts)
  addAdminRoutes(app, parts)
  const stopTending = tendOften(shop, log)

  async function close(): Promise<void> {
    closing.abort()
    await app.close()
    stopTending()
    await shop.close()
    unlock()
  }

  try {
    return { url: await app.listen({ host, port }), close }
  } catch (error) {
    await close()
    const said = error instanceof Error ? error.message : String(error)
    throw new SetupError(`cannot listen on ${host}:${port}: ${said}`)
  }
}

const bodyMax = 64 * 1_024
const tendEveryMs = 150

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const ownAgent = fileURLToPath(new URL(`../agent/main.${extension}`, import.meta.url))

function tendOften(shop: Shop, log: (line: string) => void): () => void {
  const timer = setInterval(tend, tendEveryMs)
  const stop = () => clearInterval(timer)
  function tend(): void {
    try {
      shop.tend()
    } catch (error) {
      stop()
      log(`the supplier no longer looks after its machines: ${error}`)
    }
  }
  tend()
  return stop
}

/** The token before all else, and a `Problem` for whatever goes wrong. */
function answerOnlyWith(app: FastifyInstance, token: string, log: (line: string) => void): void {
  const expected = digestOf(`Bearer ${token}`)
  app.addHook('onRequest', async ({ headers }) => {
    // Digests have one length, so that the comparison tells nothing about the token.
    if (timingSafeEqual(digestOf(headers.authorization ?? ''), expected)) return
    throw new Refusal('unauthorized', 'authorization: must be Bearer and the token of the supplier')
  })
  app.setNotFoundHandler(async ({ method, url }) => {
    throw new Refusal('not-found', `${method} ${url.slice(0, 200)} is not part of the protocol`)
  })
  app.setErrorHandler<FastifyError | Refusal>(async (error, { method, url }, reply) => {
    const refusal = error instanceof Refusal ? error : refusalOf(error)
    if (refusal !== error && refusal.status === 500) log(`${method} ${url}: ${error.message}`)
    return send(reply, refusal)
  })
}

function send(reply: FastifyReply, refusal: Refusal): FastifyReply {
  if (refusal.status === 401) reply.header('www-authenticate', 'Bearer')
  if (refusal.status === 429) reply.header('retry-after', '1')
  return reply.code(refusal.status).send(problemOf(refusal))
}

function refusalOf({ statusCode = 500, message }: FastifyError): Refusal {
  return statusCode < 500
    ? new Refusal('invalid', message, statusCode)
    : new Refusal('internal', 'the supplier failed; its log says why')
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
