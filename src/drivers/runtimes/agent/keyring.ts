/**
 * Tells whose agent is speaking: the proof is compared, and the lease is found by its key.
 *
 * Says nothing of whether the lease is still in force.
 */
import { timingSafeEqual } from 'node:crypto'
import type { Clock, Keys } from '../../../ports/clock.ts'
import type { Ledger, RowQuery } from '../../../ports/ledger.ts'
import type { AgentIdentity } from '../../../ports/runtime.ts'

export interface Keyring {
  /** The lease's id, or why nobody of ours is speaking. */
  leaseOf(who: AgentIdentity): Promise<{ readonly lease: string } | { readonly why: string }>
}

export interface KeyringOptions {
  readonly ledger: Ledger
  readonly keys: Keys
  readonly clock: Clock
}

/** Of the leases that are over there may be very many. */
const searchAllEveryMs = 10_000

export function keyring({ ledger, keys, clock }: KeyringOptions): Keyring {
  const leases = new Map<string, string>()
  const searches = new Map<boolean, Promise<void>>()
  let searchedAllAtMs = Number.NEGATIVE_INFINITY

  async function learn(all: boolean): Promise<void> {
    let query: RowQuery = { all, limit: 1_000 }
    for (;;) {
      const rows = await ledger.list('lease', query)
      for (const { id, body } of rows) leases.set(body.key, id)
      const last = rows.at(-1)
      if (!last || rows.length < 1_000) return
      query = { ...query, after: last.id }
    }
  }

  /** A whole gang that joins at once is looked up once. */
  function search(all: boolean): Promise<void> {
    const begun = searches.get(all)
    if (begun) return begun
    const search = learn(all).finally(() => searches.delete(all))
    searches.set(all, search)
    return search
  }

  return {
    async leaseOf({ key, secret }) {
      if (!same(secret, keys.secretOf(key))) return { why: 'the secret is not the one of this key' }
      if (!leases.has(key)) await search(false)
      if (!leases.has(key) && clock.steadyMs() - searchedAllAtMs >= searchAllEveryMs) {
        searchedAllAtMs = clock.steadyMs()
        await search(true)
      }
      const lease = leases.get(key)
      return lease === undefined ? { why: 'no lease has this key' } : { lease }
    },
  }
}

/** Takes as long for a good guess as for a bad one; how long a secret is, is none. */
function same(a: string, b: string): boolean {
  const [said, known] = [Buffer.from(a), Buffer.from(b)]
  return said.length === known.length && timingSafeEqual(said, known)
}
