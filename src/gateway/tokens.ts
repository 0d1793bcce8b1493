/**
 * Whether a caller may come in. There is no way to leave the door open.
 */
import { createHash } from 'node:crypto'

/** A judge of tokens, or the SHA-256 hashes of those that are accepted, in hex. */
export type Auth = ((token: string) => boolean) | readonly string[]

export function tokenCheck(auth: Auth): (authorization: string | undefined) => boolean {
  const accepts = typeof auth === 'function' ? auth : acceptsHashes(auth)
  return (authorization) => {
    const token = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
    return token !== undefined && accepts(token)
  }
}

function acceptsHashes(hashes: readonly string[]): (token: string) => boolean {
  const wrong = hashes.findIndex((hash) => !/^[0-9a-f]{64}$/i.test(hash))
  if (wrong >= 0) {
    // The value itself stays untold: it may be a token that somebody forgot to hash.
    throw new Error(`tokens[${wrong}] is no SHA-256 hash; expected 64 hexadecimal digits`)
  }
  const accepted = new Set(hashes.map((hash) => hash.toLowerCase()))
  return (token) => accepted.has(createHash('sha256').update(token).digest('hex'))
}
