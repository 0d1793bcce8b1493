/**
 * What an announced call means for its lease: three outcomes, never two.
 *
 * A refusal settles an attempt only where it answers the only call that was ever announced and the
 * supplier lets no second copy of a request take effect. All else waits for listings.
 */
import type { EventDraft } from '../domain/event.ts'
import type { Lease } from '../domain/lease.ts'
import type { Rental } from '../domain/rental.ts'
import type { SupplierClass } from '../domain/supplier.ts'
import type { Ms } from '../domain/time.ts'
import { bound, leaseEvent } from './settle.ts'

export type RefusalKind = 'no-stock' | 'quota' | 'too-dear' | 'refused' | 'busy'

export type Answer =
  | { readonly outcome: 'ok'; readonly rental: Rental }
  | { readonly outcome: 'refused'; readonly kind: RefusalKind; readonly said: string }
  | { readonly outcome: 'unknown'; readonly said: string }

/** The lease as it is once call number `call` is on its way. */
export function announced(lease: Lease, now: Ms): { lease: Lease; events: EventDraft[] } {
  const calls = lease.calls + 1
  const next: Lease = { ...lease, state: 'asked', calls, calledAt: now, absentCount: 0, why: null }
  return { lease: next, events: [leaseEvent(next, 'lease.asked', { call: calls, calledAt: now })] }
}

/** The lease after the answer to call number `call`; null where the lease has moved on since. */
export function answered(
  lease: Lease,
  call: number,
  answer: Answer,
  supplierClass: SupplierClass,
  now: Ms,
): { lease: Lease; events: EventDraft[] } | null {
  if (lease.calls !== call || (lease.state !== 'asked' && lease.state !== 'unsure')) return null
  if (answer.outcome === 'ok') {
    return bound(lease, answer.rental, { call }, now)
  }
  const { said } = answer
  if (answer.outcome === 'unknown') {
    const next: Lease = { ...lease, state: 'unsure', why: said }
    return { lease: next, events: [leaseEvent(next, 'lease.unsure', { call, said })] }
  }
  const facts = { call, kind: answer.kind, said }
  const settles = call === 1 && supplierClass !== 'C'
  const next: Lease = settles
    ? { ...lease, state: 'gone', wanted: false, goneAt: now, end: 'refused', why: said }
    : { ...lease, state: 'unsure', refusedUnsettled: true, why: said }
  return {
    lease: next,
    events: [leaseEvent(next, 'lease.refused', { ...facts, settled: settles })],
  }
}

/** Whether a lease may be asked for the first time: once its moment has come, if it has one. */
export function mayAsk({ state, wanted, notBefore }: Lease, now: Ms): boolean {
  return state === 'intended' && wanted && (notBefore === undefined || now >= notBefore)
}

/**
 * Whether the same key may be sent again for an unsure lease. Only where a repeated key is safe,
 * while no refusal confused the picture, and not sooner than a pause that doubles with each call.
 */
export function mayAskAgain(lease: Lease, supplierClass: SupplierClass, now: Ms): boolean {
  if (lease.state !== 'unsure' || !lease.wanted || lease.refusedUnsettled) return false
  if (supplierClass === 'C' || lease.calls >= callsMax) return false
  const pauseMs = Math.min(firstPauseMs * 2 ** (lease.calls - 1), longestPauseMs)
  return now >= (lease.calledAt ?? now) + pauseMs
}

const callsMax = 6
const firstPauseMs = 1_000
const longestPauseMs = 30_000
