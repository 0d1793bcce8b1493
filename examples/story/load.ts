/**
 * Asks a chat service questions at a steady rate and says of each whether its answer was whole.
 *
 * The rate does not slow down when the service does, as real callers do not either. It never asks
 * twice: a failed answer is a result, and hiding it is not for the one who counts.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from './environment.ts'

export interface Result {
  readonly ok: boolean
  /** 0 where no answer came at all. */
  readonly status: number
  readonly ms: number
  /** Who answered, as the replica says itself: supplier and lease. */
  readonly servedBy: string | null
  readonly streamed: boolean
  /** Whether any of a good answer had come; from then on nobody can ask again unnoticed. */
  readonly firstByteSeen: boolean
  readonly error: string | null
}

export interface LoadOptions {
  /** Where the service is, without `/v1`. */
  readonly url: string
  readonly token: string
  readonly ratePerSecond: number
  readonly model?: string
  readonly timeoutMs?: number
  /** Ends the asking; answers on their way are still waited for. */
  readonly signal: AbortSignal
  readonly onResult: (result: Result) => void
}

/** Returns when it was told to stop and every question has its result. */
export async function load(options: LoadOptions): Promise<void> {
  const { ratePerSecond, signal, onResult } = options
  const startedAt = performance.now()
  const open = new Set<Promise<void>>()
  for (let count = 0; !signal.aborted; count++) {
    const question = ask(options, count % 2 === 1).then((result) => {
      open.delete(question)
      onResult(result)
    })
    open.add(question)
    // Counted from the start, so that late timers do not lower the rate.
    const dueMs = startedAt + ((count + 1) * 1000) / ratePerSecond - performance.now()
    await sleep(Math.max(0, dueMs), undefined, { signal }).catch(() => {})
  }
  await Promise.all(open)
}

async function ask(options: LoadOptions, streamed: boolean): Promise<Result> {
  const { url, token, model = 'story', timeoutMs = 30_000 } = options
  const startedAt = performance.now()
  let status = 0
  let servedBy: string | null = null
  let text = ''
  let error: string | null = null
  try {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(bodyOf(model, streamed)),
      signal: AbortSignal.timeout(timeoutMs),
    })
    status = response.status
    servedBy = response.headers.get('x-served-by')
    const decoder = new TextDecoder()
    for await (const part of response.body ?? []) text += decoder.decode(part, { stream: true })
    error = response.ok ? faultIn(text, streamed) : text.slice(0, 300) || `status ${status}`
  } catch (thrown) {
    error = messageOf(thrown)
  }
  const ms = Math.round(performance.now() - startedAt)
  const firstByteSeen = status === 200 && text !== ''
  return { ok: error === null, status, ms, servedBy, streamed, firstByteSeen, error }
}

function bodyOf(model: string, stream: boolean): object {
  const messages = [{ role: 'user', content: 'Tell me about the harbour. ' }]
  return { model, messages, max_tokens: 24, stream }
}

/** What is wrong with an answer, null if it is whole. */
function faultIn(text: string, streamed: boolean): string | null {
  try {
    if (streamed) return faultInStream(text)
    const content = JSON.parse(text).choices?.[0]?.message?.content
    return typeof content === 'string' && content !== '' ? null : 'an answer without content'
  } catch (error) {
    return `an answer that is not JSON: ${messageOf(error)}`
  }
}

function faultInStream(text: string): string | null {
  const events = text.split(/\r?\n\r?\n/).filter((event) => event.startsWith('data: '))
  if (events.pop() !== 'data: [DONE]') return 'a stream that broke off before [DONE]'
  const chunks = events.map((event) => JSON.parse(event.slice('data: '.length)))
  const choices = chunks.flatMap((chunk) => chunk.choices ?? [])
  if (!choices.some((choice) => choice.delta?.content)) return 'a stream without content'
  return choices.some((choice) => choice.finish_reason)
    ? null
    : 'a stream that does not say why it ended'
}
