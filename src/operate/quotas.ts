/**
 * What teams hold just now of what they may hold.
 */
import { hold, roomOf, sharesOf } from '../core/plan/tally/quota.ts'
import type { Snapshot } from '../ports/ledger.ts'

/** All in accelerators. */
export interface QuotaUse {
  readonly team: string
  readonly cohort: string | null
  readonly accelerator: string
  readonly quota: number
  readonly held: number
  /** Of that, beyond its own quota. */
  readonly borrowed: number
  /** How many more it may hold, where nobody else waits for them. */
  readonly room: number
}

export function quotasOf({ now, rows }: Pick<Snapshot, 'now' | 'rows'>): readonly QuotaUse[] {
  const shares = sharesOf(rows.policy[0]?.body.quotas ?? [])
  const teams = new Map(rows.workload.map(({ body: { spec } }) => [spec.name, spec.team]))
  const leases = rows.lease.map(({ body }) => body)
  hold(shares, { now, leases }, teams)
  return [...shares.values()].map((share) => {
    const { held, quota } = share
    const { team, cohort, accelerator, count } = quota
    const borrowed = Math.max(0, held - count)
    const room = Math.max(0, roomOf(share))
    return { team, cohort, accelerator, quota: count, held, borrowed, room }
  })
}
