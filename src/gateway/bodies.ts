/**
 * Takes request bodies into memory, whole, so that another replica can be asked the same again.
 *
 * Bounded for each request and for all together. What is too much is read and dropped, since a
 * client that still writes would not see the refusal otherwise.
 */
import type { IncomingMessage } from 'node:http'
import { type Refusal, refusals, tooLarge } from './refusal.ts'
import type { Settings } from './settings.ts'

export interface Body {
  readonly bytes: Buffer
  /** Tells that the bytes are no longer held. */
  release(): void
}

export interface Bodies {
  /** Null where the client went away before its end. */
  take(request: IncomingMessage): Promise<Body | Refusal | null>
}

export function bodies(settings: Pick<Settings, 'bodyBytesMax' | 'bodiesBytesMax'>): Bodies {
  const { bodyBytesMax, bodiesBytesMax } = settings
  let heldBytes = 0
  return {
    take: (request) =>
      new Promise((resolve) => {
        const chunks: Buffer[] = []
        let size = 0
        const release = () => {
          heldBytes -= size
          size = 0
        }
        const refuse = (refusal: Refusal) => {
          release()
          chunks.length = 0
          request.off('data', keep)
          request.resume()
          resolve(refusal)
        }
        const keep = (chunk: Buffer) => {
          size += chunk.length
          heldBytes += chunk.length
          chunks.push(chunk)
          if (size > bodyBytesMax) refuse(tooLarge(bodyBytesMax))
          else if (heldBytes > bodiesBytesMax) refuse(refusals.bodiesFull)
        }
        // Stays for good: an error without a listener would end the process.
        request.on('error', () => {
          release()
          resolve(null)
        })
        if (Number(request.headers['content-length']) > bodyBytesMax) {
          refuse(tooLarge(bodyBytesMax))
          return
        }
        request.on('data', keep)
        request.once('end', () => {
          const bytes = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size)
          resolve({ bytes, release })
        })
      }),
  }
}
