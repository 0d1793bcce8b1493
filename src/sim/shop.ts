/**
 * A supplier in the simulated world. What it sells and to whom is judged by the very code that a
 * real supplier server runs; how it misbehaves is drawn here.
 */
import type { Heard, Quote, Sale } from '../core/audit/evidence.ts'
import type { Offer } from '../core/domain/offer.ts'
import type { Rental } from '../core/domain/rental.ts'
import type { SupplierPromises } from '../core/domain/supplier.ts'
import type { Ms } from '../core/domain/time.ts'
import { type AcquireRequest, type Supplier, SupplierError } from '../ports/supplier.ts'
import type { RentalShown } from '../protocol/supplier.ts'
import {
  allPages,
  type Books,
  emptyBooks,
  freeNodes,
  isOver,
  judge,
  offerNow,
  record,
  type Sold,
  shown,
  type Terms,
} from '../supplier-server/state.ts'
import type { Chance } from './engine/chance.ts'
import type { Kernel } from './engine/kernel.ts'
import { fineWeather, type Network, type Weather } from './engine/network.ts'
import type { Process } from './engine/process.ts'

const minute = 60_000

/** How often a supplier does what it should not, from 0 to 1. */
export interface Manners {
  /** Says no though it has some. */
  readonly refuses: number
  readonly throttles: number
  /** Sells, and answers with a failure of its own. */
  readonly failsAfter: number
  /** Sells above the price that was agreed. */
  readonly overcharges: number
  /** Takes the order and never carries it out. */
  readonly forgets: number
  /** Sells machines that never boot. */
  readonly dead: number
  /** A listing lacks its end, and says so. */
  readonly truncates: number
  /** A listing lacks one rental, and says that it is complete. */
  readonly overlooks: number
  /** What is released is over after so long at most. */
  readonly endsWithinMs: number
}

export const goodManners: Manners = {
  refuses: 0,
  throttles: 0,
  failsAfter: 0,
  overcharges: 0,
  forgets: 0,
  dead: 0,
  truncates: 0,
  overlooks: 0,
  endsWithinMs: 20_000,
}

export interface Shop {
  readonly name: string
  readonly promises: SupplierPromises
  readonly books: Books
  manners: Manners
  weather: Weather
  /** While true, nothing answers. */
  isAway: boolean
  /** Rentals under our name with keys that nobody issued are in the listing. */
  hasStrangers: boolean
  /** Since when a listing that was not cut short showed them. */
  strangersSince: Ms | null
  everHadStrangers: boolean
  strangers(areThere: boolean): void
  socketFor(process: Process): Supplier
  setOffer(offer: string, change: { readonly nodes?: number; readonly pricePerHour?: number }): void
  /** Takes a rental back, after a notice of so long. */
  preempt(rental: string, noticeMs: number): void
  /** A machine powered itself off. */
  powerOff(rental: string, index: number): void
  /** It, or a machine at it, was told this by us; what is said again counts once. */
  hears(heard: Omit<Heard, 'supplier'>): void
  heard(): readonly Heard[]
  /** What it said that it sells, as control planes heard it. */
  readonly quotes: readonly Quote[]
  /** A control plane may have forgotten what it heard. */
  unheard(by: string): void
  /** All that it ever sold to this owner. */
  sales(owner: string): readonly Sale[]
  alive(): readonly Sold[]
}

export interface ShopOptions {
  readonly name: string
  readonly terms: Terms
  readonly promises: SupplierPromises
  readonly kernel: Kernel
  readonly network: Network
  readonly chance: Chance
  /** How far its clock is ahead of everybody else's. */
  readonly skewMs: number
  /** How long its machines take to boot, at least and at most. */
  readonly bootMs: readonly [number, number]
  readonly region: string
  readonly onSend: (key: string) => void
  /** Whether this process is the leader, as the ledger sees it. */
  readonly leads: (process: Process) => boolean
  readonly onBoot: (shop: Shop, sold: Sold, request: AcquireRequest) => void
  readonly onEnd: (shop: Shop, rental: string) => void
}

export function shop(options: ShopOptions): Shop {
  const { name, terms, promises, kernel, network, chance, skewMs, region, leads } = options
  const books = emptyBooks()
  const excuses = new Map<string, Sale['excuse']>()
  let sold = 0
  const overlooked = new Set<string>()
  const witness = witnessOf(name, kernel)
  const ended = new WeakMap<Sold, Rental>()
  const now = () => Math.max(books.at, kernel.now() + skewMs)

  function sell(
    request: AcquireRequest,
    { pricePerHour, endsAt }: { readonly pricePerHour: number; readonly endsAt?: Ms },
    excuse: Sale['excuse'],
  ): Sold {
    sold += 1
    const rental = `${name}-${sold}`
    const { installation: owner, key, offer, nodes, pricePerHourMax } = request
    const order = { owner, key, offer, nodes, pricePerHourMax, pricePerHour }
    const ends = endsAt === undefined ? {} : { endsAt }
    const at = now()
    const up = chance.whole(...options.bootMs)
    record(books, { kind: 'ordered', at, rental, ...order, ...ends })
    const bound = { at, place: sold, upAt: at + up, processes: [] }
    record(books, { kind: 'bound', rental, ...bound })
    excuses.set(rental, excuse)
    if (endsAt !== undefined) endWithBlock(rental, endsAt)
    const made = books.sold.get(rental) as Sold
    if (!chance.often(self.manners.dead)) {
      kernel.after(up, () => {
        const then = books.sold.get(rental)
        if (then?.endedAt === null) options.onBoot(self, then, request)
      })
    }
    return made
  }

  function order(request: AcquireRequest, copy: number, isZombie: boolean): Rental {
    present()
    const { manners } = self
    const verdict = judge(books, terms, { ...request, owner: request.installation }, now())
    if (verdict.kind === 'sell') {
      if (chance.often(manners.throttles)) throw new SupplierError('busy', `${name} is throttling`)
      if (chance.often(manners.refuses)) throw new SupplierError('no-stock', `${name} has none`)
    }
    const isDear = chance.often(manners.overcharges)
    if (verdict.kind === 'same') return rentalOf(shown(verdict.sold, now()))
    if (verdict.kind === 'refuse') {
      const known = verdict.code === 'no-stock' || verdict.code === 'too-dear'
      const kind = known ? verdict.code : verdict.code === 'name-taken' ? 'unknown' : 'refused'
      throw new SupplierError(kind, `${name}: ${verdict.detail}`)
    }
    if (chance.often(manners.forgets)) return forgotten(request, verdict.pricePerHour)
    const price = isDear ? request.pricePerHourMax * 2 : verdict.pricePerHour
    const made = sell(
      request,
      { ...verdict, pricePerHour: price },
      copy > 1 ? 'copied' : isZombie ? 'zombie' : null,
    )
    if (chance.often(manners.failsAfter)) throw new SupplierError('unknown', `${name} → 500`)
    return rentalOf(shown(made, now()))
  }

  function forgotten(request: AcquireRequest, pricePerHour: number): Rental {
    const { installation: owner, key, offer } = request
    const times = { startedAt: now(), endedAt: null, noticeUntil: null }
    sold += 1
    return {
      ...{ id: `${name}-${sold}`, owner, key, offer, pricePerHour, nodes: [], state: 'pending' },
      ...times,
    }
  }

  function listing(owner: string) {
    present()
    if (chance.often(self.manners.throttles))
      throw new SupplierError('busy', `${name} is throttling`)
    const walk = { owner, size: 1_000, listLagMs: promises.listLagMs }
    const rentals = allPages(books, walk, now()).map(seen)
    if (self.hasStrangers) rentals.push(stranger(owner))
    if (chance.often(self.manners.truncates)) {
      return { complete: false, rentals: rentals.slice(0, chance.whole(0, rentals.length)) }
    }
    if (self.hasStrangers) self.strangersSince ??= now()
    // Each of them once: nothing protects from a listing that is wrong again and again.
    const alive = rentals.filter(({ id, state }) => state !== 'ended' && !overlooked.has(id))
    const isWrong = alive.length > 0 && chance.often(self.manners.overlooks)
    if (!isWrong) return { complete: true, rentals }
    const missing = chance.pick(alive).id
    overlooked.add(missing)
    return { complete: true, rentals: rentals.filter(({ id }) => id !== missing) }
  }

  /** What has ended never changes again. */
  function seen(each: Sold): Rental {
    const known = ended.get(each)
    if (known) return known
    const rental = rentalOf(shown(each, now()))
    if (each.endedAt !== null) ended.set(each, rental)
    return rental
  }

  function stranger(owner: string): Rental {
    const times = { startedAt: now(), endedAt: null, noticeUntil: null }
    const what = { id: `${name}-x`, owner, key: 'c-never-issued', offer: 'x', pricePerHour: 1 }
    return { ...what, nodes: [], state: 'running', ...times }
  }

  function end(rental: string): void {
    const known = books.sold.get(rental)
    if (!known || known.endedAt !== null) return
    if (known.endingAt === null) record(books, { kind: 'ending', at: now(), rental })
    kernel.after(chance.whole(500, self.manners.endsWithinMs), () => {
      options.onEnd(self, rental)
      if (books.sold.get(rental)?.endedAt === null)
        record(books, { kind: 'ended', at: now(), rental })
    })
  }

  /** After a notice of a few minutes at most. */
  function endWithBlock(rental: string, endsAt: Ms): void {
    const noticeMs = Math.min(endsAt - now(), chance.whole(0, 300_000))
    kernel.after(endsAt - now() - noticeMs, () => self.preempt(rental, noticeMs))
  }

  function present(): void {
    if (self.isAway) throw new SupplierError('unknown', `${name} does not answer`)
  }

  const self: Shop = {
    name,
    promises,
    books,
    manners: goodManners,
    weather: fineWeather,
    isAway: false,
    hasStrangers: false,
    strangersSince: null,
    everHadStrangers: false,
    strangers(areThere) {
      self.hasStrangers = areThere
      if (!areThere) self.strangersSince = null
      self.everHadStrangers ||= areThere
    },
    socketFor(process) {
      const ask = <T>(what: string, work: (copy: number) => T) =>
        network.call(process, {
          what: `${name} ${what}`,
          weather: self.weather,
          work: async (copy) => work(copy),
          broken: () => new SupplierError('unknown', `${name}: connection reset`),
        })
      return {
        name,
        async offers() {
          const quoted = await heardBy(process, ask('offers', quote))
          witness.says(process.name, quoted)
          return quoted
        },
        acquire(request) {
          options.onSend(request.key)
          self.hears({ workload: null, text: wordsOf(request), order: request })
          const isZombie = !leads(process)
          return ask('acquire', (copy) => order(request, copy, isZombie))
        },
        async list(owner) {
          self.hears({ workload: null, text: wordsOf(owner) })
          const listed = await heardBy(
            process,
            ask('list', () => listing(owner)),
          )
          if (!listed.complete) self.unheard(process.name)
          return listed
        },
        release(rental) {
          self.hears({ workload: null, text: wordsOf(rental) })
          return ask('release', () => released(rental))
        },
      }
    },
    setOffer(offer, { nodes = null, pricePerHour = null }) {
      const before = books.changes.get(offer)
      const next = {
        nodes: nodes ?? before?.nodes ?? null,
        pricePerHour: pricePerHour ?? before?.pricePerHour ?? null,
      }
      record(books, { kind: 'changed', at: now(), offer, ...next })
    },
    preempt(rental, noticeMs) {
      if (noticeMs > 0)
        record(books, { kind: 'noticed', at: now(), rental, until: now() + noticeMs })
      kernel.after(noticeMs, () => end(rental))
    },
    powerOff(rental, index) {
      const known = books.sold.get(rental)
      if (!known || known.endedAt !== null || known.down.includes(index)) return
      record(books, { kind: 'down', at: now(), rental, index })
    },
    sales: (owner) =>
      [...books.sold.values()]
        .filter((each) => each.owner === owner)
        .map((each) => ({
          supplier: name,
          rental: rentalOf(shown(each, now())),
          excuse: excuses.get(each.id) ?? null,
        })),
    ...witness,
    alive: () => [...books.sold.values()].filter(({ endedAt }) => endedAt === null),
  }

  function released(rental: string): void {
    present()
    end(rental)
  }

  /** What fails is noted, and left to whoever asked. */
  async function heardBy<T>({ name: by }: Process, asked: Promise<T>): Promise<T> {
    try {
      return await asked
    } catch (error) {
      self.unheard(by)
      throw error
    }
  }

  function quote(): readonly Offer[] {
    present()
    const sold = terms.offers.filter((offer) => !isOver(offer, now()))
    return sold.map(({ id }) => {
      const offer = offerNow(books, terms, id) as (typeof terms.offers)[number]
      const { accelerator, perNode, market, pricePerHour, window } = offer
      const stock = { kind: 'count', nodes: freeNodes(books, offer) } as const
      const what = { id, supplier: name, accelerator, perNode, region, market }
      const span = window === undefined ? {} : { window }
      return { ...what, pricePerHour, stock, observedAt: now() as Ms, ...span }
    })
  }

  return self
}

/** What it was told, and what it said. */
function witnessOf(supplier: string, kernel: Kernel) {
  const heard = new Map<string, Heard>()
  const quotes: Quote[] = []
  const newestBy = new Map<string, Quote>()
  const says = (by: string, offers: Quote['offers']) => {
    const quote = { supplier, by, at: kernel.now(), offers }
    quotes.push(quote)
    newestBy.set(by, quote)
  }
  return {
    quotes,
    says,
    hears: (said: Omit<Heard, 'supplier'>) => void heard.set(said.text, { ...said, supplier }),
    heard: () => [...heard.values()],
    unheard(by: string) {
      const last = newestBy.get(by)
      const isNews = last?.offers !== null || kernel.now() - last.at >= minute
      if (isNews) says(by, null)
    },
  }
}

/** All that a value says, without the names of its fields. */
export function wordsOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.values(value).map(wordsOf).join(' ')
}

function rentalOf({ id, owner, key, offer, state, nodes, ...rest }: RentalShown): Rental {
  return {
    id,
    owner,
    key,
    offer,
    state,
    nodes,
    pricePerHour: rest.price_per_hour_micros,
    startedAt: rest.started_at,
    endedAt: rest.ended_at,
    noticeUntil: rest.notice_until,
  }
}
