/**
 * A world as it would be if a supplier were gone, an offer had other stock or another price, or
 * others sold too.
 *
 * Takes worlds and gives worlds; plans nothing. What the gangs would want there is for others.
 */
import { formatUsd, type Micros } from '../../domain/money.ts'
import { acceleratorPriceMax, type Offer, offerName } from '../../domain/offer.ts'
import type { Run } from '../../domain/run.ts'
import type { SupplierSpec } from '../../domain/supplier.ts'
import type { Ms } from '../../domain/time.ts'
import type { World } from '../../domain/world.ts'

/** Offers by the name that they have across suppliers; amounts are for one node. */
export type Supposition =
  | { readonly suppose: 'without'; readonly supplier: string }
  | { readonly suppose: 'stock'; readonly offer: string; readonly nodes: number }
  | { readonly suppose: 'price'; readonly offer: string; readonly pricePerHour: Micros }
  /** Others sell too, at prices that were seen at a moment; what they have left nobody knows. */
  | { readonly suppose: 'offers'; readonly offers: readonly NewOffer[]; readonly asOf: Ms }

export type NewOffer = Omit<Offer, 'stock' | 'observedAt'>

export function suppose(world: World, suppositions: readonly Supposition[]): World {
  return suppositions.reduce((supposed, each) => {
    if (each.suppose === 'without') return without(supposed, each.supplier)
    if (each.suppose === 'offers') return withOffers(supposed, each.offers, each.asOf)
    if (each.suppose === 'price') {
      return withPrice(supposed, each.offer, each.pricePerHour)
    }
    const stock = { kind: 'count', nodes: each.nodes } as const
    const stocked = withOffer(supposed, each.offer, (offer) => ({ ...offer, stock }))
    // An offer that is said to have nodes is not left alone because it had none.
    return { ...stocked, pools: supposed.pools.filter(({ id }) => id !== each.offer) }
  }, world)
}

/** What is wrong with these suppositions in this world, a sentence each. */
export function wrongSuppositions(
  { suppliers, offers }: World,
  suppositions: readonly Supposition[],
): readonly string[] {
  const suppliersKnown = new Set(suppliers.map(({ name }) => name))
  const offersKnown = new Map(offers.map((offer) => [offerName(offer), offer]))
  const gone = new Set(
    suppositions.flatMap((each) => (each.suppose === 'without' ? [each.supplier] : [])),
  )
  const said = new Set<string>()
  return suppositions.flatMap((each) => {
    if (each.suppose === 'offers') {
      const sellers = new Set(each.offers.map(({ supplier }) => supplier))
      return [...sellers].flatMap((seller) => {
        if (!suppliersKnown.has(seller)) return []
        return [`${seller} is a supplier of ours; what it sells is known from itself`]
      })
    }
    const about = each.suppose === 'without' ? each.supplier : each.offer
    const what = `${each.suppose} ${about}`
    if (said.has(what)) return [`${what} is supposed twice; once is enough`]
    said.add(what)
    if (each.suppose === 'without') {
      if (suppliersKnown.has(about)) return []
      return [`there is no supplier ${about} to do without; there are: ${listed(suppliersKnown)}`]
    }
    const offer = offersKnown.get(about)
    if (!offer) return [unsold(about, suppliersKnown)]
    if (each.suppose === 'price' && isAbsurd(offer, each.pricePerHour)) {
      const most = formatUsd(offer.perNode * acceleratorPriceMax)
      const came = `${formatUsd(each.pricePerHour)}/h was given for a node of ${about}`
      return [`${came}, more than nothing and at most ${most}/h expected`]
    }
    if (!gone.has(offer.supplier)) return []
    return [`${about} is supposed to sell, and ${offer.supplier} to be gone; leave one out`]
  })
}

function listed(names: ReadonlySet<string>): string {
  return [...names].sort().join(', ') || 'none'
}

function unsold(offer: string, suppliers: ReadonlySet<string>): string {
  const [seller = ''] = offer.split('/')
  const none = `nobody sells ${offer} now; \`calumet offers\` lists what is for sale`
  return suppliers.has(seller) ? none : `${none}; there is no ${seller}, but ${listed(suppliers)}`
}

/** What is quoted so is left out; what is free beats everything, whatever it is. */
function isAbsurd({ perNode }: Offer, pricePerHour: Micros): boolean {
  return pricePerHour <= 0 || pricePerHour > perNode * acceleratorPriceMax
}

/** They sell at once, and only in the plan: no driver stands behind them. */
function withOffers(world: World, sold: readonly NewOffer[], observedAt: Ms): World {
  const known = new Set(world.suppliers.map(({ name }) => name))
  const sellers = [...new Set(sold.map(({ supplier }) => supplier))]
  const stock = { kind: 'unknown' } as const
  return {
    ...world,
    suppliers: [...world.suppliers, ...sellers.filter((each) => !known.has(each)).map(seller)],
    offers: [...world.offers, ...sold.map((offer) => ({ ...offer, stock, observedAt }))],
  }
}

function seller(name: string): SupplierSpec {
  const promises = { class: 'C', lateEffectMs: 0, listLagMs: 0 } as const
  const nowhere = { driver: 'none', url: '', tokenFrom: null }
  return { name, generation: 1, ...nowhere, promises, buying: true }
}

/**
 * What a commitment leaves of a price is the same share of another one; and what a contract says is
 * the most that it may cost, whatever is asked for it.
 */
function withPrice(world: World, name: string, pricePerHour: Micros): World {
  const { marginals, offers } = world
  const quoted = offers.find((offer) => offerName(offer) === name)?.pricePerHour ?? 0
  const most = marginals.agreed?.[name] ?? Number.POSITIVE_INFINITY
  const [known, supposed] = [Math.min(quoted, most), Math.min(pricePerHour, most)]
  const added = marginals.offers[name] ?? quoted
  const priced = withOffer(world, name, (offer) => ({ ...offer, pricePerHour }))
  const costs = known === 0 ? supposed : Math.round((added * supposed) / known)
  const { [name]: _, ...others } = marginals.offers
  const isLess = costs < pricePerHour
  return {
    ...priced,
    marginals: { ...marginals, offers: isLess ? { ...others, [name]: costs } : others },
  }
}

function withOffer(world: World, name: string, change: (offer: Offer) => Offer): World {
  const offers = world.offers.map((offer) => (offerName(offer) === name ? change(offer) : offer))
  return { ...world, offers }
}

/** Gone with all that it sells and all that it rents to us: its gangs wait for another place. */
function without(world: World, supplier: string): World {
  const gone = new Set(
    world.leases.filter((lease) => lease.supplier === supplier).map(({ id }) => id),
  )
  return {
    ...world,
    suppliers: world.suppliers.filter(({ name }) => name !== supplier),
    offers: world.offers.filter((offer) => offer.supplier !== supplier),
    outages: world.outages.filter((outage) => outage.supplier !== supplier),
    leases: world.leases
      .filter(({ id }) => !gone.has(id))
      .map((lease) =>
        lease.replaces !== null && gone.has(lease.replaces) ? { ...lease, replaces: null } : lease,
      ),
    runs: world.runs.map((run) => (run.lease !== null && gone.has(run.lease) ? stop(run) : run)),
    sights: world.sights.filter(({ node }) => !gone.has(node.lease)),
  }
}

function stop(run: Run): Run {
  if (run.state === 'done' || run.state === 'failed') return run
  return { ...run, state: 'waiting', lease: null, startedAt: null, fencedAt: null }
}
