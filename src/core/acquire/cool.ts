/**
 * What a refusal teaches: how long to leave an offer alone. Pauses double while refusals go on,
 * and a purchase that succeeds clears the memory.
 */
import type { Lease } from '../domain/lease.ts'
import type { Ms } from '../domain/time.ts'
import type { Pool } from '../domain/world.ts'
import type { RefusalKind } from './answer.ts'

/** First pause and longest pause, by what was said. Quota and refusals need a person. */
const pausesMs: Readonly<Record<RefusalKind | 'failed', readonly [number, number]>> = {
  'no-stock': [5_000, 300_000],
  'too-dear': [5_000, 60_000],
  busy: [1_000, 30_000],
  quota: [60_000, 1_800_000],
  refused: [60_000, 1_800_000],
  failed: [30_000, 600_000], // bought, but its machines never worked
}

export function poolOf(lease: Pick<Lease, 'supplier' | 'offer'>): string {
  return `${lease.supplier}/${lease.offer}`
}

/** The memory of a pool after one more refusal. */
export function cooled(
  id: string,
  known: Pool | null,
  kind: RefusalKind | 'failed',
  said: string,
  now: Ms,
): Pool {
  const refusals = (known?.refusals ?? 0) + 1
  const [firstMs, longestMs] = pausesMs[kind]
  const pauseMs = Math.min(firstMs * 2 ** Math.min(refusals - 1, 20), longestMs)
  return { id, refusals, refusedAt: now, until: now + pauseMs, said }
}
