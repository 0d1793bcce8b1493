/**
 * Bugs of book-keeping: who may write, what is written together, and what is charged.
 */
import { type Mutant, mutant } from './mutant.ts'

const charges = 'src/core/meter/charges.ts'
const loop = 'src/operate/loop.ts'
const reality = 'src/operate/turn/reality.ts'

export const booking: readonly Mutant[] = [
  mutant(
    'no-epoch',
    'the loop writes whether or not it still leads',
    loop,
    'const done = await ledger.commit({ ...draft, epoch })',
    'const done = await ledger.commit(draft)',
  ),
  mutant(
    'told-later',
    'what happened is written after what changed, on its own',
    loop,
    'const done = await ledger.commit({ ...draft, epoch })',
    `const done = await ledger.commit({ ...draft, epoch, events: [] })
    if (done.outcome === 'done') await ledger.commit({ puts: [], events: draft.events, epoch })`,
  ),
  mutant(
    'told-before-taken',
    'people are told that a submission was taken before it was',
    'src/operate/submit.ts',
    'const done = await ledger.commit(commitOf(accepted, law, { key, results }))',
    `ledger.commit(commitOf(accepted, law, { key, results })).catch(() => {})
    const done = { outcome: 'done' }`,
  ),
  mutant(
    'charged-from-our-clock',
    'a charge begins when we saw the rental, not when its supplier says',
    charges,
    'from: rental.startedAt,',
    'from: (owner as any)?.heldAt ?? rental.startedAt,',
  ),
  mutant(
    'charged-at-our-price',
    'a charge is worked out from the price that was agreed, not from the one that is asked',
    charges,
    'amount: costOf(rental.pricePerHour, spanMs)',
    'amount: costOf((owner as any)?.pricePerHourMax ?? rental.pricePerHour, spanMs)',
  ),
  mutant(
    'journal-starts-anew',
    'an entry of the journal goes on from nothing',
    'src/operate/turn/reality.ts',
    "rows.get('journal', 'journal') ?? emptyJournal",
    'emptyJournal',
  ),
  mutant(
    'waste-is-free',
    'what nobody owns is not charged',
    charges,
    'if (known?.to != null || (known && rental.endedAt === null)) return null',
    `if (!owner || owner.rental !== rental.id) return null
  if (known?.to != null || (known && rental.endedAt === null)) return null`,
  ),
  mutant(
    'closed-charges-forgotten',
    'a charge that was closed is opened again',
    reality,
    'if (memory.closedCharges.has(id)) continue',
    '',
  ),
  mutant(
    'never-closed',
    'a charge stays open though its supplier says that the rental ended',
    charges,
    'to: rental.endedAt,',
    'to: owner ? null : rental.endedAt,',
  ),
  mutant(
    'deleted-too-soon',
    'a workload counts as deleted while capacity of it is held',
    reality,
    'if (!left && !held) end',
    'if (!left) end',
  ),
  mutant(
    'ended-runs-on',
    'a workload that is done is never told so',
    reality,
    "end(status, run.state === 'done' ? 'succeeded' : 'failed', run.why)",
    '',
  ),
]
