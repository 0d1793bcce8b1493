/**
 * The lock of the control plane, as this process holds it: renewed in time, and given up by its own
 * steady clock well before anybody else could take it.
 */
import type { Clock } from '../ports/clock.ts'
import type { Ledger } from '../ports/ledger.ts'

export interface Lead {
  /**
   * `new` where the epoch is not the one we had, `anew` where it is the next one and nobody led
   * between; `none` while somebody else leads.
   */
  take(): Promise<'new' | 'anew' | 'kept' | 'none'>
  /** The epoch to write under; null once leadership may have passed to somebody else. */
  epoch(): number | null
  /** Somebody else ended this epoch. */
  lost(epoch: number): void
  /** A write under this epoch may be applied yet: it is ended before anything is read again. */
  doubt(epoch: number): void
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
  let doubted: number | null = null
  let renewAtMs = 0
  let untilMs = 0
  return {
    async take() {
      const askedMs = clock.steadyMs()
      if (doubted !== null) {
        // From here on anybody may lead, whether or not the answer comes.
        untilMs = Number.NEGATIVE_INFINITY
        await ledger.resign(holder)
      } else if (epoch !== null && askedMs < renewAtMs) return 'kept'
      const before = epoch
      const taken = await ledger.lead(holder, ttlMs)
      epoch = taken?.epoch ?? null
      // Counted from before the question, and a part shorter: our clock may run slow.
      renewAtMs = askedMs + ttlMs * 0.4
      untilMs = askedMs + ttlMs * 0.9
      if (epoch !== null && epoch === before) return 'kept'
      const isOursStill = before !== null && before === doubted && epoch === before + 1
      doubted = null
      if (epoch === null) return 'none'
      return isOursStill ? 'anew' : 'new'
    },
    epoch: () => (clock.steadyMs() < untilMs ? epoch : null),
    lost(ended) {
      if (epoch === ended) epoch = null
    },
    doubt(of) {
      if (epoch === null || epoch === of) doubted = of
    },
    async resign() {
      if (epoch !== null) await ledger.resign(holder)
      epoch = null
    },
  }
}
