/**
 * A key to the API. Only its hash is ever stored.
 */
import type { Ms } from './time.ts'

/**
 * `admin` may do all, `writer` may submit and delete workloads, `reader` may look, `gateway` may
 * fetch routes, `client` may call services through a gateway.
 */
export type Role = 'admin' | 'writer' | 'reader' | 'gateway' | 'client'

export interface Token {
  readonly name: string
  readonly role: Role
  /** Whose it is, where that is not its name: a person may have several. */
  readonly person?: string
  /** SHA-256 of the secret, in hexadecimal. */
  readonly hash: string
  readonly createdAt: Ms
  readonly expiresAt: Ms | null
}

/** Who speaks through it: where two of us have to say something, two persons have to. */
export function personOf({ person, name }: Pick<Token, 'person' | 'name'>): string {
  return person ?? name
}
