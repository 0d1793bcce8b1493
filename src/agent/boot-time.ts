/**
 * Milliseconds since this computer was started: a clock that only goes forward, and that an agent
 * shares with the one that was killed before it. It compares to no other computer's.
 *
 * On Linux it counts while the computer sleeps, so that a grant runs out during the sleep.
 */
import { readFileSync } from 'node:fs'
import { uptime } from 'node:os'

const isLinux = process.platform === 'linux'

/** Names one start of this computer; moments of another start mean nothing. */
export const boot = isLinux ? readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() : ''

export function bootMs(): number {
  return isLinux ? uptime() * 1_000 : Number(process.hrtime.bigint() / 1_000_000n)
}

/** Tells apart, and puts in order, what is sent within one millisecond; also by several agents. */
export function sentNow(): { readonly boot: string; readonly atMicros: number } {
  return { boot, atMicros: Number(process.hrtime.bigint() / 1_000n) }
}
