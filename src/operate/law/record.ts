/**
 * What happened that clauses ask for: a launch, a documented inability, a question to whoever may
 * offer first, time down for a cause that a clause excludes. Somebody notes it with its paper;
 * nothing of the kind is ever guessed.
 */
import { clauseName } from '../../core/domain/clause.ts'
import type { LawRecord } from '../../core/domain/contract.ts'
import { type EventDraft, event } from '../../core/domain/event.ts'
import type { Ledger, Snapshot } from '../../ports/ledger.ts'
import { historyOf, lawPut } from './take.ts'

type Unnumbered<T> = T extends unknown ? Omit<T, 'id'> : never
export type RecordOrder = Unnumbered<LawRecord>

export type RecordOutcome =
  | { readonly outcome: 'done'; readonly record: LawRecord }
  /** There is no such clause or party, or it has not happened yet. */
  | { readonly outcome: 'refused'; readonly why: string }

const tries = 20

/** Kept once, however often the same is said; whoever buys meanwhile decides anew. */
export async function keep(ledger: Ledger, order: RecordOrder): Promise<RecordOutcome> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const snapshot = await ledger.read()
    const { rows } = snapshot
    const why = unfounded(snapshot, order)
    if (why !== null) return { outcome: 'refused', why }
    const old = rows.record.find(({ body }) => isSame(body, order))
    if (old) return { outcome: 'done', record: old.body }
    const record: LawRecord = { ...order, id: `f${rows.record.length + 1}` }
    const { kind, at, by, document } = order
    const facts = { record: kind, ...aboutOf(order), happenedAt: at, by, document }
    const done = await ledger.commit({
      puts: [
        { kind: 'record', id: record.id, version: 0, live: true, body: record },
        lawPut(rows.law[0] ?? null),
      ],
      events: [event('law.recorded', {}, facts)],
    })
    if (done.outcome === 'done') return { outcome: 'done', record }
  }
  return { outcome: 'refused', why: 'the law is being changed by others at the same time' }
}

function isSame({ id: _, by: __, ...kept }: LawRecord, { by: ___, ...said }: RecordOrder): boolean {
  const sorted = (value: object) => JSON.stringify(Object.entries(value).sort())
  return sorted(kept) === sorted(said)
}

function aboutOf(order: RecordOrder): EventDraft['facts'] {
  switch (order.kind) {
    case 'first-look':
      return { about: order.clause, releasedAt: order.releasedAt }
    case 'excuse':
      return { about: order.cause, supplier: order.supplier, until: order.until }
    default:
      return { about: order.product, supplier: order.supplier }
  }
}

function unfounded(snapshot: Snapshot, order: RecordOrder): string | null {
  if (order.at > snapshot.now) return 'it lies ahead; expected the day on which it happened'
  const all = historyOf(snapshot).flatMap(({ clauses }) => clauses)
  if (order.kind === 'first-look') {
    const { clause, at, releasedAt } = order
    if (releasedAt !== null && releasedAt < at) return 'they let us go before they were asked'
    const rights = all.filter(({ kind }) => kind === 'rofo').map(clauseName)
    if (rights.includes(clause)) return null
    return `there is no right of first offer ${clause}; ${known([...new Set(rights)])}`
  }
  if (order.kind === 'excuse' && order.until <= order.at) return 'it ends before it begins'
  const sellers = snapshot.rows.supplier.map(({ id }) => id)
  const parties = [...new Set([...sellers, ...all.map((each) => each.with)])]
  if (parties.includes(order.supplier)) return null
  return `nobody here is called ${order.supplier}; ${known(parties)}`
}

function known(names: readonly string[]): string {
  return names.length === 0 ? 'there are none' : `there are ${[...names].sort().join(', ')}`
}
