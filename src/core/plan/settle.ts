/**
 * A gang that does not run: start it where it can start, wait for what is on its way, or buy.
 */

import type { Lease } from '../domain/lease.ts'
import type { Action } from '../domain/plan.ts'
import type { Reason } from '../domain/reason.ts'
import type { Run } from '../domain/run.ts'
import { budgetName } from '../domain/supplier.ts'
import type { Demand } from '../domain/workload.ts'
import { buy } from './buy.ts'
import { reasonsMax } from './explain.ts'
import { unusable } from './feasible.ts'
import { buying, kept, release } from './leases.ts'
import { leasePricePerWork } from './score.ts'
import type { Fund } from './tally/afford.ts'
import { behind, refuse } from './tally/queue.ts'
import type { Decision, Tally } from './tally/tally.ts'
import type { Standing, View } from './view.ts'

/** Of a gang that waits, so that nothing of an older epoch can be running. */
export function settle(view: View, tally: Tally, { demand, run, own }: Standing): Decision {
  if (own.length === 0) return ask(view, tally, demand, run)
  const { usable, releases } = sorted(view, tally, demand, own)
  const home = cheapestReady(view, demand, usable)
  if (home) {
    const spares = usable.filter((lease) => lease !== home && lease.replaces !== home.id)
    const done = spares.map((lease) => release(lease, `${run.id} starts on ${home.id}`))
    return start(view, run, home, [...releases, ...done])
  }
  const newest = usable.at(-1)
  if (newest) return { actions: releases, reasons: [buying(run.id, newest)] }
  const bought = buy(view, tally, demand, run, null)
  return { actions: [...releases, ...bought.actions], reasons: bought.reasons }
}

/** Most of those that have nothing wait behind others for whom there was nothing left. */
function ask(view: View, tally: Tally, demand: Demand, run: Run): Decision {
  const refused = behind(view, tally, demand)
  if (refused) return refused
  const bought = buy(view, tally, demand, run, null)
  if (bought.actions.length === 0) refuse(view, tally, demand, bought.reasons)
  return bought
}

/** A lease that was bought to take over from another one comes before it, whatever it costs. */
function cheapestReady(view: View, demand: Demand, usable: readonly Lease[]): Lease | null {
  const ready = usable.filter(({ state }) => state === 'ready')
  const replaced = new Set(ready.map(({ replaces }) => replaces))
  let best: { readonly lease: Lease; readonly score: number } | null = null
  // Newest first, so that of equals the newest stays.
  for (const lease of ready.toReversed()) {
    if (replaced.has(lease.id)) continue
    const score = leasePricePerWork(view.world, demand.workload, lease)
    if (!best || score < best.score) best = { lease, score }
  }
  return best?.lease ?? null
}

function start(view: View, run: Run, home: Lease, releases: readonly Action[]): Decision {
  if (view.world.now < run.notBefore) {
    const { id, notBefore: until, exitCode } = run
    return { actions: releases, reasons: [{ run: id, why: 'backing-off', until, exitCode }] }
  }
  const action: Action = { do: 'start', run: run.id, lease: home.id, epoch: run.epoch + 1 }
  return { actions: [action, ...releases], reasons: [kept(run.id, home)] }
}

/**
 * Of a gang that is being fenced or drained and shall run again, so that capacity is ready when it
 * is free. Starts nothing, for work of the old epoch may still be running.
 */
export function prepare(view: View, tally: Tally, { demand, run, own, home }: Standing): Decision {
  const spares = own.filter((lease) => lease !== home)
  const { usable, releases } = sorted(view, tally, demand, spares)
  const stopping = stoppingAt(view, run)
  const next = usable.at(-1)
  if (next) return { actions: releases, reasons: [stopping, buying(run.id, next)] }
  // A lease that is still good will carry the gang again; work that failed needs no new machine.
  if (home && unusable(view, demand.workload, home) === null)
    return { actions: releases, reasons: [stopping] }
  const bought = buy(view, tally, demand, run, home)
  return {
    actions: [...releases, ...bought.actions],
    reasons: [stopping, ...bought.reasons].slice(0, reasonsMax),
  }
}

/** What is good for the gang, and what is to be given back and why. */
function sorted(
  view: View,
  { unpaid, shares }: Tally,
  { workload }: Demand,
  leases: readonly Lease[],
) {
  const usable: Lease[] = []
  const releases: Action[] = []
  for (const lease of leases) {
    const why =
      unusable(view, workload, lease) ??
      shares?.takenBack.get(lease.id) ??
      usedUpBy(unpaid.get(lease.id))
    if (why === null) usable.push(lease)
    else releases.push(release(lease, why))
  }
  return { usable, releases }
}

function usedUpBy(short: Fund | undefined): string | null {
  return short ? `${budgetName(short.budget)} is used up` : null
}

function stoppingAt({ world }: View, run: Run): Reason {
  return { run: run.id, why: 'fencing', until: run.fencedAt ?? world.now, epoch: run.epoch }
}
