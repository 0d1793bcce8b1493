/**
 * Who may come in: bearer tokens, of which only the hashes are stored.
 *
 * Looked up by hash and remembered for a few seconds, so that a revoked token is out within five on
 * every replica.
 */
import { createHash } from 'node:crypto'
import { event } from '../core/domain/event.ts'
import type { Ms } from '../core/domain/time.ts'
import type { Role, Token } from '../core/domain/token.ts'
import type { Clock } from '../ports/clock.ts'
import type { Ledger, Row } from '../ports/ledger.ts'

const rememberedMs = 3_000
const pageSize = 1_000
/** A token that is not known may be a new one: look again, but not at every guess. */
const lookAgainMs = 200
const secretPattern = /^cal_[A-Za-z0-9_-]{20,100}$/

export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

export interface Gate {
  /** The token behind an `Authorization` header, or null: missing, malformed, unknown or over. */
  admit(authorization: string | undefined): Promise<Token | null>
  /** Tokens that hold now. */
  tokens(): Promise<readonly Token[]>
  /** Tokens were changed here: look anew. */
  forget(): void
}

export function gate(ledger: Ledger, clock: Clock): Gate {
  let known: ReadonlyMap<string, Token> = new Map()
  let readAtMs = Number.NEGATIVE_INFINITY
  let looking: Promise<void> | null = null

  async function look(): Promise<void> {
    const askedMs = clock.steadyMs()
    const [now, rows] = await Promise.all([ledger.now(), everyToken(ledger)])
    const holding = rows.filter(({ body }) => holds(body, now))
    known = new Map(holding.map(({ body }) => [body.hash, body]))
    readAtMs = askedMs
  }

  async function current(withinMs: number): Promise<ReadonlyMap<string, Token>> {
    if (clock.steadyMs() - readAtMs < withinMs) return known
    // However many ask at once, the ledger is asked once.
    looking ??= look().finally(() => {
      looking = null
    })
    await looking
    return known
  }

  return {
    async admit(authorization) {
      const secret = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1]
      if (!secret || !secretPattern.test(secret)) return null
      const hash = hashOf(secret)
      const token = (await current(rememberedMs)).get(hash)
      return token ?? (await current(lookAgainMs)).get(hash) ?? null
    },
    tokens: async () => [...(await current(rememberedMs)).values()],
    forget() {
      looking = null
      readAtMs = Number.NEGATIVE_INFINITY
    },
  }
}

/** All that were not revoked, those that expired among them. */
export async function everyToken(ledger: Ledger): Promise<readonly Row<'token'>[]> {
  const tokens: Row<'token'>[] = []
  for (let after: string | undefined; ; after = tokens.at(-1)?.id) {
    const page = await ledger.list('token', { after, limit: pageSize })
    tokens.push(...page)
    if (page.length < pageSize) return tokens
  }
}

function holds({ expiresAt }: Token, now: Ms): boolean {
  return expiresAt === null || expiresAt > now
}

export interface NewTokenOptions {
  readonly name: string
  readonly role: Role
  /** Whose it is; by default a person of its name. */
  readonly person?: string | undefined
  readonly expiresInMs: number | null
}

/** Null where a token of that name holds. */
export async function createToken(
  ledger: Ledger,
  { name, role, person = name, expiresInMs }: NewTokenOptions,
  random: (bytes: number) => Buffer,
): Promise<{ readonly token: Token; readonly secret: string } | null> {
  const secret = `cal_${random(24).toString('base64url')}`
  const createdAt = await ledger.now()
  const expiresAt = expiresInMs === null ? null : createdAt + expiresInMs
  const token: Token = { name, role, person, hash: hashOf(secret), createdAt, expiresAt }
  const old = await ledger.get('token', name)
  if (old?.live) return null
  const version = old?.version ?? 0
  const done = await ledger.commit({
    puts: [{ kind: 'token', id: name, version, live: true, body: token }],
    events: [event('token.created', {}, { name, role, person })],
  })
  return done.outcome === 'done' ? { token, secret } : null
}

/** The last admin cannot be revoked: nobody could make another token ever after. */
export type Revocation = 'revoked' | 'unknown' | 'last-admin' | 'overtaken'

export async function revokeToken(ledger: Ledger, name: string): Promise<Revocation> {
  const [now, tokens] = await Promise.all([ledger.now(), everyToken(ledger)])
  const row = tokens.find(({ id }) => id === name)
  if (!row) return 'unknown'
  const heir = tokens.find(({ id, body }) => id !== name && isAdmin(body))
  if (isAdmin(row.body) && !heir) return 'last-admin'
  const done = await ledger.commit({
    // Of two admins that revoke each other at the same time one stays.
    expects: heir ? [{ kind: 'token', id: heir.id, version: heir.version }] : [],
    puts: [{ ...row, live: false }],
    events: [event('token.revoked', {}, { name })],
  })
  return done.outcome === 'done' ? 'revoked' : 'overtaken'

  function isAdmin(token: Token): boolean {
    return token.role === 'admin' && holds(token, now)
  }
}

/** The first token of an installation, to be shown once; null where there ever was one. */
export async function bootstrapToken(
  ledger: Ledger,
  random: (bytes: number) => Buffer,
): Promise<string | null> {
  const any = await ledger.list('token', { all: true, limit: 1 })
  if (any.length > 0) return null
  const created = await createToken(
    ledger,
    { name: 'bootstrap', role: 'admin', expiresInMs: null },
    random,
  )
  return created?.secret ?? null
}
