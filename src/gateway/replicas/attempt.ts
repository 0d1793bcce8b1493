/**
 * Asks one replica once, until the first byte of its answer is here.
 *
 * Nothing reaches the client from here, so whatever fails may be tried elsewhere.
 */
import { type ClientRequest, Agent as HttpAgent, type IncomingMessage, request } from 'node:http'
import { Agent as HttpsAgent, request as secureRequest } from 'node:https'
import { urlToHttpOptions } from 'node:url'
import type { Settings } from '../settings.ts'
import type { Fleet, Replica } from './fleet.ts'

/** What the replica is asked, ready to be sent again to another. */
export interface Call {
  readonly method: string
  readonly path: string
  /** For the host that the replica goes by. */
  readonly headersFor: (host: string) => string[]
  readonly body: Buffer
}

export type Outcome =
  | Answered
  | { readonly kind: 'failed' } // the log says why
  | { readonly kind: 'aborted' } // the client left

export interface Answered {
  readonly kind: 'answered'
  /** Paused behind `first`. */
  readonly message: IncomingMessage
  /** Null where the answer has no body. */
  readonly first: Buffer | null
}

export interface Line {
  attempt(replica: Replica, call: Call, signal: AbortSignal): Promise<Outcome>
  close(): void
}

/** One connection was given up by the replica just as it was used again: that is nobody's fault. */
type Sent = Outcome | { readonly kind: 'stale' }

interface Sending {
  readonly fleet: Fleet
  readonly replica: Replica
  readonly call: Call
  readonly settings: Settings
  readonly agent: HttpAgent | false
  readonly signal: AbortSignal
}

/** The pooled connections to all replicas. */
export function line(fleet: Fleet, settings: Settings): Line {
  // Keep-alive probes of the system find out about machines that died while a connection idled.
  const pooled = { keepAlive: true, keepAliveMsecs: 1_000, timeout: settings.idleConnectionMs }
  const agents = { 'http:': new HttpAgent(pooled), 'https:': new HttpsAgent(pooled) }
  return {
    async attempt(replica, call, signal) {
      const agent = agents[replica.url.protocol as keyof typeof agents]
      const common = { fleet, replica, call, settings, signal }
      const sent = await send({ ...common, agent })
      if (sent.kind !== 'stale') return sent
      // Without a pool the connection is a fresh one, which cannot be stale.
      const again = await send({ ...common, agent: false })
      return again.kind === 'stale' ? { kind: 'failed' } : again
    },
    close() {
      for (const agent of Object.values(agents)) agent.destroy()
    },
  }
}

function send({ fleet, replica, call, settings, agent, signal }: Sending): Promise<Sent> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve({ kind: 'aborted' })
    const outgoing = open(replica, call, agent)
    let message: IncomingMessage | null = null
    let isSettled = false
    const end = (why: string) => {
      fail(new Error(why))
      ;(message ?? outgoing).destroy()
    }
    const stay = fleet.enter(replica, end)
    const leave = () => end('the client left')
    signal.addEventListener('abort', leave)
    const timer = deadline(outgoing, settings, end)

    const settle = (sent: Sent) => {
      isSettled = true
      timer.stop()
      signal.removeEventListener('abort', leave)
      if (sent.kind !== 'answered') stay.leave()
      resolve(sent)
    }
    const fail = (error: Error) => {
      // Whatever breaks after the first byte is told by the message itself.
      if (isSettled) return
      if (signal.aborted) return settle({ kind: 'aborted' })
      if (message === null && isStale(outgoing, error)) return settle({ kind: 'stale' })
      // A slow replica is not taken for a sick one: it may be making a long answer.
      if (!timer.isOver()) stay.judge(error.message)
      settle({ kind: 'failed' })
    }

    outgoing.on('error', fail)
    // Some odd answers, such as an upgrade that nobody asked for, end in nothing else.
    outgoing.once('close', () => fail(new Error('hung up without an answer')))
    outgoing.on('response', (answer) => {
      message = answer
      answer.once('close', () => stay.leave())
      // Stays for good: an error without a listener would end the process.
      answer.on('error', fail)
      const status = answer.statusCode ?? 0
      if (status >= 502 && status <= 504) {
        end(`answered ${status}`)
        return
      }
      timer.restart(settings.stallTimeoutMs)
      const arrive = (first: Buffer | null) => {
        answer.pause()
        answer.off('end', arriveEmpty)
        replica.heard = true
        stay.judge(null)
        settle({ kind: 'answered', message: answer, first })
      }
      const arriveEmpty = () => arrive(null)
      answer.once('end', arriveEmpty)
      answer.once('data', arrive)
    })
    outgoing.end(call.body)
  })
}

function open(replica: Replica, call: Call, agent: HttpAgent | false): ClientRequest {
  const { url } = replica
  const { hostname, port } = urlToHttpOptions(url)
  const path = `${url.pathname.replace(/\/$/, '')}${call.path}`
  const headers = call.headersFor(url.host)
  const ask = url.protocol === 'https:' ? secureRequest : request
  return ask({ hostname, port, method: call.method, path, headers, agent })
}

/** The time to connect, then the time to the first header. */
function deadline(outgoing: ClientRequest, settings: Settings, end: (why: string) => void) {
  let isSlow = false
  const late = (durationMs: number) => {
    isSlow = true
    end(`gave no answer within ${durationMs} ms`)
  }
  let timer: NodeJS.Timeout | undefined
  const restart = (durationMs: number) => {
    clearTimeout(timer)
    timer = setTimeout(late, durationMs, durationMs)
  }
  outgoing.once('socket', (socket) => {
    if (!socket.connecting) return restart(settings.headerTimeoutMs)
    const { connectTimeoutMs } = settings
    const why = `took no connection within ${connectTimeoutMs} ms`
    timer = setTimeout(end, connectTimeoutMs, why)
    socket.once('connect', () => restart(settings.headerTimeoutMs))
  })
  return { restart, isOver: () => isSlow, stop: () => clearTimeout(timer) }
}

function isStale(outgoing: ClientRequest, error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException
  return outgoing.reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE')
}
