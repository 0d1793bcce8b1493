/**
 * What a plan says of a lease: that it goes, why, and that it is kept or still on its way.
 */
import type { Lease } from '../domain/lease.ts'
import type { Micros } from '../domain/money.ts'
import type { Action } from '../domain/plan.ts'
import type { Reason } from '../domain/reason.ts'
import { priceOf } from './score.ts'

export function release({ id }: Lease, because: string): Action {
  return { do: 'release', lease: id, because }
}

export function buying(run: string, lease: Lease): Reason {
  const { id, state, notBefore } = lease
  const isHeldBack = state === 'intended' && notBefore !== undefined
  const reason = { run, why: 'buying', lease: id, offer: offerOf(lease), state } as const
  return isHeldBack ? { ...reason, notBefore } : reason
}

/** `cheaper` is the best place elsewhere, and the share of the price that it would save. */
export function kept(
  run: string,
  lease: Lease,
  cheaper: {
    readonly offer: string
    readonly saving: number
    readonly carriage?: Micros
  } | null = null,
): Reason {
  return {
    run,
    why: 'kept',
    lease: lease.id,
    offer: offerOf(lease),
    pricePerHour: priceOf(lease),
    cheaper: cheaper?.offer ?? null,
    saving: cheaper?.saving ?? 0,
    ...(cheaper?.carriage !== undefined && { carriage: cheaper.carriage }),
  }
}

export function offerOf(lease: Lease): string {
  return `${lease.supplier}/${lease.offer}`
}
