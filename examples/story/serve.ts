/**
 * One replica of a chat service that speaks OpenAI's protocol and always serves the newest model.
 *
 * It asks the local agent which checkpoint of a job is the newest, and swaps it in between two
 * answers. While there is none, or nobody to ask, it serves what it has. It answers under any model
 * name, because which name leads here is the gateway's business; it neither queues nor meters.
 */
import { randomInt, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  ChatError,
  type ChatRequest,
  chunk,
  completion,
  errorBody,
  type Letterhead,
  readChat,
  usageChunk,
  usageOf,
} from './chat.ts'
import { load } from './checkpoint.ts'
import { messageOf, wholeNumber, words } from './environment.ts'
import { chanceOf, continueText, untrained } from './model.ts'

interface Loaded {
  readonly uri: string | null
  readonly step: number
  readonly parameters: Float64Array
}

const port = wholeNumber('PORT')
const host = words('CALUMET_BIND', '127.0.0.1')
const agentUrl = words('CALUMET_AGENT_URL', '')
const jobName = words('CHECKPOINT_OF', '')
const modelName = words('MODEL', 'story')
const tokenMs = wholeNumber('TOKEN_MS', 10)
const pollMs = wholeNumber('CHECKPOINT_POLL_MS', 2000)
const bodyBytesMax = 64 * 1024
const servedBy = `${words('CALUMET_SUPPLIER', '')}/${words('CALUMET_LEASE', '')}`

let loaded: Loaded | null = null
let draining = false

const server = createServer(async (request, response) => {
  response.setHeader('x-served-by', servedBy)
  // Once draining, a line that has had its answer would only hold up the end.
  response.once('finish', () => draining && request.socket.end())
  try {
    await route(request, response)
  } catch (error) {
    if (response.headersSent || response.closed) return response.destroy()
    const known = error instanceof ChatError ? error : new ChatError(500, messageOf(error))
    reply(response, known.status, errorBody(known))
  }
})

server.on('error', (error) => {
  console.error(`cannot serve on ${host}:${port}: ${error.message}`)
  process.exit(1)
})

server.listen(port, host, () => {
  console.log(`serves on http://${host}:${(server.address() as AddressInfo).port}`)
})

process.once('SIGTERM', () => {
  draining = true
  server.close(() => process.exit(0))
})

await follow()

/** Serves the newest checkpoint, for ever; trouble is told once and not every two seconds. */
async function follow(): Promise<never> {
  let told = ''
  for (;;) {
    let trouble = ''
    try {
      const uri = await newestUri()
      if (uri !== null && uri !== loaded?.uri) {
        loaded = { uri, ...load(uri) }
        console.log(`serves step ${loaded.step} from ${uri}`)
      }
    } catch (error) {
      trouble = `no newer model for now: ${messageOf(error)}`
    }
    if (trouble !== told && trouble !== '') console.log(trouble)
    told = trouble
    loaded ??= { uri: null, ...untrained(1) }
    await sleep(pollMs, undefined, { ref: false })
  }
}

/** Null while no checkpoint has been accepted. */
async function newestUri(): Promise<string | null> {
  if (agentUrl === '' || jobName === '') return null
  const url = `${agentUrl}/checkpoint/${encodeURIComponent(jobName)}`
  const response = await fetch(url, { signal: AbortSignal.timeout(2000) })
  const text = await response.text()
  if (response.status === 404) return null
  if (!response.ok) throw new Error(`the agent answered ${response.status} ${text.slice(0, 200)}`)
  return JSON.parse(text).uri
}

async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url?.split('?')[0]
  // Taken once, so that an answer is by one model from its first to its last token.
  const model = loaded
  switch (`${request.method} ${path}`) {
    case 'GET /health':
      return reply(response, model ? 200 : 503, { step: model?.step, uri: model?.uri })
    case 'GET /v1/models':
      return reply(response, 200, { object: 'list', data: [{ id: modelName, object: 'model' }] })
    case 'POST /v1/chat/completions':
      if (!model) throw new ChatError(503, 'no model is loaded yet')
      return answer(response, model, readChat(await bodyOf(request)))
    default:
      throw new ChatError(404, `there is no ${request.method} ${path} here`)
  }
}

async function answer(response: ServerResponse, model: Loaded, chat: ChatRequest): Promise<void> {
  const head = {
    id: `chatcmpl-${randomUUID()}`,
    created: Math.floor(Date.now() / 1000),
    model: chat.model,
  }
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  response.setHeader('x-model-step', model.step)
  const tokens = generate(model, chat, gone.signal)
  if (chat.stream) return stream(response, chat, head, tokens)
  let text = ''
  for await (const token of tokens) text += token
  reply(response, 200, completion(head, text, usageOf(chat.prompt, text)))
}

async function stream(
  response: ServerResponse,
  chat: ChatRequest,
  head: Letterhead,
  tokens: AsyncIterable<string>,
): Promise<void> {
  const emit = (event: object) => response.write(`data: ${JSON.stringify(event)}\n\n`)
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  emit(chunk(head, { role: 'assistant', content: '' }, null))
  let text = ''
  for await (const token of tokens) {
    text += token
    emit(chunk(head, { content: token }, null))
  }
  emit(chunk(head, {}, 'length'))
  if (chat.usageInStream) emit(usageChunk(head, usageOf(chat.prompt, text)))
  response.end('data: [DONE]\n\n')
}

/** As many tokens as were asked for, at the pace of a larger model; ends when nobody listens. */
async function* generate(
  { parameters }: Loaded,
  { prompt, temperature, tokensMax }: ChatRequest,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const chance = chanceOf(randomInt(2 ** 32))
  const text = continueText(parameters, prompt, { temperature, chance })
  for (let count = 0; count < tokensMax; count++) {
    await sleep(tokenMs, undefined, { signal })
    yield text.next().value
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let bytes = 0
  // The line has to stay open for the answer, also where the body is not read to its end.
  for await (const part of request.iterator({ destroyOnReturn: false })) {
    bytes += part.length
    if (bytes > bodyBytesMax) throw new ChatError(413, `the body exceeds ${bodyBytesMax} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts).toString()
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
