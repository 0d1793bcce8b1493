/**
 * A PostgreSQL and its synchronous standby behind one address: what was acknowledged stands
 * on both, so that the standby can take over at any moment.
 */
import { renameSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { type Database, databaseIn, urlOf } from '../postgresql.ts'
import type { Damage, Hazard } from './hazard.ts'

export interface Pair extends Hazard {
  /** Of whichever of the two is in charge. */
  readonly url: string
}

export async function pairIn(folder: string, bin: string): Promise<Pair> {
  const names = ['a', 'b'].map((name) => databaseIn(join(folder, name), bin))
  let [first, second] = names as [Database, Database]
  let isAtWork = false

  function pointAt({ folder: to }: Database): void {
    symlinkSync(to, join(folder, 'next'))
    renameSync(join(folder, 'next'), join(folder, 'now'))
  }

  /** What it is stopped in, it comes back from by its own log. */
  async function crash(): Promise<void> {
    await first.stop()
    await first.start()
  }

  /** No commit is acknowledged before the new standby has it. */
  async function promote(): Promise<void> {
    await first.stop()
    rmSync(join(first.folder, 'data'), { recursive: true })
    await second.promote()
    ;[first, second] = [second, first]
    pointAt(first)
    await second.follow(first)
  }

  /** One at a time: a database that is being mended cannot be struck. */
  const once = (work: () => Promise<void>) => (): Damage | null => {
    if (isAtWork) return null
    isAtWork = true
    const mended = work().finally(() => {
      isAtWork = false
    })
    return { spanMs: 5_000, mended }
  }

  const close = async () => {
    await Promise.allSettled([first.stop(), second.stop()])
  }
  try {
    await first.start()
    // The name that a standby has unless it is given another; a copy in the making has none.
    await say(first, "alter system set synchronous_standby_names = 'walreceiver'")
    await say(first, 'select pg_reload_conf()')
    await second.follow(first)
    pointAt(first)
  } catch (error) {
    await close()
    throw error
  }
  const url = urlOf(join(folder, 'now'))
  return {
    url,
    blows: { database: once(crash), promotion: once(promote) },
    envOf: (name): Record<string, string> => (name === 'server' ? { CALUMET_LEDGER: url } : {}),
    close,
  }
}

async function say({ url }: Database, text: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(text)
  } finally {
    await client.end()
  }
}
