/**
 * What a rental costs, derived from the supplier's own record of it and never typed in.
 *
 * One charge for every rental that ever carried our owner tag, whether or not it was of use.
 */
import type { Micros } from './money.ts'
import type { Ms } from './time.ts'
import type { Market, Workload } from './workload.ts'

export interface Charge {
  /** `<supplier>/<rental>`: a pure function of what it charges for. */
  readonly id: string
  readonly supplier: string
  readonly rental: string
  /** The lease it served; null for a rental that no lease of ours owns. */
  readonly lease: string | null
  readonly workload: string | null
  readonly team?: string
  readonly product?: string
  /** What kind of work it was for; not in rows of earlier versions. */
  readonly workloadKind?: Workload['kind']
  /** Where it ran and how it was sold; not in rows of earlier versions, nor of foreigners. */
  readonly region?: string
  readonly market?: Market
  /** `waste` is capacity that was paid for and never owned by a lease that was wanted. */
  readonly account: 'usage' | 'waste'
  readonly accelerator: string | null
  readonly accelerators: number | null
  readonly pricePerHour: Micros
  /** The supplier's times; `to` is null while the rental goes on. */
  readonly from: Ms
  readonly to: Ms | null
  /** Final once `to` is set; 0 while the rental goes on. */
  readonly amount: Micros
  /** In the journal, once it is closed; not in rows that earlier versions closed. */
  readonly entry?: Entry
}

/** The amount of a closed charge, from one account to another. */
export interface Entry {
  /** From 1, without a gap. */
  readonly number: number
  readonly debit: string
  readonly credit: string
  /** Of this entry and the one before. */
  readonly hash: string
}

/** How far the journal goes. */
export interface JournalHead {
  readonly entries: number
  /** Of the last entry; empty before the first. */
  readonly hash: string
}

export function chargeId(supplier: string, rental: string): string {
  return `${supplier}/${rental}`
}

/** What a supplier asks for, as it came; held against charges and never made one. */
export interface Invoice {
  readonly supplier: string
  /** The supplier's own. */
  readonly number: string
  /** The span that it is about. */
  readonly from: Ms
  readonly to: Ms
  readonly lines: readonly InvoiceLine[]
  readonly importedAt: Ms
  readonly by: string
}

export const chargeCategories = ['Usage', 'Purchase', 'Tax', 'Credit', 'Adjustment'] as const
export type ChargeCategory = (typeof chargeCategories)[number]

export interface BilledHours {
  readonly count: number
  /** One hour of a rental of eight accelerators is eight of theirs. */
  readonly of: 'rental' | 'accelerators'
}

export interface InvoiceLine {
  /** The line of the file. */
  readonly line: number
  /** Null where it is about no rental: a fee, a tax, a credit. */
  readonly rental: string | null
  /** What it is in the words of FOCUS; not in rows of earlier versions, nor where it says none. */
  readonly category?: ChargeCategory
  /** What it is about; not in rows of earlier versions. */
  readonly span?: { readonly from: Ms; readonly to: Ms }
  /** How long it says that something was rented, where it says so. */
  readonly hours?: BilledHours
  /** Below zero for a credit. */
  readonly amount: Micros
  readonly description: string
  /** What was promised, `<contract>/<clause>`, and the span that it is about. */
  readonly promised?: { readonly clause: string; readonly from: Ms; readonly to: Ms }
}
