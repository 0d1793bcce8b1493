/**
 * Which tranches a commitment waits for, and how far each is: known where a take-or-pay names its
 * ramp. What is bought is bought of offers, so nothing else ties it to a tranche.
 */
import { type LadderRung, rungOf } from '../contracts/delivery/ladder.ts'
import { type Clause, clauseName } from '../domain/clause.ts'
import type { Ms } from '../domain/time.ts'
import type { FocusRow } from './rows.ts'

/** Of the ramp of a commitment, in order: `<contract>/<clause>/<tranche>`. */
interface Came {
  readonly tranche: string
  readonly rung: LadderRung
}

/** The columns about them, of these commitments; `isWhole` tells those that have not come, too. */
export function trancheColumns(
  clauses: readonly Clause[],
  names: readonly string[],
  { at, isWhole }: { readonly at: Ms; readonly isWhole: boolean },
): FocusRow {
  const told = [...new Set(names)]
    .flatMap((name) => tranchesOf(clauses, name, at))
    .filter(({ rung }) => isWhole || rung === 'accepted')
  return {
    x_DeliveryStatus: told.map(({ rung }) => rung).join(' ') || null,
    x_TrancheId: told.map(({ tranche }) => tranche).join(' ') || null,
  }
}

function tranchesOf(clauses: readonly Clause[], name: string, at: Ms): readonly Came[] {
  const clause = clauses.find((each) => clauseName(each) === name)
  if (clause?.kind !== 'take_or_pay' || clause.ramp === null) return []
  const ramp = clauses.find(
    ({ contract, id }) => contract === clause.contract && id === clause.ramp,
  )
  if (ramp?.kind !== 'ramp') return []
  return ramp.tranches.map((tranche) => {
    return { tranche: `${clauseName(ramp)}/${tranche.id}`, rung: rungOf(tranche, at) }
  })
}
