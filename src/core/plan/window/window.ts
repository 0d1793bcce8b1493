/**
 * Blocks of capacity, which are sold for a span of time: whether one is open now, and lasts until
 * it was worth going there.
 *
 * Knows moments and prices; what is left of stock and money is looked at elsewhere.
 */
import { isLeaving, type Lease, leavingMs } from '../../domain/lease.ts'
import type { Micros } from '../../domain/money.ts'
import { offerName } from '../../domain/offer.ts'
import type { Reason } from '../../domain/reason.ts'
import type { Ms } from '../../domain/time.ts'
import type { Demand } from '../../domain/workload.ts'
import { deadlineKept, launchOf, progressOf } from '../deadline/progress.ts'
import { type Candidate, paceOn, workPerHour } from '../score.ts'
import { standingOf, type View } from '../view.ts'

type WindowReason = Extract<Reason, { readonly why: 'not-yet' | 'too-short' }>

/** What a gang pays where it runs, and need not leave. */
export interface Home {
  readonly pricePerWork: number
  readonly pricePerHour: Micros
}

/** Beside so much work a launch is a share of the price that no gang moves for. */
export const worthwhileMs = 3_600_000

const hourMs = 3_600_000

/** Why a gang is not to buy there now; null where it may, and where the offer is no block. */
export function outsideWindow(
  view: View,
  demand: Demand,
  candidate: Candidate,
  home: Home | null = null,
): WindowReason | null {
  const { offer, pricePerHour } = candidate
  if (!offer.window) return null
  const { from, until } = offer.window
  const { now } = view.world
  const facts = { run: demand.run, offer: offerName(offer), pricePerHour }
  if (from !== undefined && from > now) return { ...facts, why: 'not-yet', from }
  if (until === undefined) return null
  const back = home ? paybackMs(view, demand, candidate, home) : 0
  const workMs = Math.max(0, back, usefulMs(view, demand, candidate))
  const neededMs = Math.ceil(leavingMs + launchOf(demand.workload) + workMs)
  return until - now >= neededMs ? null : { ...facts, why: 'too-short', until, neededMs }
}

/** What a gang whose deadline is kept is left with there must last until all of it is done. */
function usefulMs(view: View, demand: Demand, { alternative }: Candidate): Ms {
  const { world } = view
  const left = workLeftMs(view, demand)
  const doneMs = left === null ? Infinity : left / paceOn(world, demand.workload, alternative)
  const deadline = deadlineKept(demand, world.now)
  const most = deadline === null ? worthwhileMs : deadline - world.now - launchOf(demand.workload)
  return Math.min(most, doneMs)
}

/** On the first of its alternatives, by what was stated; null where nobody said. */
function workLeftMs(view: View, demand: Demand): Ms | null {
  const { workload } = demand
  if (workload.kind !== 'Job' || !workload.deadline) return workload.lastsMs ?? null
  const { run, home } = standingOf(view, demand)
  return progressOf(view, workload, run, run.state === 'running' ? home : null).leftMs
}

/** Going there and away again, each with both places held for a launch, is earned in so long. */
function paybackMs({ world }: View, { workload }: Demand, candidate: Candidate, home: Home): Ms {
  const { alternative, pricePerHour, carriage, carriagePerWork } = candidate
  const saved = home.pricePerWork - (candidate.pricePerWork - carriagePerWork)
  const move = (launchOf(workload) / hourMs) * (home.pricePerHour + pricePerHour) + carriage
  return ((2 * move) / (saved * workPerHour(world, alternative))) * hourMs
}

/** Whether a lease is there until a job must be done, or has done its work on it. */
export function lastsFor(
  { world }: View,
  { workload }: Demand,
  lease: Lease,
  { deadline, leftMs }: { readonly deadline: Ms; readonly leftMs: Ms },
): boolean {
  const doneAt = world.now + leftMs / paceOn(world, workload, lease)
  return !isLeaving(lease, Math.min(deadline, doneAt))
}
