/**
 * What was: events, logs; and who may look: tokens. And whether all is well.
 */
import type { Run } from '../../core/domain/run.ts'
import { personOf, type Token } from '../../core/domain/token.ts'
import { eventView } from '../../core/report/views.ts'
import type { Audit } from '../../operate/audit.ts'
import { Refused } from '../failure.ts'
import { createToken, everyToken, type Revocation, revokeToken } from '../tokens.ts'
import type { AuditReply, TokenView } from '../wire.ts'
import type { Handlers, House, Input } from './handler.ts'

type Names = 'events' | 'logs' | 'tokens' | 'createToken' | 'deleteToken' | 'doctor' | 'audit'

export function recordHandlers(house: House): Handlers<Names> {
  const { ledger, operator, gate, random, examine } = house
  return {
    events: async ({ query }) => ({ events: (await ledger.events(query)).map(eventView) }),
    logs: async (input) => logOf(house, input),
    async tokens() {
      const rows = await everyToken(ledger)
      return { tokens: rows.map(({ body }) => tokenView(body)) }
    },
    async createToken({ body }) {
      const created = await createToken(ledger, body, random)
      if (!created) throw new Refused('conflict', `there is a token ${body.name}; revoke it first`)
      gate.forget()
      return { token: tokenView(created.token), secret: created.secret }
    },
    async deleteToken({ params: { name } }) {
      const revocation = await revokeToken(ledger, name)
      gate.forget()
      if (revocation === 'revoked') return { name }
      const { code, why } = refusals[revocation]
      throw new Refused(code, `${name}: ${why}`)
    },
    doctor: async () => ({ checks: [...(await examine())] }),
    audit: async () => auditReply(await operator.audit()),
  }
}

function auditReply({ invariants, silent, ...rest }: Audit): AuditReply {
  return {
    ...rest,
    invariants: invariants.map(({ id, name, faults, faultCount }) => {
      return { id, name, checked: faults !== null, faults: faultCount }
    }),
    violations: invariants.flatMap(({ id: invariant, name, faults }) =>
      (faults ?? []).map((text) => ({ invariant, name, text })),
    ),
    silent: [...silent],
  }
}

const refusals = {
  unknown: { code: 'not-found', why: 'there is no such token' },
  'last-admin': { code: 'conflict', why: 'it is the last admin; create another one first' },
  overtaken: { code: 'conflict', why: 'tokens were changed at the same time; try again' },
} as const satisfies Record<Exclude<Revocation, 'revoked'>, unknown>

const logPage = 64_000

async function logOf({ logs, ledger }: House, { params, query }: Input<'logs'>) {
  const { run } = params
  const row = await ledger.get('run', run)
  if (!row) throw new Refused('not-found', `there is no run ${run}; \`calumet get\` lists them`)
  const { rank = 0, epoch = row.body.epoch, offset = 0, limit = logPage } = query
  const bytes = await logs.read({ run, epoch, rank }, offset, limit)
  const whole = untilLastCharacter(bytes)
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(whole)
  const over = bytes.length === 0 && (!row.live || isEpochOver(row.body, epoch))
  return { run, epoch, rank, offset, next: offset + whole.length, text, over }
}

function isEpochOver(run: Run, epoch: number): boolean {
  if (run.state === 'done' || run.state === 'failed' || epoch < run.epoch) return true
  // Between two epochs; before the first there is nothing that could be over.
  return run.state === 'waiting' && epoch === run.epoch && epoch > 0
}

/** A page may end within a character; its first bytes are left for the next page. */
function untilLastCharacter(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte < 0x80) return bytes
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
      return needed > back && bytes.length > back ? bytes.subarray(0, -back) : bytes
    }
  }
  return bytes
}

function tokenView({ hash: _, ...token }: Token): TokenView {
  return { ...token, person: personOf(token) }
}
