/**
 * What a street stands on: its roads, its clock and its ledger. Plain ground never gives way; rough
 * ground is all the hazards that this machine allows, and says what it left out.
 */
import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { embedded } from '../../../src/drivers/ledgers/embedded.ts'
import { postgres } from '../../../src/drivers/ledgers/postgres.ts'
import type { Ledger } from '../../../src/ports/ledger.ts'
import type { Chance } from '../../../src/sim/engine/chance.ts'
import { postgresqlBin } from '../postgresql.ts'
import { clockIn } from './clock.ts'
import type { Blow, Hazard, Name } from './hazard.ts'
import { pairIn } from './pair.ts'
import { lateMs, roadsOf } from './roads.ts'

export interface Ground {
  /** Where a program listens. */
  addressOf(name: Name): string
  /** Programs before it on its command line. */
  throughOf(name: Name): readonly string[]
  envOf(name: Name): Readonly<Record<string, string>>
  /** Once all programs have ended. */
  openLedger(): Promise<Ledger>
  readonly blows: readonly Blow[]
  /** How late a request may still arrive here. */
  readonly lateMs: number
  /** When the worst will be over; null where it cannot be struck just now. */
  strike(blow: Blow, chance: Chance): number | null
  /** Resolves when all is mended. */
  calm(): Promise<void>
  close(): Promise<void>
  /** What this machine does not allow, and why. */
  readonly missing: readonly string[]
}

export type Lay = (folder: string) => Promise<Ground>

export const plainGround: Lay = async (folder) => {
  const path = join(folder, 'server', 'ledger.db')
  return {
    addressOf: () => '127.0.0.1',
    throughOf: () => [],
    envOf: () => ({}),
    openLedger: () => embedded({ path, clock: Date.now, randomId: () => 'x' }),
    blows: [],
    lateMs: 2_000,
    strike: () => null,
    calm: async () => {},
    close: async () => {},
    missing: [],
  }
}

export const roughGround: Lay = async (folder) => {
  const plain = await plainGround(folder)
  const missing: string[] = []
  const found = async <H extends Hazard>(what: string, lay: () => H | Promise<H>) => {
    try {
      return await lay()
    } catch (error) {
      missing.push(`no ${what}: ${error instanceof Error ? error.message : error}`)
      return null
    }
  }
  const pair = await found('PostgreSQL', () => laidPair(folder))
  const roads = await found('network namespaces', roadsOf)
  // An embedded ledger tells the time by the control plane’s clock, and so would all of history.
  const clock = pair && (await found('clock that jumps', () => clockIn(folder)))
  const hazards = [pair, roads, clock].filter((each) => each !== null)
  const blows = Object.assign({}, ...hazards.map((each) => each.blows)) as Hazard['blows']
  const mending = new Set<Promise<void>>()
  return {
    addressOf: (name) => (roads ?? plain).addressOf(name),
    throughOf: (name) => (roads && name !== 'server' ? roads.throughOf(name) : []),
    envOf: (name) => Object.assign({}, ...hazards.map((each) => each.envOf(name))),
    openLedger: () =>
      pair ? postgres({ url: pair.url, randomId: () => 'x' }) : plain.openLedger(),
    blows: Object.keys(blows) as Blow[],
    lateMs: roads ? lateMs : plain.lateMs,
    strike(blow, chance) {
      const damage = blows[blow]?.(chance) ?? null
      if (damage === null) return null
      const mended = damage.mended.finally(() => mending.delete(mended))
      mending.add(mended)
      return Date.now() + damage.spanMs
    },
    async calm() {
      await Promise.all(mending)
    },
    async close() {
      await Promise.allSettled(mending)
      for (const hazard of hazards) await hazard.close()
    },
    missing,
  }
}

async function laidPair(folder: string) {
  if (!postgresqlBin) throw new Error('initdb and pg_ctl are not installed')
  const own = join(folder, 'pg')
  mkdirSync(own)
  // PostgreSQL runs as somebody else.
  for (const each of [folder, own]) chmodSync(each, 0o755)
  return pairIn(own, postgresqlBin)
}
