/**
 * Keeps an eye on every supplier without ever holding up the loop: listings, quotes and outages as
 * they come in. Asks questions only; buys nothing, decides nothing.
 */
import type { Sighting } from '../core/acquire/settle.ts'
import { type Goods, goodsOf } from '../core/catalog/goods.ts'
import type { Offer } from '../core/domain/offer.ts'
import type { Listing } from '../core/domain/rental.ts'
import type { SupplierSpec } from '../core/domain/supplier.ts'
import type { Ms } from '../core/domain/time.ts'
import type { Outage } from '../core/domain/world.ts'
import type { Clock } from '../ports/clock.ts'
import { within } from '../ports/deadline.ts'
import type { OpenSupplier, Supplier } from '../ports/supplier.ts'
import { saidBy } from './said.ts'
import type { Settings } from './settings.ts'
import { lookEveryMs } from './timing/rate-limit.ts'
import { asOld, isAlike } from './turn/alike.ts'

export interface Watch {
  /** Starts what is due; returns at once. `now` is the ledger's time, a moment ago. */
  poll(specs: readonly SupplierSpec[], now: Ms): void
  /** Listings that came in since the last call: each is handed out once. */
  takeSightings(): readonly Sighting[]
  /** Nothing came of them: they are handed out again, where no newer ones came in. */
  putBack(sightings: readonly Sighting[]): void
  /**
   * Nobody knows what came of them: these suppliers count as never seen until they list anew.
   */
  unsee(sightings: readonly Sighting[]): void
  /** Whoever leads anew has seen nobody: what suppliers showed before may be long ago. */
  forget(): void
  /** Of suppliers that listed everything since they answer: half a listing may hide a stranger. */
  offers(): readonly Offer[]
  /** What all others quoted last: shown with its age, and never planned with. */
  staleOffers(): readonly Offer[]
  /** What of a supplier's offers cannot be planned with, a sentence each. */
  offerFaults(supplier: string): readonly string[]
  outages(): readonly Outage[]
  /** False until the supplier answered, or failed to, for the first time. */
  knows(supplier: string): boolean
  socket(supplier: string): Supplier | null
  /** What it is known as, by the last poll. */
  spec(supplier: string): SupplierSpec | null
  /** Asks this supplier for a new listing at the next poll. */
  relist(supplier: string): void
}

interface Eye {
  readonly spec: SupplierSpec
  readonly socket: Supplier
  looking: boolean
  lookedAtMs: number
  /** Long ago as well where a new listing is wanted at once. */
  listedAtMs: number
  quotedAtMs: number
  goods: Goods
  /** Until a turn takes it. */
  sighting: Sighting | null
  listing: Listing | null
  outage: Outage | null
  /** It did not answer when it was asked last, for the first time. */
  missed: boolean
  known: boolean
  /** It listed everything since it was last silent, and what it listed was not lost. */
  whole: boolean
}

export interface WatchOptions {
  readonly installation: string
  readonly open: OpenSupplier
  readonly clock: Clock
  readonly settings: Settings
  readonly onNews: () => void
}

export function watch({ installation, open, clock, settings, onNews }: WatchOptions): Watch {
  const eyes = new Map<string, Eye>()

  function eyeFor(spec: SupplierSpec): Eye {
    const old = eyes.get(spec.name)
    if (old && old.spec.generation === spec.generation) return old
    const never = Number.NEGATIVE_INFINITY
    const goods: Goods = { offers: [], faults: [] }
    const times = { lookedAtMs: never, listedAtMs: never, quotedAtMs: never }
    const fresh = { looking: false, ...times, goods }
    const blank = {
      sighting: null,
      listing: null,
      outage: null,
      missed: false,
      known: false,
      whole: false,
    }
    const eye: Eye = { spec, socket: open(spec), ...fresh, ...blank }
    eyes.set(spec.name, eye)
    return eye
  }

  async function seen(eye: Eye, askedAt: Ms): Promise<void> {
    const ask = <T>(what: string, work: Promise<T>) =>
      within(clock, settings.askDeadlineMs, `${eye.spec.name} (${what})`, work)
    eye.listedAtMs = clock.steadyMs()
    const listing = await ask('list', eye.socket.list(installation))
    eye.sighting = { supplier: eye.spec.name, askedAt, listing }
    eye.listing = listing
    eye.whole ||= listing.complete
    if (clock.steadyMs() - eye.quotedAtMs >= settings.quoteEveryMs) {
      eye.goods = seenAt(askedAt, goodsOf(await ask('offers', eye.socket.offers())))
      eye.quotedAtMs = clock.steadyMs()
    }
    eye.outage = null
    eye.missed = false
  }

  /** Whether it showed anything that was not known before, or is to be asked again at once. */
  async function look(eye: Eye, askedAt: Ms): Promise<boolean> {
    const before = knownOf(eye)
    try {
      await seen(eye, askedAt)
    } catch (error) {
      // Answers get lost: who is known to answer counts as silent at the second time.
      if (eye.known && !eye.outage && !eye.missed) {
        Object.assign(eye, { missed: true, listedAtMs: Number.NEGATIVE_INFINITY })
        return true
      }
      const said = saidBy(error)
      const since = eye.outage?.since ?? askedAt
      eye.outage = { supplier: eye.spec.name, cause: 'silent', since, said }
      eye.whole = false
      eye.quotedAtMs = Number.NEGATIVE_INFINITY
    }
    eye.known = true
    return !isAlike(before, knownOf(eye), asOld)
  }

  return {
    poll(specs, now) {
      const names = new Set(specs.map(({ name }) => name))
      for (const name of eyes.keys()) if (!names.has(name)) eyes.delete(name)
      for (const spec of specs) {
        const eye = eyeFor(spec)
        const nowMs = clock.steadyMs()
        if (eye.looking || nowMs - eye.listedAtMs < settings.listEveryMs) continue
        if (nowMs - eye.lookedAtMs < lookEveryMs(spec)) continue
        eye.looking = true
        eye.lookedAtMs = nowMs
        look(eye, now).then((isNews) => {
          eye.looking = false
          if (isNews) onNews()
        })
      }
    },
    takeSightings() {
      const taken: Sighting[] = []
      for (const eye of eyes.values()) {
        if (eye.sighting) taken.push(eye.sighting)
        eye.sighting = null
      }
      return taken
    },
    putBack(sightings) {
      for (const sighting of sightings) {
        const eye = eyes.get(sighting.supplier)
        if (eye) eye.sighting ??= sighting
      }
    },
    unsee(sightings) {
      for (const { supplier } of sightings) {
        const eye = eyes.get(supplier)
        if (eye) Object.assign(eye, unseen)
      }
    },
    forget() {
      for (const eye of eyes.values()) Object.assign(eye, { ...unseen, sighting: null })
    },
    offers: () => [...eyes.values()].filter(isSeen).flatMap(({ goods }) => goods.offers),
    staleOffers: () =>
      [...eyes.values()].filter((eye) => !isSeen(eye)).flatMap(({ goods }) => goods.offers),
    offerFaults: (supplier) => eyes.get(supplier)?.goods.faults ?? [],
    outages: () => [...eyes.values()].flatMap(({ outage }) => (outage ? [outage] : [])),
    knows: (supplier) => eyes.get(supplier)?.known ?? false,
    socket: (supplier) => eyes.get(supplier)?.socket ?? null,
    spec: (supplier) => eyes.get(supplier)?.spec ?? null,
    relist(supplier) {
      const eye = eyes.get(supplier)
      if (eye) eye.listedAtMs = Number.NEGATIVE_INFINITY
    },
  }
}

/** It counts as never seen until it lists anew. */
const unseen = { known: false, whole: false, listedAtMs: Number.NEGATIVE_INFINITY }

/** It answers, and listed everything since. */
function isSeen({ outage, whole }: Eye): boolean {
  return whole && !outage
}

/** What a turn may go by. */
function knownOf({ listing, goods, outage, known, whole }: Eye) {
  return { listing, goods, outage, known, whole }
}

/** What we called for is held against our own time; nobody knows what a supplier's clock shows. */
function seenAt(observedAt: Ms, { offers, faults }: Goods): Goods {
  return { offers: offers.map((offer) => ({ ...offer, observedAt })), faults }
}
