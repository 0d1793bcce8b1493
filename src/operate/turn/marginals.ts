/**
 * What contracts do to prices, from what the ledger holds; what commitments have left is worked out
 * anew only where charges or contracts have changed.
 */

import type { Law } from '../../core/contracts/law.ts'
import { account, type Paid } from '../../core/contracts/money/account.ts'
import { isAboutPrices, isCommitment, marginals } from '../../core/contracts/money/marginals.ts'
import { levelsAt } from '../../core/contracts/price/levels.ts'
import type { Contract } from '../../core/domain/contract.ts'
import type { Offer } from '../../core/domain/offer.ts'
import { type Marginals, noMarginals } from '../../core/domain/world.ts'
import { slices } from '../../core/meter/slices.ts'
import type { Drawn, Memory } from '../memory.ts'
import type { Sheet } from './sheet.ts'

export function marginalsOn(
  rows: Sheet,
  offers: readonly Offer[],
  { law, memory }: { readonly law: Law; readonly memory: Memory },
): Marginals {
  const { inForce, at: now } = law
  if (!inForce.some(isAboutPrices)) return noMarginals
  const isDrawn = inForce.some(isCommitment)
  const { draws: closed, prepaidUsed } = isDrawn
    ? drawnBefore(rows.all('contract'), memory)
    : nothingDrawn
  const levels = levelsAt(rows.all('record'), { at: now, known: now })
  const held = { open: rows.all('charge'), leases: rows.all('lease') }
  return marginals({ inForce, closed, prepaidUsed, ...held, offers, levels, now })
}

const nothingDrawn: Pick<Drawn, 'draws' | 'prepaidUsed'> = { draws: [], prepaidUsed: {} }

function drawnBefore(history: readonly Contract[], memory: Memory): Drawn {
  const key = `${memory.closed.length} ${history.length}`
  if (memory.drawn?.key === key) return memory.drawn
  const parts = memory.closed.flatMap((charge) =>
    slices(charge, charge.to ?? charge.from).map(({ from, to, amount }): Paid => {
      return { ...charge, id: `${charge.id}@${from}`, from, to, amount }
    }),
  )
  const { draws, prepaid } = account(history, parts)
  const startOf = new Map(parts.map(({ id, from }) => [id, from]))
  const prepaidUsed: Record<string, bigint> = {}
  for (const { clause, amount } of prepaid) {
    prepaidUsed[clause] = (prepaidUsed[clause] ?? 0n) + amount
  }
  const drawn: Drawn = {
    key,
    prepaidUsed,
    draws: draws.map((draw) => ({ ...draw, at: startOf.get(draw.charge) ?? 0 })),
  }
  memory.drawn = drawn
  return drawn
}
