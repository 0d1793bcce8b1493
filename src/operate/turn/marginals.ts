/**
 * What commitments do to prices, from what the ledger holds; worked out anew only where charges or
 * contracts have changed.
 */

import type { Law } from '../../core/contracts/law.ts'
import { account, type Paid } from '../../core/contracts/money/account.ts'
import { marginals } from '../../core/contracts/money/marginals.ts'
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
  if (!inForce.some(({ kind }) => isCommitment.has(kind))) return noMarginals
  const { draws: closed, prepaidUsed } = drawnBefore(rows.all('contract'), memory)
  const open = rows.all('charge')
  return marginals({ inForce, closed, prepaidUsed, open, leases: rows.all('lease'), offers, now })
}

const isCommitment: ReadonlySet<string> = new Set(['take_or_pay', 'spend_commit', 'prepay'])

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
