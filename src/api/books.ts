/**
 * Closed charges, read from the ledger once and then followed by its events: they never change, so
 * no list of costs has to go through history again.
 */
import { setImmediate as turn } from 'node:timers/promises'
import type { Charge } from '../core/domain/charge.ts'
import { chargeId } from '../core/domain/charge.ts'
import type { Charged } from '../operate/law/money.ts'
import type { Ledger } from '../ports/ledger.ts'

export interface Books {
  /** All closed charges, by workload; those of no workload under ''. */
  closed(): Promise<ReadonlyMap<string, readonly Charge[]>>
}

/** All charges, beside the rows as they stand. */
export async function chargedOf(ledger: Ledger, known: Books): Promise<Charged> {
  const snapshot = await ledger.read()
  const closed = [...(await known.closed()).values()].flat()
  const charges = [...closed, ...snapshot.rows.charge.map(({ body }) => body)]
  return { snapshot, charges, pause: () => turn() }
}

const pageSize = 1_000

export function books(ledger: Ledger): Books {
  const byWorkload = new Map<string, Charge[]>()
  const known = new Set<string>()
  let seen: number | null = null
  let reading: Promise<void> = Promise.resolve()

  function keep(charge: Charge): void {
    if (known.has(charge.id) || charge.to === null) return
    known.add(charge.id)
    const key = charge.workload ?? ''
    const charges = byWorkload.get(key) ?? []
    charges.push(charge)
    byWorkload.set(key, charges)
  }

  async function open(): Promise<number> {
    const [last] = await ledger.events({ before: Number.MAX_SAFE_INTEGER, limit: 1 })
    let after: string | undefined
    for (;;) {
      const rows = await ledger.list('charge', { all: true, after, limit: pageSize })
      for (const { body } of rows) keep(body)
      after = rows.at(-1)?.id
      if (rows.length < pageSize) return last?.seq ?? 0
      await turn()
    }
  }

  async function follow(from: number): Promise<number> {
    let after = from
    for (;;) {
      const events = await ledger.events({ after, limit: pageSize })
      for (const { kind, supplier, facts } of events) {
        if (kind !== 'charge.closed' || supplier === null) continue
        const row = await ledger.get('charge', chargeId(supplier, String(facts.rental)))
        if (row) keep(row.body)
      }
      after = events.at(-1)?.seq ?? after
      if (events.length < pageSize) return after
      await turn()
    }
  }

  return {
    async closed() {
      // One reader at a time, so that no charge is kept twice or passed over.
      reading = reading
        .catch(() => {})
        .then(async () => {
          seen = seen === null ? await open() : await follow(seen)
        })
      await reading
      return byWorkload
    },
  }
}
