/**
 * The lock of the control plane, as this process holds it: renewed in time, and given up by its own
 * steady clock well before anybody else could take it.
 */
import type { Clock } from '../ports/clock.ts'
import type { Ledger } from '../ports/ledger.ts'

export interface Lead {
  /** `new` where the epoch is not the one we had; `none` while somebody else leads. */
  take(): Promise<'new' | 'kept' | 'none'>
  /** The epoch to write under; null once leadership may have passed to somebody else. */
  epoch(): number | null
  lost(): void
  resign(): Promise<void>
}

export interface LeadOptions {
  readonly ledger: Ledger
  readonly clock: Clock
  readonly holder: string
  readonly ttlMs: number
}

export function leadership({ ledger, clock, holder, ttlMs }: LeadOptions): Lead {
  let epoch: number | null = null
  let renewAtMs = 0
  let untilMs = 0
  return {
    async take() {
      const askedMs = clock.steadyMs()
      if (epoch !== null && askedMs < renewAtMs) return 'kept'
      const taken = await ledger.lead(holder, ttlMs)
      const before = epoch
      epoch = taken?.epoch ?? null
      // Counted from before the question, and a part shorter: our clock may run slow.
      renewAtMs = askedMs + ttlMs * 0.4
      untilMs = askedMs + ttlMs * 0.9
      if (epoch === null) return 'none'
      return epoch === before ? 'kept' : 'new'
    },
    epoch: () => (clock.steadyMs() < untilMs ? epoch : null),
    lost() {
      epoch = null
    },
    async resign() {
      if (epoch !== null) await ledger.resign(holder)
      epoch = null
    },
  }
}
