/**
 * What left for one supplier, and when: what it was asked for, what it was given back, and what it
 * was given notice of.
 *
 * Only what that supplier was told itself: no name of ours, no secret, and nobody else's name.
 */
import type { Event, EventKind } from '../domain/event.ts'
import type { Lease } from '../domain/lease.ts'
import type { Micros } from '../domain/money.ts'
import type { Ms } from '../domain/time.ts'
import { gangText } from './phrase.ts'

export type Told = { readonly at: Ms } & (
  | {
      readonly what: 'ask'
      /** What it knows the purchase by. */
      readonly key: string
      /** The same request is sent again under the same key. */
      readonly call: number
      readonly offer: string
      readonly accelerators: string
      readonly region: string
      readonly market: string
      readonly pricePerHourMax: Micros
    }
  | { readonly what: 'release'; readonly rental: string }
  | ({ readonly what: 'notice' } & Omit<Given, 'at'>)
)

/** A notice under a right of first refusal, as its holder read it. */
export interface Given {
  readonly at: Ms
  /** `<contract>/<clause>`; the case is named after others. */
  readonly clause: string
  readonly channel: string
  /** Null where the terms have changed since, and only their digest is left. */
  readonly terms: Readonly<Record<string, string>> | null
  readonly answerWithin: string
  readonly digest: string
}

/** The kinds of events that tell of something that left. */
export const leaving: ReadonlySet<EventKind> = new Set<EventKind>([
  'lease.asked',
  'lease.releasing',
  'orphan.releasing',
])

/** In order of time. `events` and `notices` are that supplier's, `leases` may be anybody's. */
export function toldTo(
  supplier: string,
  from: {
    readonly events: readonly Event[]
    readonly leases: Iterable<Lease>
    readonly notices: readonly Given[]
  },
): readonly Told[] {
  const own = [...from.leases].filter((lease) => lease.supplier === supplier)
  const leases = new Map(own.map((lease) => [lease.id, lease]))
  const calls = from.events.flatMap((event) => {
    return event.supplier === supplier ? (callOf(event, leases) ?? []) : []
  })
  const notices = from.notices.map((given) => ({ what: 'notice' as const, ...given }))
  return [...calls, ...notices].sort((a, b) => a.at - b.at)
}

function callOf(
  { kind, at, lease: id, facts }: Event,
  leases: ReadonlyMap<string, Lease>,
): Told | null {
  const lease = leases.get(id ?? '')
  if (kind === 'lease.asked' && lease) {
    const { key, offer, region, market, pricePerHourMax } = lease
    const shape = { offer, accelerators: gangText(lease), region, market, pricePerHourMax }
    return { at, what: 'ask', key, call: Number(facts.call ?? 1), ...shape }
  }
  const rental = kind === 'orphan.releasing' ? String(facts.rental) : (lease?.rental ?? null)
  const isRelease = kind === 'lease.releasing' || kind === 'orphan.releasing'
  return isRelease && rental !== null ? { at, what: 'release', rental } : null
}
