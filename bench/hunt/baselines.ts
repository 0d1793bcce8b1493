/**
 * The policies that others published, written from their descriptions.
 *
 * Greedy takes the cheapest zone that answers and stays until it is taken away. Uniform Progress
 * runs on spot, buys on demand while it is behind a straight line to the deadline, and goes back
 * once it is two restarts ahead; its multi-zone form ranks zones by the share of hourly probes that
 * found a machine, by price. None of them looks further than the next tick.
 */
import { egressDollars, type Policy, type Scenario, type View } from './replay.ts'

export function greedy(scenario: Scenario): Policy {
  const cheapFirst = byPrice(scenario)
  return (view) => {
    if (isLatched(view)) return latch(view)
    if (view.holding === null) cheapFirst.some((zone) => view.take(zone))
  }
}

/** Uniform Progress that tries the region of the last loss last. */
export function uniformProgress(scenario: Scenario): Policy {
  const cheapFirst = byPrice(scenario)
  const regionOf = (zone: number | null) => (zone === null ? null : scenario.zones[zone]?.region)
  return (view) => {
    if (isLatched(view)) return latch(view)
    const isLast = (zone: number) => regionOf(zone) === regionOf(view.checkpointZone)
    const others = cheapFirst.filter((zone) => !isLast(zone))
    progress(view, [...others, ...cheapFirst.filter(isLast)])
  }
}

/** Uniform Progress over zones by what a probe an hour found, by price. */
export function probedProgress({ zones, tickS }: Scenario): Policy {
  const everyTicks = Math.max(1, Math.round(3_600 / tickS))
  const found = zones.map(() => 0)
  const asked = zones.map(() => 0)
  const dueAt = zones.map(() => 0)
  let main: number | null = null
  const note = (zone: number, isThere: boolean) => {
    asked[zone] = (asked[zone] ?? 0) + 1
    found[zone] = (found[zone] ?? 0) + (isThere ? 1 : 0)
    return isThere
  }
  const score = (zone: number) => {
    const share = asked[zone] ? (found[zone] ?? 0) / (asked[zone] ?? 1) : 0.5
    return share / (zones[zone]?.spot ?? 1)
  }
  return (view) => {
    if (isLatched(view)) return latch(view)
    if (main !== null && view.holding?.market !== 'spot') {
      note(main, false)
      main = null
    }
    if (main !== null && view.tick >= (dueAt[main] ?? 0)) {
      note(main, true)
      dueAt[main] = view.tick + everyTicks
    }
    const ranked = zones.map((_, zone) => zone).toSorted((a, b) => score(b) - score(a) || a - b)
    const best = ranked[0] ?? 0
    const held = view.holding
    const isOff = held?.market === 'spot' && score(held.zone) < 0.9 * score(best)
    const take = (zone: number) => note(zone, view.take(zone))
    const wantsSpot = progress({ ...view, take, holding: isOff ? null : held }, ranked, 0)
    main = view.now()?.market === 'spot' ? (view.now()?.zone ?? null) : null
    if (main !== null && main !== held?.zone) dueAt[main] = view.tick + everyTicks
    if (!wantsSpot) return
    for (const zone of zones.keys()) {
      if (zone === main || view.tick < (dueAt[zone] ?? 0)) continue
      note(zone, view.probe(zone))
      dueAt[zone] = view.tick + everyTicks
    }
  }
}

/** One tick of Uniform Progress; says whether it wanted spot. */
function progress(view: View, order: readonly number[], sure = view.checkpointZone ?? 0): boolean {
  const { scenario, tick, leftS, holding } = view
  const { ticks, tickS, taskS, restartS } = scenario
  const dueS = (aheadS: number) => ((tick * tickS + aheadS) * taskS) / (ticks * tickS)
  const doneS = taskS - leftS
  const roundedS = Math.ceil((leftS + 2 * restartS) / tickS) * tickS
  const isAhead = doneS > dueS(2 * restartS)
  const isTight = roundedS > (ticks - tick) * tickS && holding?.market !== 'spot'
  if ((holding?.market === 'on-demand' || isTight) && !(holding && isAhead)) {
    if (holding?.market !== 'on-demand') view.onDemand(sure)
    return false
  }
  if (holding?.market === 'spot') return true
  view.release()
  if (order.some((zone) => view.take(zone))) return true
  if (doneS < dueS(0) || isTight) view.onDemand(sure)
  return true
}

const byPrice = ({ zones }: Scenario): readonly number[] =>
  zones
    .map((_, zone) => zone)
    .toSorted((a, b) => (zones[a]?.spot ?? 0) - (zones[b]?.spot ?? 0) || a - b)

/** The published safety net: whether the time left is what the work and a restart take. */
function isLatched({ scenario: { ticks, tickS, restartS }, tick, leftS }: View): boolean {
  return Math.ceil((leftS + restartS) / tickS) >= ticks - tick
}

function latch({ scenario, holding, overheadS, checkpointZone, leftS, onDemand }: View): void {
  if (holding?.market === 'on-demand' || (holding && overheadS === 0)) return
  const cost = (zone: number) =>
    ((scenario.zones[zone]?.onDemand ?? 0) * leftS) / 3_600 +
    (checkpointZone === null ? 0 : egressDollars(scenario, checkpointZone, zone))
  const zones = scenario.zones.map((_, zone) => zone)
  onDemand(zones.reduce((best, zone) => (cost(zone) < cost(best) ? zone : best), 0))
}
