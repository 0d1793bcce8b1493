/**
 * Makes whatever does not obey the seed fail at once: the wall clock, unseeded chance and real
 * timers throw, for as long as this process lives.
 *
 * The kernel keeps the one timer that it had before; call this once all modules are loaded.
 */
import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'

export function layTripwires(): void {
  const trip = (name: string) => () => {
    throw new Error(`${name} was called in a simulated world, which obeys its seed alone`)
  }
  Date.now = trip('Date.now')
  Math.random = trip('Math.random')
  performance.now = trip('performance.now')
  const timers = ['setTimeout', 'setInterval', 'setImmediate'] as const
  for (const name of timers) Object.assign(globalThis, { [name]: trip(name) })
  Object.assign(crypto, {
    randomUUID: trip('crypto.randomUUID'),
    randomBytes: trip('crypto.randomBytes'),
  })
  syncBuiltinESMExports()
}
