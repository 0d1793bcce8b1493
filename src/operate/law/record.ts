/**
 * What happened that clauses ask for: a launch, a documented inability, a question to whoever may
 * offer first, time down for a cause that a clause excludes, where an index stood. Somebody notes
 * it with its paper; nothing of the kind is ever guessed.
 */
import { clauseName } from '../../core/domain/clause.ts'
import type { LawRecord } from '../../core/domain/contract.ts'
import { type EventDraft, event } from '../../core/domain/event.ts'
import type { Ledger, Snapshot } from '../../ports/ledger.ts'
import { type IndexOrder, notedBefore, noteOf, wrongNote } from './price/note.ts'
import { historyOf, lawPut } from './take.ts'

type Unnumbered<T> = T extends unknown ? Omit<T, 'id'> : never
type HappenedOrder = Unnumbered<Exclude<LawRecord, { readonly kind: 'index' }>>
export type RecordOrder = HappenedOrder | IndexOrder

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
    const kept = rows.record.map(({ body }) => body)
    const old = order.kind === 'index' ? notedBefore(kept, order) : keptBefore(kept, order)
    if (old) return { outcome: 'done', record: old }
    const id = `f${rows.record.length + 1}`
    const record =
      order.kind === 'index' ? noteOf(order, { id, now: snapshot.now }) : { ...order, id }
    const { kind, at, by, document } = record
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

function keptBefore(
  kept: readonly LawRecord[],
  { by: _, ...said }: HappenedOrder,
): LawRecord | null {
  const sorted = (value: object) => JSON.stringify(Object.entries(value).sort())
  const wanted = sorted(said)
  return kept.find(({ id: _id, by: _by, ...each }) => sorted(each) === wanted) ?? null
}

function aboutOf(order: RecordOrder): EventDraft['facts'] {
  switch (order.kind) {
    case 'index':
      return { about: order.index, unit: order.unit, levels: order.levels.length }
    case 'first-look':
      return { about: order.clause, releasedAt: order.releasedAt }
    case 'excuse':
      return { about: order.cause, supplier: order.supplier, until: order.until }
    default:
      return { about: order.product, supplier: order.supplier }
  }
}

function unfounded(snapshot: Snapshot, order: RecordOrder): string | null {
  const all = historyOf(snapshot).flatMap(({ clauses }) => clauses)
  if (order.kind === 'index') {
    const kept = snapshot.rows.record.map(({ body }) => body)
    return wrongNote(order, { kept, clauses: all, now: snapshot.now })
  }
  if (order.at > snapshot.now) return 'it lies ahead; expected the day on which it happened'
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
