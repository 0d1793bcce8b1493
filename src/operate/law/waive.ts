/**
 * Waivers: the other side gives way, or two of us set a clause aside for a stated time and reason.
 */
import { isHard } from '../../core/contracts/permits.ts'
import { clauseName } from '../../core/domain/clause.ts'
import { isAgreed, type Waiver } from '../../core/domain/contract.ts'
import { event } from '../../core/domain/event.ts'
import type { Ms } from '../../core/domain/time.ts'
import { dataClasses, relations } from '../../core/domain/trust.ts'
import type { Ledger, Row, Snapshot } from '../../ports/ledger.ts'
import { historyOf, lawPut } from './take.ts'

export interface WaiverOrder {
  readonly clause: string
  readonly kind: Waiver['kind']
  readonly until: Ms
  readonly reason: string
  /** Who says so. */
  readonly by: string
}

export type WaiverOutcome =
  | { readonly outcome: 'done'; readonly waiver: Waiver; readonly isInForce: boolean }
  /** There is no such clause, or nobody can waive it, or the time is over. */
  | { readonly outcome: 'refused'; readonly why: string }

const tries = 20

/**
 * Notes a waiver. An override is in force once two persons have asked for the same one; who asks
 * for the same one again changes nothing.
 */
export async function waive(ledger: Ledger, order: WaiverOrder): Promise<WaiverOutcome> {
  const { clause, kind, until, reason, by } = order
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const snapshot = await ledger.read()
    const { now, rows } = snapshot
    const why = unwaivable(snapshot, order)
    if (why !== null) return { outcome: 'refused', why }
    const isSame = ({ body }: Row<'waiver'>) =>
      body.clause === clause && body.kind === kind && body.until === until && now < body.until
    const old = rows.waiver.find(isSame) ?? null
    const id = old?.id ?? `w${rows.waiver.length + 1}`
    if (old?.body.by.includes(by)) {
      return { outcome: 'done', waiver: old.body, isInForce: isAgreed(old.body) }
    }
    const persons = [...(old?.body.by ?? []), by].sort()
    // One person's word lifts nothing, so that it counts from the second one's on.
    const wasInForce = old !== null && isAgreed(old.body)
    const from = wasInForce ? old.body.from : now
    const told = old?.body.reason ?? reason
    const waiver: Waiver = { id, clause, kind, by: persons, from, until, reason: told }
    const isInForce = isAgreed(waiver)
    const facts = { clause, kind, by, until, reason, inForce: isInForce }
    const done = await ledger.commit({
      puts: [
        { kind: 'waiver', id, version: old?.version ?? 0, live: true, body: waiver },
        lawPut(rows.law[0] ?? null),
      ],
      events: [event('waiver.given', {}, facts)],
    })
    if (done.outcome === 'done') return { outcome: 'done', waiver, isInForce }
  }
  return { outcome: 'refused', why: 'the law is being changed by others at the same time' }
}

function unwaivable(snapshot: Snapshot, { clause, until, kind }: WaiverOrder): string | null {
  const { now } = snapshot
  if (isOurs(snapshot, clause)) {
    if (clause.startsWith('trust/C5')) return 'nobody can waive what is said of class C5'
    if (kind === 'granted') return `${clause} is our own rule: nobody else can grant it`
    return until <= now ? past : null
  }
  const all = historyOf(snapshot).flatMap(({ clauses }) => clauses)
  const found = all.find((each) => clauseName(each) === clause)
  if (!found) {
    const names = [...new Set(all.map(clauseName))].sort()
    const known = names.length === 0 ? 'there are none' : `there are ${names.join(', ')}`
    return `there is no clause ${clause}; ${known}`
  }
  if (isHard(found)) return `nobody can waive ${clause}, which is about ${found.kind}`
  return until <= now ? past : null
}

const past = 'until lies in the past; expected a day ahead'

/** A rule of trust, `trust/<class>-<relation>`, or the scope of a supplier, `list/<supplier>`. */
function isOurs({ rows }: Snapshot, clause: string): boolean {
  const [room, rule = ''] = clause.split(/\/(.*)/s)
  if (room === 'list') return rows.supplier.some(({ id, body }) => id === rule && body.scope)
  const [data, relation] = rule.split(/-(.*)/s)
  const isRule =
    dataClasses.some((each) => each === data) && relations.some((each) => each === relation)
  return room === 'trust' && isRule
}
