/**
 * What the holder of a right is told, and how it can be proven later that it was the truth.
 *
 * The holder is a rival of the third party: it learns the terms that its clause obliges us to tell,
 * and a digest of all of them. The digest is made here from a text; hashing is passed in.
 */
import type { DealTerm, Secret } from '../../domain/clause.ts'
import type { Deal, RofrCase } from '../../domain/contract.ts'
import { type Clearance, keptFrom, type Withheld } from '../clearance.ts'
import { tell } from './deal.ts'

export type Hash = (text: string) => string

/** What the holder can read of a case. */
export interface Letter {
  readonly to: string
  readonly channel: string
  /** Only what the clause obliges us to tell. */
  readonly terms: Readonly<Partial<Record<DealTerm, string>>>
  /** How long the holder has, in words. */
  readonly answerWithin: string
}

export interface Notice extends Letter {
  readonly digest: string
}

/** The text whose digest commits us to all terms; one and the same for the same deal and nonce. */
export function commitment(deal: Deal, thirdParty: string, nonce: string): string {
  const terms = { ...deal, nonce, thirdParty }
  return JSON.stringify(Object.entries(terms).sort(([a], [b]) => (a < b ? -1 : 1)))
}

export function notice(of: RofrCase, nonce: string, hash: Hash): Notice {
  return { ...letter(of), digest: hash(commitment(of.deal, of.thirdParty, nonce)) }
}

export function letter(of: RofrCase): Letter {
  const { clause, deal } = of
  const { days, counted } = clause.window
  const terms = Object.fromEntries(clause.disclose.map((term) => [term, tell(deal, term)]))
  return {
    to: clause.with,
    channel: clause.channel,
    terms,
    answerWithin: `${days} ${counted === 'business' ? 'business days' : 'days'}`,
  }
}

/** Which kind of fact a term of somebody else's deal is. */
export const factOf: Readonly<Record<DealTerm, Secret>> = {
  price_per_hour: 'prices',
  accelerators: 'forecast',
  start: 'forecast',
  term: 'forecast',
  accelerator: 'terms',
  region: 'terms',
  security_class: 'terms',
}

/**
 * The first term that its clause would have us tell and that is kept from the holder. A notice with
 * less in it than was agreed would be none, so that whoever finds one here gives no notice.
 */
export function untellable(
  { clause, deal, thirdParty: about }: RofrCase,
  clearance: Clearance,
): (Withheld & { readonly term: DealTerm }) | null {
  const facts = { accelerator: [deal.accelerator], region: [deal.region] }
  for (const term of clause.disclose) {
    const kept = keptFrom(clearance, { fact: factOf[term], about, facts })
    if (kept) return { ...kept, term }
  }
  return null
}

/** What somebody would learn who is shown the whole evidence of a case, and it is kept from. */
export function unshowable({ clause, thirdParty }: RofrCase, to: Clearance): Withheld | null {
  const ofHolder = (['existence', 'terms', 'notices'] as const).map((fact) => {
    return keptFrom(to, { fact, about: clause.with })
  })
  const ofThird = (['existence', 'terms', 'prices', 'forecast'] as const).map((fact) => {
    return keptFrom(to, { fact, about: thirdParty })
  })
  return [...ofHolder, ...ofThird].find((kept) => kept !== null) ?? null
}

/** Whether these are the terms that a notice committed us to. */
export function reveals(
  digest: string,
  revealed: { readonly deal: Deal; readonly thirdParty: string; readonly nonce: string },
  hash: Hash,
): boolean {
  return hash(commitment(revealed.deal, revealed.thirdParty, revealed.nonce)) === digest
}
