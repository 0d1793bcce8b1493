/**
 * Time as whole milliseconds since the Unix epoch, and durations as people write them.
 *
 * Reads no clock: every moment that the core knows was handed to it.
 */

/** A moment, in whole milliseconds since 1970-01-01T00:00:00Z, by the ledger's clock. */
export type Ms = number

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** Reads `90s`, `1h30m`, `250ms`; null when the text is no duration. */
export function parseDuration(text: string): number | null {
  if (!/^(\d+(?:\.\d+)?(ms|s|m|h|d))+$/.test(text)) return null
  let totalMs = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    totalMs += Number(amount) * unitMs[unit as keyof typeof unitMs]
  }
  return Number.isSafeInteger(Math.round(totalMs)) ? Math.round(totalMs) : null
}

/** Writes a duration for people, two units at most: `1h 4m`, `12s`, `250ms`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1_000) return `${Math.max(0, Math.round(durationMs))}ms`
  const parts: string[] = []
  let restMs = Math.round(durationMs / 1_000) * 1_000
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    const count = Math.floor(restMs / unitMs[unit])
    restMs -= count * unitMs[unit]
    if (count > 0) parts.push(`${count}${unit}`)
  }
  return parts.slice(0, 2).join(' ')
}
