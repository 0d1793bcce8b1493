/**
 * A gang that runs on a lease of ours: leave it alone, unless it must go or going pays well.
 *
 * Stopping costs work, so every reason to stop has to show that something better is ready first.
 */

import { isLeaving, type Lease } from '../domain/lease.ts'
import { offerName } from '../domain/offer.ts'
import type { Action } from '../domain/plan.ts'
import type { Run } from '../domain/run.ts'
import { budgetName } from '../domain/supplier.ts'
import type { Demand } from '../domain/workload.ts'
import { buy } from './buy.ts'
import { cheaperThan } from './choose.ts'
import { type Hunting, type HuntingReason, huntingOf } from './deadline/hunting.ts'
import { mayMove, mayRestart, mayStop } from './disturb.ts'
import { carriage, reasonsMax } from './explain.ts'
import { aboveQuota, distrusted, overSpent, unusable } from './feasible.ts'
import { kept, offerOf, release } from './leases.ts'
import { leasePricePerWork, priceOf } from './score.ts'
import { chipsOf, shareOf } from './tally/quota.ts'
import type { Decision, Tally } from './tally/tally.ts'
import type { Standing, View } from './view.ts'

export function keep(
  view: View,
  tally: Tally,
  { demand, run, own }: Standing,
  home: Lease,
): Decision {
  if (own.length === 1) return decide(view, tally, demand, run, home, null)
  const spares = own.filter((lease) => lease !== home)
  const next = spares.findLast((lease) => takesOver(view, demand, home, lease)) ?? null
  const releases = spares
    .filter((lease) => lease !== next)
    .map((lease) => release(lease, spareBecause(view, demand, run, home, lease)))
  const decision = decide(view, tally, demand, run, home, next)
  // What goes, goes first: read in order, no run ever wants two leases that replace the same one.
  return { actions: [...releases, ...decision.actions], reasons: decision.reasons }
}

function decide(
  view: View,
  tally: Tally,
  demand: Demand,
  run: Run,
  home: Lease,
  next: Lease | null,
): Decision {
  const { workload } = demand
  const short = tally.unpaid.get(home.id)
  if (short) {
    const because = `${budgetName(short.budget)} is used up`
    const reason = overSpent(run.id, offerOf(home), priceOf(home), short)
    return { actions: [drain(run, because)], reasons: [reason] }
  }
  const givesBack = tally.shares?.takenBack.get(home.id)
  if (givesBack !== undefined) return giveBack(tally, demand, run, home, givesBack)
  if (workload.revision > run.revision && mayRestart(view, tally, demand)) {
    const because = `restarts as revision ${workload.revision} of ${workload.name}`
    return { actions: [drain(run, because)], reasons: [kept(run.id, home)] }
  }
  if (next) return takeOver(view, tally, demand, run, home, next)
  const isTakenBack = isLeaving(home, view.world.now) && workload.kind === 'Job'
  if (isTakenBack || distrusted(view, workload, home) !== null) {
    return replaceLeaving(view, tally, demand, run, home)
  }
  const hunting = huntingOf(view, demand)
  if (hunting) return hunt(view, tally, demand, run, home, hunting)
  return moveOrStay(view, tally, demand, run, home)
}

/** Whoever has a right to what was borrowed comes first. */
function giveBack(
  { shares }: Tally,
  { workload }: Demand,
  run: Run,
  home: Lease,
  because: string,
): Decision {
  const share = shares && shareOf(shares, workload.team, home.accelerator)
  const reasons = share ? [aboveQuota(run.id, offerOf(home), chipsOf(home), share)] : []
  return { actions: [drain(run, because)], reasons }
}

/** To where it is done in time at least cost; to save money only once something is saved. */
function hunt(
  view: View,
  tally: Tally,
  demand: Demand,
  run: Run,
  home: Lease,
  { order, reason }: Hunting,
): Decision {
  const isUrgent = reason.does === 'pays'
  const told: HuntingReason = isUrgent ? reason : { ...reason, does: 'stays' }
  const stays = { actions: [], reasons: [kept(run.id, home), told] }
  if (order.length === 0 || !(isUrgent || mayMove(view, tally, demand))) return stays
  const { actions, reasons } = buy(view, tally, demand, run, home)
  if (actions.length === 0) return stays
  return { actions, reasons: [kept(run.id, home), ...reasons].slice(0, reasonsMax) }
}

function takesOver(view: View, { workload }: Demand, home: Lease, lease: Lease): boolean {
  return lease.replaces === home.id && unusable(view, workload, lease) === null
}

function spareBecause(
  view: View,
  { workload }: Demand,
  run: Run,
  home: Lease,
  spare: Lease,
): string {
  return unusable(view, workload, spare) ?? `${run.id} runs on ${home.id}`
}

/** The replacement is bought: go there once it is ready and the service can do without us. */
function takeOver(
  view: View,
  tally: Tally,
  demand: Demand,
  run: Run,
  home: Lease,
  next: Lease,
): Decision {
  const from = leasePricePerWork(view.world, demand.workload, home)
  const to = leasePricePerWork(view.world, demand.workload, next)
  const saving = savingOf(from, to)
  const goes = next.state === 'ready' && mayStop(view, tally, demand)
  return {
    actions: goes ? [drain(run, `moves to ${next.id}`)] : [],
    reasons: [{ run: run.id, why: 'moving', lease: home.id, to: offerOf(next), saving }],
  }
}

/** What runs on a lease that it has to leave runs on while the next lease is bought. */
function replaceLeaving(view: View, tally: Tally, demand: Demand, run: Run, home: Lease): Decision {
  const { actions, reasons } = buy(view, tally, demand, run, home)
  if (actions.length > 0) return { actions, reasons }
  return { actions, reasons: [kept(run.id, home), ...reasons].slice(0, reasonsMax) }
}

function moveOrStay(view: View, tally: Tally, demand: Demand, run: Run, home: Lease): Decision {
  const score = leasePricePerWork(view.world, demand.workload, home)
  const from = { pricePerWork: score, pricePerHour: priceOf(home) }
  const { supplier } = home
  const { best, later } = cheaperThan(view, tally, demand, { home: from, supplier })
  if (!best) {
    const forNow = later.length > 0 ? ({ isForNow: true } as const) : {}
    return { actions: [], reasons: [{ ...kept(run.id, home), ...forNow }, ...later] }
  }
  const saving = savingOf(score, best.pricePerWork)
  const offer = offerName(best.offer)
  const pays = saving >= view.world.policy.moveWhenCheaperBy
  if (!pays || isLeaving(home, view.world.now) || !mayMove(view, tally, demand)) {
    const better = { offer, saving, ...carriage(best) }
    return { actions: [], reasons: [kept(run.id, home, better), ...later] }
  }
  const { actions } = buy(view, tally, demand, run, home, from)
  const paid = best.because === null ? {} : { paid: best.because }
  const facts = { lease: home.id, to: offer, saving, ...carriage(best), ...paid }
  return { actions, reasons: [{ run: run.id, why: 'moving', ...facts }] }
}

function savingOf(from: number, to: number): number {
  return from > 0 && Number.isFinite(from) ? 1 - to / from : 0
}

function drain(run: Run, because: string): Action {
  return { do: 'drain', run: run.id, because }
}
