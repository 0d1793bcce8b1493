/**
 * What a rank can ask of its agent, on 127.0.0.1 alone. Each rank has a URL of its own, and with it
 * the right to speak for its own run and epoch.
 *
 *   POST /r/<token>/checkpoint {uri, step}  → 200, 409 once the epoch is fenced off, 503 for now
 *   GET  /r/<token>/checkpoint/<job>        → 200 {uri, step}, 404 while there is none, 503 for now
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Answer, DeskClient } from './desk-client.ts'
import type { Rank } from './rank.ts'

export interface LocalOptions {
  readonly port: number
  readonly desk: DeskClient
  readonly rankWith: (token: string) => Rank | null
}

interface Reply {
  readonly status: number
  readonly body: object
}

/** Rejects where the port is taken: one machine has one agent. */
export async function serveRanks({ port, desk, rankWith }: LocalOptions): Promise<Server> {
  const server = createServer(async (request, response) => {
    const { status, body } = await answer(request).catch(
      (error): Reply => ({ status: 500, body: { error: String(error) } }),
    )
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body))
  })

  async function answer(request: IncomingMessage): Promise<Reply> {
    const [, token = '', job] =
      /^\/r\/([0-9a-f]+)\/checkpoint(?:\/([^/?]+))?$/.exec(request.url ?? '') ?? []
    const rank = rankWith(token)
    if (!rank) return { status: 404, body: { error: 'no rank of this machine has this URL' } }
    if (request.method === 'GET' && job) return replyTo(await desk.newest(decodeURIComponent(job)))
    if (request.method !== 'POST' || job) {
      return { status: 405, body: { error: 'POST …/checkpoint or GET …/checkpoint/<job>' } }
    }
    const checkpoint = checkpointOf(await bodyOf(request))
    if (!checkpoint) return { status: 400, body: { error: 'expected {"uri": "…", "step": 0}' } }
    const { run, epoch } = rank.record
    return replyTo(await desk.commit({ run, epoch, ...checkpoint }))
  }

  server.listen(port, '127.0.0.1')
  await once(server, 'listening').catch((error) => {
    throw new Error(`another agent may run on this machine: ${error.message}`)
  })
  return server
}

function replyTo(answer: Answer<object | null>): Reply {
  if (answer.kind === 'ok') return { status: 200, body: answer.value ?? {} }
  return { status: statuses[answer.kind], body: { error: answer.why } }
}

const statuses = { none: 404, stale: 409, gone: 409, away: 503 } as const

function checkpointOf(text: string): { readonly uri: string; readonly step: number } | null {
  try {
    const { uri, step } = JSON.parse(text)
    const isUri = typeof uri === 'string' && uri.length > 0 && uri.length <= 2_000
    return isUri && Number.isSafeInteger(step) && step >= 0 ? { uri, step } : null
  } catch {
    return null
  }
}

const bodyLengthMax = 16 << 10

/** A body that is too long is cut, and then makes no sense. */
async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const part of request.setEncoding('utf8')) {
    if (body.length <= bodyLengthMax) body += part
  }
  return body.slice(0, bodyLengthMax)
}
