/**
 * When the control plane was last heard, and what it then granted: until when ranks may go on.
 *
 * A grant counts from the moment its request was sent. All of it is kept in a file by the time
 * since boot, so that the next agent goes on counting where this one was killed.
 */
import { join } from 'node:path'
import { boot, bootMs } from './boot-time.ts'
import { readJson, writeWhole } from './rank-files.ts'
import type { Settings } from './settings.ts'

export interface Lifeline {
  /** A request that was sent at this moment was answered, and granted these ranks. */
  heard(sentAtMs: number, granted: readonly string[]): void
  /** How long ago the last request was sent that got an answer. */
  silentMs(): number
  /** For how much longer the rank may go on; what was never granted may not. */
  leftMs(rank: string, grantMs: number | null): number
}

interface Kept {
  /** A machine that serves another lease, or was booted again, knows nothing. */
  readonly of: string
  readonly heardAtMs: number
  readonly grantedAtMs: Readonly<Record<string, number>>
}

export function lifeline({ home, key, deadManMs }: Settings): Lifeline {
  const of = `${boot} ${key}`
  const path = join(home, 'lifeline')
  const old = readJson<Kept>(path)
  let kept: Kept = old?.of === of ? old : { of, heardAtMs: bootMs(), grantedAtMs: {} }
  // A machine that was never heard counts from its first agent, however often that is killed.
  if (kept !== old) writeWhole(path, JSON.stringify(kept))
  return {
    heard(sentAtMs, granted) {
      const now = granted.map((rank) => [rank, sentAtMs] as const)
      // A rank that is being stopped keeps the end that it had, for as long as it can be there.
      const before = Object.entries(kept.grantedAtMs).filter(([, at]) => sentAtMs - at < deadManMs)
      kept = { of, heardAtMs: sentAtMs, grantedAtMs: Object.fromEntries([...before, ...now]) }
      writeWhole(path, JSON.stringify(kept))
    },
    silentMs: () => bootMs() - kept.heardAtMs,
    leftMs(rank, grantMs) {
      if (grantMs === null) return Number.POSITIVE_INFINITY
      const grantedAtMs = kept.grantedAtMs[rank]
      return grantedAtMs === undefined ? 0 : grantedAtMs + grantMs - bootMs()
    },
  }
}
