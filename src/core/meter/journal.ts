/**
 * The journal of what we owe: one entry for every charge that closes, in double entry, each chained
 * to the one before it. Whatever is changed, left out or put in later breaks the chain.
 */
import type { Charge, Entry, JournalHead } from '../domain/charge.ts'

/** SHA-256 in hexadecimal. */
export type Digest = (text: string) => string

export const emptyJournal: JournalHead = { entries: 0, hash: '' }

/** The next entry for a closed charge, and the head after it. */
export function post(
  head: JournalHead,
  charge: Charge,
  digest: Digest,
): { readonly entry: Entry; readonly head: JournalHead } {
  const number = head.entries + 1
  const { account, workload, supplier } = charge
  const debit = account === 'usage' ? `usage:${workload ?? ''}` : 'waste'
  const credit = `payable:${supplier}`
  const hash = digest(lineOf({ number, debit, credit, before: head.hash }, charge))
  return { entry: { number, debit, credit, hash }, head: { entries: number, hash } }
}

/** All that an entry says, in one order for ever. */
function lineOf(
  { number, debit, credit, before }: Omit<Entry, 'hash'> & { readonly before: string },
  { id, lease, from, to, pricePerHour, amount }: Charge,
): string {
  return JSON.stringify([before, number, id, lease, from, to, pricePerHour, debit, credit, amount])
}
