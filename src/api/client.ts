/**
 * The typed client of the API. Each call is one request; it retries nothing but the event stream,
 * which goes on from the last event that it saw.
 */
import type { z } from 'zod'
import { paths, type RouteName } from './paths.ts'
import type { Routes } from './routes.ts'
import type { EventView, Failure } from './wire.ts'

export interface ClientOptions {
  /** Base URL of the control plane. */
  readonly url: string
  readonly token: string
  readonly fetch: typeof fetch
}

type Params<N extends RouteName> = z.output<Routes[N]['params']>
type Query<N extends RouteName> = Partial<z.output<Routes[N]['query']>>
type Body<N extends RouteName> = z.input<Routes[N]['body']>

export interface CallOptions<N extends RouteName> {
  readonly params?: Params<N>
  readonly query?: Query<N>
  readonly body?: Body<N>
  /** The same key submits once, however often it is sent. */
  readonly idempotencyKey?: string
  readonly signal?: AbortSignal
}

export type Reply<N extends RouteName> = z.output<Routes[N]['reply']>

export interface Client {
  call<N extends RouteName>(route: N, options: CallOptions<N>): Promise<Reply<N>>
  /** Every event after `after`, for ever; reconnects by itself until the signal fires. */
  events(options: {
    readonly after: number
    readonly signal: AbortSignal
  }): AsyncIterable<EventView>
}

/** The server answered, and said no. */
export class ApiError extends Error {
  readonly status: number
  readonly failure: Failure
  constructor(status: number, failure: Failure) {
    super(failure.message)
    this.name = 'ApiError'
    this.status = status
    this.failure = failure
  }
}

const reconnectMs = 1_000

export function client({ url, token, fetch }: ClientOptions): Client {
  const base = url.replace(/\/+$/, '')
  const common = { authorization: `Bearer ${token}` }

  async function call<N extends RouteName>(route: N, options: CallOptions<N>): Promise<Reply<N>> {
    const { params, query, body, idempotencyKey, signal } = options
    const { method, path } = paths[route]
    const response = await fetch(`${base}${filled(path, params)}${search(query)}`, {
      method,
      headers: {
        ...common,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      redirect: 'error',
      signal,
    })
    if (!response.ok) throw await refusal(response)
    return (await response.json()) as Reply<N>
  }

  async function* stream(
    after: number,
    signal: AbortSignal,
    onOpen: () => void,
  ): AsyncIterable<EventView> {
    const response = await fetch(`${base}${paths.events.path}?after=${after}`, {
      headers: { ...common, accept: 'text/event-stream' },
      redirect: 'error',
      signal,
    })
    if (!response.ok || !response.body) throw await refusal(response)
    onOpen()
    let rest = ''
    const decoder = new TextDecoder()
    for await (const chunk of response.body) {
      const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) {
        const data = /^data: (.*)$/m.exec(block)?.[1]
        if (data) yield JSON.parse(data) as EventView
      }
    }
  }

  return {
    call,
    async *events({ after, signal }) {
      let seen = after
      let reached = false
      while (!signal.aborted) {
        try {
          const open = () => {
            reached = true
          }
          for await (const event of stream(seen, signal, open)) {
            seen = event.seq
            yield event
          }
        } catch (error) {
          if (signal.aborted) return
          // A server that never answered is a failure; one that went away comes back.
          if (!reached || isFinal(error)) throw error
        }
        await new Promise((resolve) => setTimeout(resolve, reconnectMs))
      }
    },
  }
}

/** The server said no, and will say it again. */
function isFinal(error: unknown): boolean {
  return error instanceof ApiError && error.failure.code !== 'unavailable'
}

function filled(path: string, params: Readonly<Record<string, unknown>> = {}): string {
  return path.replace(/:(\w+)/g, (_, name) => encodeURIComponent(String(params[name])))
}

function search(query: Readonly<Record<string, unknown>> = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined)
  const text = new URLSearchParams(
    given.map(([key, value]): [string, string] => [key, String(value)]),
  ).toString()
  return text === '' ? '' : `?${text}`
}

async function refusal(response: Response): Promise<ApiError> {
  const text = await response.text().catch(() => '')
  const said = jsonOf(text)
  if (said && typeof said === 'object' && 'code' in said && 'message' in said) {
    return new ApiError(response.status, said as Failure)
  }
  const { status } = response
  const message = `an answer that is not ours, with status ${status}; is this a Calumet server?`
  return new ApiError(status, { code: 'internal', message })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
