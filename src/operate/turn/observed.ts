/**
 * What a turn is decided on, beside the ledger's rows. Shapes only.
 */
import type { Sighting } from '../../core/acquire/settle.ts'
import type { Offer } from '../../core/domain/offer.ts'
import type { NodeSight, Outage } from '../../core/domain/world.ts'
import type { Memory } from '../memory.ts'
import type { Settings } from '../settings.ts'

/** What came in from outside since the last turn. */
export interface Observed {
  readonly sightings: readonly Sighting[]
  readonly offers: readonly Offer[]
  readonly outages: readonly Outage[]
  readonly sights: readonly NodeSight[]
  /** Suppliers that answered, or failed to, at least once: nothing is bought before. */
  readonly known: (supplier: string) => boolean
  /** Leases with a call under way in this process. */
  readonly inFlight: ReadonlySet<string>
  readonly requestsPerSecond: Readonly<Record<string, number>>
  /** Strays as seen in earlier listings: `<supplier>/<rental>`. */
  readonly straysSeen: ReadonlySet<string>
}

export interface DecideOptions {
  readonly installation: string
  readonly settings: Settings
  readonly memory: Memory
  readonly keyOf: (installation: string, lease: string) => string
  readonly chanceOf: (key: string) => number
  readonly digest: (text: string) => string
}
