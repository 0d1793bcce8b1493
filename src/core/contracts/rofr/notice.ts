/**
 * What the holder of a right is told, and how it can be proven later that it was the truth.
 *
 * The holder is a rival of the third party: it learns the terms that its clause obliges us to tell,
 * and a digest of all of them. The digest is made here from a text; hashing is passed in.
 */
import type { DealTerm } from '../../domain/clause.ts'
import type { Deal, RofrCase } from '../../domain/contract.ts'
import { tell } from './deal.ts'

export type Hash = (text: string) => string

export interface Notice {
  readonly to: string
  readonly channel: string
  /** Only what the clause obliges us to tell. */
  readonly terms: Readonly<Partial<Record<DealTerm, string>>>
  /** How long the holder has, in words. */
  readonly answerWithin: string
  readonly digest: string
}

/** The text whose digest commits us to all terms; one and the same for the same deal and nonce. */
export function commitment(deal: Deal, thirdParty: string, nonce: string): string {
  const terms = { ...deal, nonce, thirdParty }
  return JSON.stringify(Object.entries(terms).sort(([a], [b]) => (a < b ? -1 : 1)))
}

export function notice(of: RofrCase, nonce: string, hash: Hash): Notice {
  const { clause, deal, thirdParty } = of
  const { days, counted } = clause.window
  const terms = Object.fromEntries(clause.disclose.map((term) => [term, tell(deal, term)]))
  return {
    to: clause.with,
    channel: clause.channel,
    terms,
    answerWithin: `${days} ${counted === 'business' ? 'business days' : 'days'}`,
    digest: hash(commitment(deal, thirdParty, nonce)),
  }
}

/** Whether these are the terms that a notice committed us to. */
export function reveals(
  digest: string,
  revealed: { readonly deal: Deal; readonly thirdParty: string; readonly nonce: string },
  hash: Hash,
): boolean {
  return hash(commitment(revealed.deal, revealed.thirdParty, revealed.nonce)) === digest
}
