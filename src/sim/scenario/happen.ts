/**
 * Makes one thing happen in a simulated world, as a scenario says.
 */
import type { Sold } from '../../supplier-server/state.ts'
import type { Shop } from '../shop.ts'
import type { World } from '../world.ts'
import type { Deed } from './deeds.ts'
import type { Happening, Scenario } from './scenario.ts'
import type { Change } from './trace.ts'

export interface Scene {
  readonly world: World
  readonly scenario: Scenario
  /** From now on a service gets so much. */
  readonly carry: (service: string, requestsPerSecond: number) => void
  readonly submit: (workload: string) => void
  /** Somebody does it, and it is told where it is refused. */
  readonly act: (what: Deed) => void
}

export function happen<Do extends Happening['do']>(what: Of<Do>, scene: Scene): void {
  const act: Act<Do> = acts[what.do as Do]
  act(what, scene)
}

type Of<Do extends Happening['do']> = Extract<Happening, { readonly do: Do }>
type Act<Do extends Happening['do']> = (what: Of<Do>, scene: Scene) => void

const acts: { readonly [Do in Happening['do']]: Act<Do> } = {
  'supplier-away': goAway,
  'supplier-back': ({ supplier }, { world }) => {
    shopOf(world, supplier).isAway = false
  },
  stock: ({ offer, nodes }, scene) => alter(scene, { offer, nodes, pricePerHour: null }),
  price: ({ offer, pricePerHour }, scene) => alter(scene, { offer, nodes: null, pricePerHour }),
  'take-back': ({ offer, share, noticeMs }, { world }) => {
    const rented = rentedOf(world, offer)
    const shop = shopOf(world, supplierOf(offer))
    for (const { id } of rented.slice(0, Math.ceil(rented.length * share))) {
      shop.preempt(id, noticeMs)
    }
  },
  submit: ({ workload }, { submit }) => submit(workload),
  delete: ({ workload }, { world }) => void world.people.remove(workload).catch(() => {}),
  load: ({ service, requestsPerSecond }, { carry }) => carry(service, requestsPerSecond),
  'kill-control-plane': (_, { world }) => {
    for (const plant of world.plants()) world.killPlant(plant)
  },
  apply: (what, { act }) => act(what),
  'supplier-standing': (what, { act }) => act(what),
  'rofr-notice': (what, { act }) => act(what),
  'rofr-answer': (what, { act }) => act(what),
  waive: (what, { act }) => act(what),
  record: (what, { act }) => act(what),
  index: (what, { act }) => act(what),
}

function goAway({ supplier, forMs, machines }: Of<'supplier-away'>, { world }: Scene): void {
  const shop = shopOf(world, supplier)
  shop.isAway = true
  if (machines === 'die') for (const { id } of shop.alive()) shop.preempt(id, 0)
  if (forMs === null) return
  world.kernel.after(forMs, () => {
    shop.isAway = false
  })
}

/** An offer changes. Spot capacity beyond what is left is taken back, the newest first. */
export function alter(
  { world, scenario }: Pick<Scene, 'world' | 'scenario'>,
  { offer: name, nodes, pricePerHour }: Omit<Change, 'atMs'>,
): void {
  const shop = shopOf(world, supplierOf(name))
  const id = idOf(name)
  shop.setOffer(id, {
    ...(nodes !== null && { nodes }),
    ...(pricePerHour !== null && { pricePerHour }),
  })
  const goods = scenario.suppliers.find((each) => each.name === shop.name)
  const isSpot = goods?.offers.find((each) => each.id === id)?.market === 'spot'
  if (nodes === null || !goods || !isSpot) return
  const rented = rentedOf(world, name)
  let over = rented.reduce((sum, each) => sum + each.nodes, 0) - nodes
  for (const each of rented) {
    if (over <= 0) return
    shop.preempt(each.id, goods.spotNoticeMs)
    over -= each.nodes
  }
}

/** What is rented of an offer and not on its way out, the newest first. */
function rentedOf(world: World, offer: string): readonly Sold[] {
  return shopOf(world, supplierOf(offer))
    .alive()
    .filter((sold) => sold.offer === idOf(offer))
    .filter(({ noticeUntil, endingAt }) => noticeUntil === null && endingAt === null)
    .toReversed()
}

function supplierOf(offer: string): string {
  return offer.slice(0, offer.indexOf('/'))
}

function idOf(offer: string): string {
  return offer.slice(offer.indexOf('/') + 1)
}

function shopOf({ shops }: World, name: string): Shop {
  const shop = shops.get(name)
  if (!shop) throw new Error(`there is no supplier ${name}`)
  return shop
}
