/**
 * The HTTP API: every route of the table behind one door, the agents' desk beside it, and the same
 * shape for every failure.
 */
import { randomUUID } from 'node:crypto'
import { type FastifyInstance, fastify } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import type { Token } from '../core/domain/token.ts'
import type { AgentDesk } from '../ports/runtime.ts'
import { addAgentRoutes } from './agent-routes.ts'
import { books } from './books.ts'
import { type Door, door } from './door.ts'
import { type EventStream, eventStream, type News } from './event-stream.ts'
import { doctor } from './handlers/doctor.ts'
import type { Handlers, House } from './handlers/handler.ts'
import { lawHandlers } from './handlers/law.ts'
import { marketHandlers } from './handlers/market.ts'
import { moneyHandlers } from './handlers/money.ts'
import { recordHandlers } from './handlers/records.ts'
import { toldHandlers } from './handlers/told.ts'
import { whatIfHandlers } from './handlers/what-if.ts'
import { workloadHandlers } from './handlers/workloads.ts'
import { addMetrics } from './metrics.ts'
import { document, schemaOf } from './openapi.ts'
import type { RouteName } from './paths.ts'
import { answerGarbage, answerNotFound, answerWith, holdable, type Log } from './refusals.ts'
import { routes } from './routes.ts'
import { throttle } from './throttle.ts'

export interface ApiOptions extends Omit<House, 'books' | 'examine'> {
  readonly desk: AgentDesk
  readonly news: News
  readonly host: string
  /** 0 is any that is free. */
  readonly port: number
  readonly log: Log
  /** Requests a second that one token, or one address without a token, may make for long. */
  readonly requestsPerSecondMax?: number
}

export interface ApiServer {
  readonly url: string
  close(): Promise<void>
}

const bodyBytesMax = 1_100_000
/** For a request to arrive; how long it is answered is another matter. */
const arrivalMs = 60_000

export async function apiServer(options: ApiOptions): Promise<ApiServer> {
  const { ledger, clock, desk, news, log, host, port, requestsPerSecondMax = 2_000 } = options
  const known = books(ledger)
  const house: House = {
    ...options,
    books: known,
    examine: doctor({ ...options, books: known }),
  }
  const answer = answerWith(log)
  const app = fastify({
    bodyLimit: bodyBytesMax,
    requestTimeout: arrivalMs,
    forceCloseConnections: true,
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: answer,
    clientErrorHandler: answerGarbage,
  })
  app.setErrorHandler(answer)
  answerNotFound(app, answer)
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  const admit = door(house.gate, throttle(clock, requestsPerSecondMax))
  const openapi = JSON.stringify(await document())
  app.get('/health', async () => ({ ok: true, leading: options.operator.health().leading }))
  app.get('/openapi.json', async (_, reply) => reply.type('application/json').send(openapi))
  await app.register(async (inner) => addAgentRoutes(inner, desk))
  const handlers = {
    ...workloadHandlers(house),
    ...whatIfHandlers(house),
    ...marketHandlers(house),
    ...toldHandlers(house),
    ...recordHandlers(house),
    ...lawHandlers(house),
    ...moneyHandlers(house),
  }
  const stream = eventStream({ ledger, news, gate: house.gate, clock })
  for (const name of Object.keys(routes) as RouteName[]) {
    addRoute(app, name, { handlers, admit, stream, log })
  }
  addMetrics(app, house, (request) => admit(request, ['reader', 'writer']))
  const url = await app.listen({ host, port }).catch(({ message }: Error) => {
    throw new Error(`the control plane cannot listen at ${host}:${port}: ${message}`)
  })
  // Charges of years are read before anybody asks what they come to.
  house.books.closed().catch((error) => log('warn', `charges could not be read yet: ${error}`))
  return { url, close: () => app.close() }
}

interface Behind {
  readonly handlers: Handlers<RouteName>
  readonly admit: Door
  readonly stream: EventStream
  readonly log: Log
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose token it came with; set before the handler of a route of the table runs. */
    caller?: Token
  }
}

function addRoute(app: FastifyInstance, name: RouteName, behind: Behind): void {
  const { handlers, admit, stream, log } = behind
  const { method, path, roles } = routes[name]
  app.route({
    method,
    url: path,
    schema: schemaOf(name),
    onRequest: async (request) => {
      request.caller = await admit(request, roles)
    },
    preHandler: async (request, reply) => {
      holdable(request.params, 'path $')
      holdable(request.query, 'query $')
      holdable(request.body)
      if (name === 'events') await stream(request, reply)
    },
    handler: async ({ params, query, body, caller, headers }) => {
      const handler = handlers[name] as (input: unknown) => Promise<unknown>
      const idempotencyKey = headers['idempotency-key'] ?? null
      return handler({ params, query, body, token: caller, idempotencyKey })
    },
    onResponse: async ({ id, caller, params }, { statusCode, elapsedTime }) => {
      if (!tellsWhoDid.has(name) || !caller) return
      const { name: subject = '' } = params as { name?: string }
      const took = `${statusCode} in ${Math.round(elapsedTime)} ms`
      log('info', `${id} ${caller.name}: ${name} ${subject}`.trimEnd().concat(`, ${took}`))
    },
  })
}

/** Routes that change something on somebody's word. */
const tellsWhoDid: ReadonlySet<RouteName> = new Set([
  'apply',
  'deleteWorkload',
  'deleteSupplier',
  'createToken',
  'deleteToken',
])
