/**
 * Shelves go on from one plan to the next, as long as the same is for sale under the same rules.
 *
 * A memo and nothing else: offers are compared by value, and what rules are made of never changes
 * but is replaced, so a plan is the same whether its shelves were filled now or before. Stock is no
 * part of a shelf, and may change.
 */
import { areTermsAsked, footingOf, type Law } from '../../contracts/law.ts'
import type { Offer } from '../../domain/offer.ts'
import type { World } from '../../domain/world.ts'
import type { Shelf } from './shelf.ts'

interface Stand {
  readonly offers: readonly Offer[]
  readonly rules: readonly unknown[]
  readonly throughputs: World['throughputs']
  readonly shelves: Map<string, Shelf>
}

let last: Stand | null = null

/** Wishes come and go while a market stands: so many are remembered at most. */
const shelvesMax = 5_000

/** `offers` in the order in which a plan numbers them. */
export function shelvesFor(world: World, law: Law, offers: readonly Offer[]): Map<string, Shelf> {
  // Who may refuse first counts what was bought: asked anew for each plan.
  if (areTermsAsked(law)) return new Map()
  const { throughputs } = world
  const rules = [...rulesOf(world), ...footingOf(law)]
  const isSame = last?.throughputs === throughputs && areSame(last.rules, rules)
  if (last && isSame && last.shelves.size < shelvesMax && sellAlike(last.offers, offers)) {
    return last.shelves
  }
  last = { offers, rules, throughputs, shelves: new Map() }
  return last.shelves
}

/** All that a rule or a refusal is made of, beside offers, wishes and the law. */
function rulesOf({ suppliers, policy, outages, pools, now, marginals }: World): readonly unknown[] {
  const cooling = pools.filter(({ until }) => until > now)
  const paid = JSON.stringify([marginals.offers, marginals.because])
  return [policy, ...suppliers, ...outages, ...cooling, paid]
}

function areSame(some: readonly unknown[], others: readonly unknown[]): boolean {
  return some.length === others.length && some.every((one, index) => one === others[index])
}

function sellAlike(some: readonly Offer[], others: readonly Offer[]): boolean {
  return (
    some.length === others.length &&
    some.every((one, index) => {
      const other = others[index] as Offer
      return one === other || isAlike(one, other)
    })
  )
}

function isAlike(one: Offer, other: Offer): boolean {
  return (
    one.pricePerHour === other.pricePerHour &&
    one.id === other.id &&
    one.supplier === other.supplier &&
    one.accelerator === other.accelerator &&
    one.perNode === other.perNode &&
    one.region === other.region &&
    one.market === other.market &&
    one.fabric === other.fabric &&
    one.window?.from === other.window?.from &&
    one.window?.until === other.window?.until
  )
}
