/**
 * Keys and secrets of leases, by SHA-256: pure functions of the lease and one secret of the
 * installation, so that a restarted process rebuilds the very same request.
 */
import { createHash, createHmac } from 'node:crypto'
import type { Keys } from '../../ports/clock.ts'

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'
const keyLength = 26
const chanceBytes = 6

/** `secret` never leaves the control plane; whoever has it can pose as any machine. */
export function systemKeys(secret: string): Keys {
  return {
    keyOf(installation, lease) {
      const digest = createHash('sha256').update(`${installation}\n${lease}`).digest()
      return `c${base32(digest).slice(0, keyLength)}`
    },
    digest: (text) => createHash('sha256').update(text).digest('hex'),
    secretOf: (key) => createHmac('sha256', secret).update(key).digest('base64url'),
    // No key has a line break, so that no proof that a machine carries tells what was drawn.
    chanceOf(key) {
      const digest = createHmac('sha256', secret).update(`chance\n${key}`).digest()
      return digest.readUIntBE(0, chanceBytes) / 256 ** chanceBytes
    },
  }
}

function base32(bytes: Uint8Array): string {
  let bits = 0
  let value = 0
  let text = ''
  for (const byte of bytes) {
    value = (value << 8) | byte
    bits += 8
    while (bits >= 5) {
      text += alphabet[(value >>> (bits - 5)) & 31]
      bits -= 5
    }
    value &= (1 << bits) - 1
  }
  return text
}
