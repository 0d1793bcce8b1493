/**
 * How far capacity has come, from rumour to acceptance; and what of it counts for whom.
 *
 * A scheduler may count what is accepted. A planner may count what is contracted, as likely as it
 * is. What was only announced counts for nobody.
 */
import type { Ramp, Tranche } from '../../domain/clause.ts'
import { clauseName } from '../../domain/clause.ts'
import type { Contract } from '../../domain/contract.ts'
import type { Ms } from '../../domain/time.ts'
import { asOf } from '../as-of.ts'
import { acceleratorsOf } from '../capacity.ts'
import { acceptedAt, acceptedBy, type SlipLaw } from './slip.ts'

export type LadderRung =
  | 'rumoured'
  | 'announced'
  | 'contracted'
  | 'energised'
  | 'delivered'
  | 'accepted'

export interface LadderRow {
  /** `<contract>/<clause>/<tranche>`. */
  readonly tranche: string
  readonly supplier: string
  readonly accelerator: string
  /** Null where nobody said what the unit comes to. */
  readonly accelerators: number | null
  readonly rung: LadderRung
  readonly dueAt: Ms
  /** As likely as not, and nine times in ten, accepted by then. */
  readonly likelyAt: Ms
  readonly lateAt: Ms
}

/** Every tranche that is known now, whether or not it binds. */
export function ladder(
  history: readonly Contract[],
  now: Ms,
  lawOf: (supplier: string) => SlipLaw,
): readonly LadderRow[] {
  const { inForce, silent } = asOf(history, now, now)
  const rows = [
    ...inForce.flatMap((clause) => (clause.kind === 'ramp' ? rowsOf(clause, null) : [])),
    ...silent.flatMap(({ clause, silence }) => {
      if (clause.kind !== 'ramp' || silence.why !== 'not-binding') return []
      return rowsOf(clause, silence.bindingness === 'rumoured' ? 'rumoured' : 'announced')
    }),
  ]

  function rowsOf(clause: Ramp, unbound: LadderRung | null): readonly LadderRow[] {
    return clause.tranches.map((tranche) => ({
      tranche: `${clauseName(clause)}/${tranche.id}`,
      supplier: clause.with,
      accelerator: tranche.accelerator,
      accelerators: acceleratorsOf(tranche.quantity, tranche.accelerator, clause.conversions),
      rung: unbound ?? rungOf(tranche, now),
      dueAt: tranche.dueAt,
      likelyAt: acceptedAt(tranche, 0.5, now, lawOf(clause.with)),
      lateAt: acceptedAt(tranche, 0.9, now, lawOf(clause.with)),
    }))
  }
  return rows.sort((a, b) => (a.tranche < b.tranche ? -1 : 1))
}

export function rungOf({ reached }: Tranche, at: Ms): LadderRung {
  const has = (rung: keyof Tranche['reached']) => reached[rung] !== null && reached[rung] <= at
  if (has('accepted')) return 'accepted'
  if (has('delivered')) return 'delivered'
  return has('energised') ? 'energised' : 'contracted'
}

/** Accelerators that a scheduler may use at a moment. */
export function schedulable(ramp: Ramp, at: Ms): number {
  return sum(ramp, (tranche) => (rungOf(tranche, at) === 'accepted' ? 1 : 0))
}

/** Accelerators that a planner may expect at a moment, as seen now. */
export function expected(ramp: Ramp, at: Ms, now: Ms, law: SlipLaw): number {
  return sum(ramp, (tranche) => acceptedBy(tranche, at, now, law))
}

function sum({ tranches, conversions }: Ramp, shareOf: (tranche: Tranche) => number): number {
  return tranches.reduce((total, tranche) => {
    const accelerators = acceleratorsOf(tranche.quantity, tranche.accelerator, conversions) ?? 0
    return total + accelerators * shareOf(tranche)
  }, 0)
}
