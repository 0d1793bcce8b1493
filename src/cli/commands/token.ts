/**
 * `calumet token`: makes, lists and revokes keys to the API. A secret is shown once, at its birth.
 */
import type { NewToken } from '../../api/wire.ts'
import { exitCodes } from '../failure.ts'
import type { Session } from '../session.ts'
import { plain } from '../show/text.ts'

export type Role = (typeof NewToken)['_output']['role']

export interface CreateOptions {
  readonly role: Role
  readonly person?: string
  /** Milliseconds; never where it is not given. */
  readonly expires?: number
}

/** The secret alone goes to stdout, so that it can be kept with `> file`. */
export async function createToken(
  session: Session,
  name: string,
  { role, person, expires }: CreateOptions,
): Promise<number> {
  const api = await session.api()
  const body = { name, role, person, expiresInMs: expires ?? null }
  const reply = await api.call('createToken', { body })
  session.note(`this is the token of ${plain(name)}; it is not shown again:\n`)
  session.reply(reply, ({ secret }) => `${plain(secret)}\n`)
  return exitCodes.ok
}

export async function revokeToken(session: Session, name: string): Promise<number> {
  const api = await session.api()
  const reply = await api.call('deleteToken', { params: { name } })
  session.reply(reply, () => `token ${plain(name)} is revoked\n`)
  return exitCodes.ok
}
