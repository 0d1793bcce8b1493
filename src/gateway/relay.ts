/**
 * Passes a replica's answer on as it comes, byte for byte, no faster than the client reads.
 *
 * From here on nothing is tried again. A stream of events that breaks off ends with an event that
 * says so; any other answer is cut, so that nobody takes it for whole.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { errorJson } from './refusal.ts'
import type { Answered } from './replicas/attempt.ts'

export interface Relay {
  readonly answer: Answered
  readonly response: ServerResponse
  readonly headers: readonly string[]
  readonly stallTimeoutMs: number
  readonly onData: () => void
}

export type Ending =
  | 'whole'
  | 'broken' // by the replica
  | 'aborted' // by the client

export function relay({
  answer: { message, first },
  response,
  headers,
  stallTimeoutMs,
  onData,
}: Relay): Promise<Ending> {
  return new Promise((resolve) => {
    if (response.destroyed) {
      message.destroy()
      return resolve('aborted')
    }
    let isBroken = false
    const stall = setTimeout(() => {
      // Twice means that the client takes not even the end.
      if (message.isPaused() || message.destroyed) response.destroy()
      else message.destroy(new Error('stalled'))
      stall.refresh()
    }, stallTimeoutMs)

    const pass = (chunk: Buffer) => {
      stall.refresh()
      onData()
      if (!response.write(chunk)) message.pause()
    }
    const breakOff = () => {
      if (message.complete || response.destroyed || isBroken) return
      isBroken = true
      if (isEventStream(message)) response.end(lastWords())
      else response.destroy()
    }
    response.on('drain', () => message.resume())
    response.once('close', () => {
      clearTimeout(stall)
      if (!message.complete) message.destroy()
      resolve(isBroken ? 'broken' : response.writableFinished ? 'whole' : 'aborted')
    })
    message.on('data', pass)
    message.once('end', () => response.end())
    message.once('close', breakOff)

    response.writeHead(message.statusCode ?? 502, message.statusMessage, [...headers])
    if (message.readableEnded) {
      response.end(first ?? undefined)
      return
    }
    if (first !== null) pass(first)
    if (message.destroyed) breakOff()
    else if (!response.writableNeedDrain) message.resume()
  })
}

/** Whether an event may be added: not where lengths were promised or bytes are packed. */
function isEventStream({ headers }: IncomingMessage): boolean {
  return (
    (headers['content-type'] ?? '').startsWith('text/event-stream') &&
    headers['content-length'] === undefined &&
    (headers['content-encoding'] ?? 'identity') === 'identity'
  )
}

/** The blank lines end whatever event was cut in the middle. */
function lastWords(): string {
  const message = 'the replica went away before its answer was whole; ask again'
  return `\n\ndata: ${errorJson({ status: 502, code: 'broken_stream', message })}\n\n`
}
