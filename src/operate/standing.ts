/**
 * How far a supplier has come with us, as somebody decided it: noted with who and why, and kept
 * whatever else is said of the supplier later.
 */
import { event } from '../core/domain/event.ts'
import {
  type Standing,
  type StandingSince,
  type SupplierSpec,
  standingMoves,
  standingOf,
} from '../core/domain/supplier.ts'
import type { Ledger } from '../ports/ledger.ts'

export interface StandingOrder {
  readonly supplier: string
  readonly state: Standing
  readonly reason: string
  /** Who decides it. */
  readonly by: string
}

export type StandingOutcome =
  | { readonly outcome: 'done'; readonly state: Standing }
  | { readonly outcome: 'unknown' }
  /** One does not lead to the other, or others change it at the same time. */
  | { readonly outcome: 'refused'; readonly why: string }

const tries = 20

export async function decideStanding(
  ledger: Ledger,
  { supplier, state, reason, by }: StandingOrder,
): Promise<StandingOutcome> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const row = await ledger.get('supplier', supplier)
    if (!row?.live) return { outcome: 'unknown' }
    const from = standingOf(row.body)
    if (from === state) return { outcome: 'done', state }
    if (!standingMoves[from].includes(state)) {
      const may = standingMoves[from].join(' or ')
      return { outcome: 'refused', why: `${supplier} is ${from}; it can become ${may}` }
    }
    const standing = { state, reason, by, since: await ledger.now(), ...formerOf(row.body) }
    const done = await ledger.commit({
      puts: [{ ...row, body: { ...row.body, standing } }],
      events: [event('supplier.standing', { supplier }, { from, to: state, reason, by })],
    })
    if (done.outcome === 'done') return { outcome: 'done', state }
  }
  return { outcome: 'refused', why: `${supplier} is being changed by others at the same time` }
}

/** A day that is over is still asked for: nothing that was decided is forgotten. */
function formerOf({ standing }: SupplierSpec): { readonly before?: readonly StandingSince[] } {
  if (!standing) return {}
  const { before = [], ...last } = standing
  return { before: [...before, last] }
}
