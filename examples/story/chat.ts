/**
 * The shapes of OpenAI's chat completions: a request checked, an answer written down.
 *
 * Pure. It knows the parts that a client needs to feel at home, and leaves out tools, images,
 * several choices and log probabilities.
 */

/** A fault of the caller, told the way OpenAI tells it. */
export class ChatError extends Error {
  readonly status: number
  readonly param: string | null
  constructor(status: number, message: string, param: string | null = null) {
    super(message)
    this.status = status
    this.param = param
  }
}

export interface ChatRequest {
  readonly model: string
  readonly prompt: string
  readonly tokensMax: number
  readonly temperature: number
  readonly stream: boolean
  readonly usageInStream: boolean
}

/** What one answer is signed with. */
export interface Letterhead {
  readonly id: string
  readonly created: number
  readonly model: string
}

type Json = Readonly<Record<string, unknown>>

const tokensMaxLimit = 512

export function readChat(text: string): ChatRequest {
  const body = parse(text)
  const stream = optional(body, 'stream', false, isBoolean, 'true or false')
  const options = optional(body, 'stream_options', {}, isObject, 'an object')
  const tokensKey =
    body.max_completion_tokens === undefined ? 'max_tokens' : 'max_completion_tokens'
  return {
    model: required(body, 'model', isName, 'the name of a model'),
    prompt: promptOf(required(body, 'messages', isFilled, 'a list with at least one message')),
    tokensMax: optional(body, tokensKey, 48, isCount, `a whole number from 1 to ${tokensMaxLimit}`),
    temperature: optional(body, 'temperature', 0.7, isTemperature, 'a number from 0 to 2'),
    stream,
    usageInStream: stream && options.include_usage === true,
  }
}

export function completion(head: Letterhead, content: string, usage: Json): Json {
  const message = { role: 'assistant', content }
  const choices = [{ index: 0, message, logprobs: null, finish_reason: 'length' }]
  return { ...head, object: 'chat.completion', choices, usage }
}

/** One piece of a streamed answer; the last one has an empty delta and says why it ended. */
export function chunk(head: Letterhead, delta: Json, finishReason: string | null): Json {
  const choices = [{ index: 0, delta, logprobs: null, finish_reason: finishReason }]
  return { ...head, object: 'chat.completion.chunk', choices }
}

export function usageChunk(head: Letterhead, usage: Json): Json {
  return { ...head, object: 'chat.completion.chunk', choices: [], usage }
}

/** A token of this model is one character. */
export function usageOf(prompt: string, answer: string): Json {
  const [prompt_tokens, completion_tokens] = [prompt.length, answer.length]
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens }
}

export function errorBody({ status, message, param }: ChatError): Json {
  const type = status >= 500 ? 'server_error' : 'invalid_request_error'
  return { error: { message, type, param, code: null } }
}

function parse(text: string): Json {
  try {
    const body: unknown = JSON.parse(text)
    if (isObject(body)) return body
  } catch {
    // Told below, like any other body that is no object.
  }
  throw new ChatError(400, 'the body is not a JSON object')
}

function promptOf(messages: readonly unknown[]): string {
  return messages.map(contentOf).join('\n')
}

/** The text of a message, whose content is a string or a list of text parts. */
function contentOf(message: unknown, place: number): string {
  const param = `messages[${place}].content`
  const content = isObject(message) ? message.content : undefined
  if (typeof content === 'string') return content
  const parts = Array.isArray(content) ? content : [null]
  const texts = parts.map((part) => (isObject(part) && part.type === 'text' ? part.text : null))
  if (texts.every((text) => typeof text === 'string')) return texts.join('')
  throw new ChatError(400, `${param} is ${show(content)}; expected text`, param)
}

function required<T>(body: Json, key: string, is: (value: unknown) => value is T, wish: string): T {
  const value = body[key]
  if (is(value)) return value
  throw new ChatError(400, `${key} is ${show(value)}; expected ${wish}`, key)
}

function optional<T>(
  body: Json,
  key: string,
  fallback: T,
  is: (value: unknown) => value is T,
  wish: string,
): T {
  return body[key] === undefined || body[key] === null ? fallback : required(body, key, is, wish)
}

function show(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value).slice(0, 80)
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean'
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isFilled(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= tokensMaxLimit
}

function isTemperature(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 2
}
