/**
 * Buys capacity for one gang: the best offer that there is, as one purchase.
 *
 * The price asked now is the ceiling: a supplier that wants more has to be planned anew.
 */

import type { Lease } from '../domain/lease.ts'
import { offerName } from '../domain/offer.ts'
import type { Acquire } from '../domain/plan.ts'
import type { Reason } from '../domain/reason.ts'
import type { Run } from '../domain/run.ts'
import type { Demand } from '../domain/workload.ts'
import { choose, survey } from './choose.ts'
import { type HuntingReason, huntingOf } from './deadline/hunting.ts'
import { carriage, explain, reasonsMax } from './explain.ts'
import type { Candidate } from './score.ts'
import type { Decision, Tally } from './tally/tally.ts'
import type { View } from './view.ts'
import type { Home } from './window/window.ts'

/**
 * `replaces` is the lease of the run that the new one is to take over from; `home` is what the run
 * pays there, where it may as well stay.
 */
export function buy(
  view: View,
  tally: Tally,
  demand: Demand,
  run: Run,
  replaces: Lease | null,
  home: Home | null = null,
): Decision {
  tally.isAsked = true
  const chosen = choose(view, tally, demand, home)
  return {
    actions: chosen ? [acquire(demand, run, chosen, replaces)] : [],
    reasons: tally.isSketch ? [] : reasonsFor(view, tally, demand, chosen),
  }
}

function reasonsFor(
  view: View,
  tally: Tally,
  demand: Demand,
  chosen: Candidate | null,
): readonly Reason[] {
  const hunting = huntingOf(view, demand)
  if (hunting) {
    const refused = explain(demand.run, null, survey(view, tally, demand, null), null)
    return [asking(hunting.reason, chosen), ...refused].slice(0, reasonsMax)
  }
  const found = survey(view, tally, demand, chosen)
  return explain(demand.run, chosen, found, tally.placement?.facts ?? null)
}

/** Names what is asked for, where anything is. */
function asking(reason: HuntingReason, chosen: Candidate | null): Reason {
  // Another gang may have taken what was to be asked for.
  if (!chosen) return reason.does === 'tries' ? { ...reason, does: 'waits' } : reason
  const { offer, pricePerHour } = chosen
  return { ...reason, offer: offerName(offer), pricePerHour, ...carriage(chosen) }
}

function acquire(
  { slot, workload }: Demand,
  run: Run,
  { offer, alternative, pricePerHour }: Candidate,
  replaces: Lease | null,
): Acquire {
  const attempt = run.attempts + 1
  return {
    do: 'acquire',
    lease: `${run.id}.${attempt}`,
    run: run.id,
    workload: workload.name,
    slot,
    attempt,
    supplier: offer.supplier,
    offer: offer.id,
    accelerator: offer.accelerator,
    perNode: offer.perNode,
    region: offer.region,
    market: offer.market,
    nodes: alternative.nodes,
    pricePerHour,
    pricePerHourMax: pricePerHour,
    replaces: replaces?.id ?? null,
    ...(offer.fabric !== undefined && { fabric: offer.fabric }),
    ...(offer.window?.until !== undefined && { endsAt: offer.window.until }),
  }
}
