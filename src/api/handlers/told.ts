/**
 * What may leave for a supplier, and what left for it as far back as it is asked for.
 */
import type { Event } from '../../core/domain/event.ts'
import type { Lease } from '../../core/domain/lease.ts'
import type { Ms } from '../../core/domain/time.ts'
import { leaving, toldTo } from '../../core/report/told.ts'
import { clearanceFor } from '../../operate/law/clearance.ts'
import { noticesTo } from '../../operate/law/rofr.ts'
import { every } from '../../operate/memory.ts'
import type { Ledger } from '../../ports/ledger.ts'
import { Refused } from '../failure.ts'
import type { Handlers, House } from './handler.ts'

export function toldHandlers({ ledger }: House): Handlers<'told' | 'clearance'> {
  return {
    async clearance({ params: { name }, query }) {
      const snapshot = await ledger.read()
      const { at = snapshot.now } = query
      const { to, relations, withheld } = clearanceFor(snapshot, name, at)
      return {
        ...{ to, at, relations: [...relations] },
        withheld: withheld.map(({ scope, ...each }) => ({ ...each, isScoped: scope.length > 0 })),
      }
    },
    async told({ params: { name: supplier }, query: { since = 0 } }) {
      const { events, isWhole } = await recent(ledger, supplier, since)
      const leases: Lease[] = []
      for await (const { body } of every(ledger, 'lease')) leases.push(body)
      const from = isWhole ? since : (events[0]?.at ?? since)
      const notices = (await noticesTo(ledger, supplier)).filter(({ at }) => at >= from)
      const told = toldTo(supplier, { events, leases, notices })
      // Who was forgotten, or holds a right and sells us nothing, was told what he was told.
      if (told.length === 0 && !(await ledger.get('supplier', supplier))) {
        throw new Refused('not-found', `there is no supplier ${supplier}`)
      }
      return { supplier, as: ledger.installation, told: [...told], isWhole }
    },
  }
}

const pageMax = 1_000
/** What one reply is to hold at most, give or take a page. */
const linesMax = 5_000

/** The newest that tell of something that left, page by page into the past. */
async function recent(
  ledger: Ledger,
  supplier: string,
  since: Ms,
): Promise<{ readonly events: readonly Event[]; readonly isWhole: boolean }> {
  let found: Event[] = []
  let before = Number.MAX_SAFE_INTEGER
  for (;;) {
    const page = await ledger.events({ supplier, before, limit: pageMax })
    found = [...page.filter(({ kind, at }) => leaving.has(kind) && at >= since), ...found]
    const [oldest] = page
    const isWhole = page.length < pageMax || !oldest || oldest.at < since
    if (isWhole || found.length >= linesMax) return { events: found, isWhole }
    before = oldest.seq
  }
}
