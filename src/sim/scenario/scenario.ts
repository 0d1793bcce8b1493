/**
 * A scenario: the market as it is today, and what is to happen in it. Shapes only.
 *
 * Moments count from the start of the simulated world.
 */
import type { Waiver } from '../../core/domain/contract.ts'
import type { Micros } from '../../core/domain/money.ts'
import type { Standing, SupplierClass } from '../../core/domain/supplier.ts'
import type { Ms } from '../../core/domain/time.ts'
import type { OfferTerms } from '../../supplier-server/state.ts'

export interface Scenario {
  readonly name: string
  /** When it begins, by the clock of the world in it. */
  readonly startAt: Ms
  /** Whether somebody said on which day that is. */
  readonly isDated: boolean
  readonly durationMs: number
  /** How often the control plane looks. */
  readonly turnEveryMs: number
  readonly suppliers: readonly Goods[]
  /** Useful work of each job, at its first alternative; what is not named works to the end. */
  readonly workMs: Readonly<Record<string, number>>
  /** What gateways see of each service from the start, in requests per second. */
  readonly load: Readonly<Record<string, number>>
  readonly timeline: readonly Happening[]
  readonly traces: readonly TraceSource[]
  readonly trouble: RandomTrouble
}

/** A supplier and what it sells. */
export interface Goods {
  readonly name: string
  readonly class: SupplierClass
  readonly region: string
  readonly bootMs: number
  readonly lateEffectMs: number
  readonly listLagMs: number
  /** How long before it takes spot capacity back it says so. */
  readonly spotNoticeMs: number
  readonly offers: readonly OfferTerms[]
}

export type Happening = { readonly atMs: number } & (
  | {
      readonly do: 'supplier-away'
      readonly supplier: string
      /** Null where only `supplier-back` ends it. */
      readonly forMs: number | null
      /** Whether its machines go with it. */
      readonly machines: 'stay' | 'die'
    }
  | { readonly do: 'supplier-back'; readonly supplier: string }
  | { readonly do: 'stock'; readonly offer: string; readonly nodes: number }
  | { readonly do: 'price'; readonly offer: string; readonly pricePerHour: Micros }
  | {
      readonly do: 'take-back'
      readonly offer: string
      /** Of its rentals, from 0 to 1. */
      readonly share: number
      readonly noticeMs: number
    }
  | { readonly do: 'submit'; readonly workload: string }
  | { readonly do: 'delete'; readonly workload: string }
  | { readonly do: 'load'; readonly service: string; readonly requestsPerSecond: number }
  | { readonly do: 'kill-control-plane' }
  /** People submit what stands in a file. */
  | { readonly do: 'apply'; readonly file: string }
  | {
      readonly do: 'supplier-standing'
      readonly supplier: string
      readonly state: Standing
      readonly reason: string
    }
  /** Whoever may refuse first is told of a purchase. */
  | { readonly do: 'rofr-notice'; readonly workload: string; readonly offer: string }
  | {
      readonly do: 'rofr-answer'
      readonly workload: string
      readonly offer: string
      readonly answer: 'decline' | 'waive'
    }
  | {
      readonly do: 'waive'
      /** `<contract>/<clause>`. */
      readonly clause: string
      readonly until: Ms
      readonly kind: Waiver['kind']
      readonly reason: string
    }
  | {
      readonly do: 'record'
      readonly record: 'launch' | 'inability'
      readonly product: string
      readonly supplier: string
      readonly document: string
    }
  /** Where an index stands that prices of contracts move with, on the day on which it is noted. */
  | {
      readonly do: 'index'
      readonly index: string
      readonly value: number
      readonly unit: string
      readonly document: string
    }
)

/** A CSV file with prices and stock of offers over time. */
export interface TraceSource {
  readonly file: string
  /** The column of each value. */
  readonly columns: Readonly<Record<TraceColumn, string>>
  /** Only rows with these values in these columns. */
  readonly where: Readonly<Record<string, string>>
  /** The offer of all rows; null where a column names it. */
  readonly offer: string | null
}

export type TraceColumn = 'at' | 'offer' | 'nodes' | 'price_per_hour'

/** Mean time between two of a kind, in milliseconds; 0 is never. Shares are from 0 to 1. */
export interface RandomTrouble {
  readonly supplierOutageEveryMs: number
  readonly machineFailureEveryMs: number
  readonly workFailureEveryMs: number
  readonly controlPlaneKillEveryMs: number
  readonly refusals: number
  readonly lostAnswers: number
}
