/**
 * Capacity that we hold, or may hold, from the moment it is intended until it is surely gone.
 *
 * One lease is one purchase: so many equal nodes in one place, all or none, under one key. The key
 * is the idempotency token and the owner tag that the supplier shows back.
 */
import type { Micros } from './money.ts'
import type { Ms } from './time.ts'
import type { Market, Workload } from './workload.ts'

export type LeaseState = 'intended' | 'asked' | 'unsure' | 'held' | 'ready' | 'releasing' | 'gone'

/** The life of a lease. A move that is not in this table is a bug, and the ledger refuses it. */
export const leaseMoves: Readonly<Record<LeaseState, readonly LeaseState[]>> = {
  intended: ['asked', 'gone'],
  asked: ['held', 'unsure', 'gone'],
  unsure: ['asked', 'held', 'gone'],
  held: ['ready', 'releasing', 'gone'],
  ready: ['releasing', 'gone'],
  releasing: ['gone'],
  gone: [],
}

/** How a lease ended. */
export type LeaseEnd =
  | 'void' // never asked for
  | 'refused' // the supplier said no, and nothing can have been left behind
  | 'absent' // two complete listings, late enough, did not show it
  | 'released' // given back, and the supplier's record says so
  | 'lost' // the supplier ended it

/** So many of its machines did not do, as far as we know, from then on. */
export interface Failure {
  readonly since: Ms
  readonly nodes: number
}

export interface Lease {
  /** `<run>.<attempt>`, for example `pretrain.0.3`. Never shown to a supplier. */
  readonly id: string
  /** What the supplier sees: a pure function of installation, run and attempt. */
  readonly key: string
  readonly workload: string
  /** Whose workload it is; nobody's where it is missing. */
  readonly team?: string
  /** What it trains or serves. */
  readonly product?: string
  /** Not in rows of earlier versions. */
  readonly workloadKind?: Workload['kind']
  readonly run: string
  /** Counts the purchases tried for the run, from 1. */
  readonly attempt: number
  readonly supplier: string
  readonly offer: string
  readonly accelerator: string
  readonly perNode: number
  readonly region: string
  readonly market: Market
  readonly nodes: number
  /** For all nodes together; a price above it is refused and given back. */
  readonly pricePerHourMax: Micros
  /** The older lease of the same run that this one is to take over from. */
  readonly replaces: string | null
  readonly state: LeaseState
  /** False once nobody wants it any more; it is given back as soon as that is possible. */
  readonly wanted: boolean
  /** Announced calls to the supplier under this key. */
  readonly calls: number
  readonly calledAt: Ms | null
  /** A refusal came for a call that cannot settle the attempt; only listings can. */
  readonly refusedUnsettled: boolean
  /** Complete listings without the key since the last call was old enough to prove something. */
  readonly absentCount: number
  readonly rental: string | null
  /** What the supplier charges for all nodes together; null until it is held. */
  readonly pricePerHour: Micros | null
  readonly intendedAt: Ms
  /**
   * Not asked for before then, so that its supplier cannot tell when it was decided. Missing where
   * nothing holds it back.
   */
  readonly notBefore?: Ms
  readonly heldAt: Ms | null
  readonly readyAt: Ms | null
  readonly goneAt: Ms | null
  readonly end: LeaseEnd | null
  /**
   * The supplier's record of the end names every machine that worked for it. A lease that ended by
   * absence proves nothing of them, nor does the end of one of two rentals under its key. Not in
   * rows that earlier versions wrote.
   */
  readonly machinesOff?: boolean
  /** Why it was let go, or why the last call failed, in plain words. */
  readonly why: string | null
  /** Where machines failed and that is why it was let go. Not in rows of earlier versions. */
  readonly failed?: Failure
  /** What joins its nodes, as the offer said. Missing where it said nothing. */
  readonly fabric?: string
  /** The supplier's own notice that it will take the lease back, as a moment. */
  readonly noticeUntil: Ms | null
  /** The end of the block that it was bought in. Missing where it lasts until it is given back. */
  readonly endsAt?: Ms
}

/**
 * So long before its end a lease counts as taken back: time to buy, boot and start elsewhere, by
 * what rented machines take, and no day too early.
 */
export const leavingMs = 15 * 60_000

/** Its supplier takes it back, or its block is about to end: it is none to stay on. */
export function isLeaving({ noticeUntil, endsAt }: Lease, now: Ms): boolean {
  return noticeUntil !== null || (endsAt !== undefined && endsAt - now <= leavingMs)
}

/** Its supplier ended it before what was agreed. */
export function wasTaken({ end, endsAt, goneAt }: Lease): boolean {
  return end === 'lost' && (endsAt === undefined || (goneAt ?? 0) < endsAt)
}

/** Its supplier charges more than was agreed. */
export function isTooDear({ pricePerHour, pricePerHourMax }: Lease): boolean {
  return pricePerHour !== null && pricePerHour > pricePerHourMax
}

/** Whether the supplier may be charging us for this lease, as far as anyone can know. */
export function mayCost(lease: Lease): boolean {
  return lease.state !== 'gone' && lease.calls > 0
}

/** From when on something may be owed for it: it is not asked for before. */
export function mayCostFrom({ notBefore, intendedAt }: Lease): Ms {
  return notBefore ?? intendedAt
}

export function mayMove(from: LeaseState, to: LeaseState): boolean {
  return from === to || leaseMoves[from].includes(to)
}
