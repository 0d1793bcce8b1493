/**
 * By which hours of the day, in UTC, a region had more to give than at others: plain data, where
 * what is old fades. Says how odds differ, not what they are.
 */
import type { Ms } from '../domain/time.ts'
import type { HoursOfDay } from '../domain/world.ts'

const hourMs = 3_600_000

/** Evidence this old counts by a third: a week has each day once. */
const memoryMs = 7 * 24 * hourMs

/** So many hours of every hour of the day are taken as ordinary before any is seen. */
const doubt = 8

const none: HoursOfDay = { atMs: 0, up: Array(24).fill(0), seen: Array(24).fill(0) }

/** After a spell in which a pool of the region was up, or down, all the time. */
export function afterSpell(
  old: HoursOfDay = none,
  { fromMs, toMs, isUp }: { readonly fromMs: Ms; readonly toMs: Ms; readonly isUp: boolean },
): HoursOfDay {
  const kept = Math.exp(-Math.max(0, toMs - old.atMs) / memoryMs)
  const up = old.up.map((each) => each * kept)
  const seen = old.seen.map((each) => each * kept)
  for (let at = fromMs; at < toMs; ) {
    const next = Math.min(toMs, (Math.floor(at / hourMs) + 1) * hourMs)
    const hour = hourOf(at)
    seen[hour] = (seen[hour] ?? 0) + (next - at) / hourMs
    if (isUp) up[hour] = (up[hour] ?? 0) + (next - at) / hourMs
    at = next
  }
  return { atMs: Math.max(old.atMs, toMs), up, seen }
}

/** By what the odds of being up at a moment are multiplied, beside those of any hour. */
export function oddsAt({ up, seen }: HoursOfDay, atMs: Ms): number {
  const share = (sum(up) + 1) / (sum(seen) + 2)
  const hour = hourOf(atMs)
  const here = ((up[hour] ?? 0) + doubt * share) / ((seen[hour] ?? 0) + doubt)
  return odds(here) / odds(share)
}

const hourOf = (atMs: Ms): number => Math.floor(atMs / hourMs) % 24
const odds = (share: number): number => share / (1 - share)
const sum = (all: readonly number[]): number => all.reduce((total, each) => total + each, 0)
