/**
 * Where agents report and pull their work: the HTTP side of the agents' desk.
 *
 * Agents prove themselves with their lease's key and secret; no token opens these routes.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { AgentDesk, AgentIdentity, DeskAnswer } from '../ports/runtime.ts'
import { AgentSync, CheckpointCommit } from '../protocol/agent.ts'
import { authorizationOf } from './door.ts'
import { Refused } from './failure.ts'
import { parsed } from './refusals.ts'

const LogQuery = z.strictObject({
  run: z.string().max(100),
  epoch: z.coerce.number().int().min(1),
  rank: z.coerce.number().int().min(0),
  offset: z.coerce.number().int().min(0),
})

const logBytesMax = 1_000_000

export function addAgentRoutes(app: FastifyInstance, desk: AgentDesk): void {
  const bytes = 'application/octet-stream'
  app.addContentTypeParser(
    bytes,
    { parseAs: 'buffer', bodyLimit: logBytesMax },
    async (_: unknown, body: Buffer) => body,
  )

  app.post('/v1/agent/sync', async (request) => {
    return granted(await desk.sync(whoOf(request), parsed(AgentSync, request.body)))
  })
  app.post('/v1/agent/logs', async (request) => {
    const [who, log] = [whoOf(request), parsed(LogQuery, request.query)]
    const body = request.body instanceof Uint8Array ? request.body : new Uint8Array()
    return { offset: granted(await desk.appendLog(who, log, body)) }
  })
  app.post('/v1/agent/checkpoint', async (request, reply: FastifyReply) => {
    granted(await desk.commitCheckpoint(whoOf(request), parsed(CheckpointCommit, request.body)))
    return reply.status(204).send()
  })
  app.get<{ Params: { job: string } }>('/v1/agent/checkpoint/:job', async (request) => {
    const { job } = request.params
    const newest = granted(await desk.newestCheckpoint(whoOf(request), job))
    if (newest) return newest
    throw new Refused('not-found', `${job} has no checkpoint yet`)
  })
}

function whoOf(request: FastifyRequest): AgentIdentity {
  const { 'x-calumet-key': key, 'x-calumet-node': node } = request.headers
  const secret = /^Bearer (\S{1,200})$/i.exec(authorizationOf(request) ?? '')?.[1]
  const isKey = typeof key === 'string' && /^[\x21-\x7e]{1,100}$/.test(key)
  if (secret && isKey && typeof node === 'string' && /^\d{1,6}$/.test(node)) {
    return { key, secret, index: Number(node) }
  }
  throw new Refused('unauthorized', 'an agent proves its lease')
}

const refusals = { unauthorized: 'unauthorized', gone: 'gone', stale: 'conflict' } as const

function granted<T>(answer: DeskAnswer<T>): T {
  if (answer.outcome === 'ok') return answer.value
  throw new Refused(refusals[answer.outcome], answer.why)
}
