/**
 * Calumet's hunter at the bench: hands it what the replay shows and carries out its answer.
 *
 * Decides nothing of its own.
 */
import { type Belief, noBelief } from '../../src/core/domain/world.ts'
import { observe } from '../../src/core/hunt/belief.ts'
import { hunt } from '../../src/core/hunt/hunt.ts'
import { egressDollars, type Policy, type Scenario } from './replay.ts'

const micros = (dollars: number) => Math.round(dollars * 1_000_000)

export function calumet({ zones, ticks, tickS, restartS, ...scenario }: Scenario): Policy {
  const pools = zones.map((zone) => ({
    id: zone.name,
    region: zone.region,
    spotPerHour: micros(zone.spot),
    onDemandPerHour: micros(zone.onDemand),
  }))
  const all = { zones, ticks, tickS, restartS, ...scenario }
  const egress = Object.fromEntries(
    zones.flatMap((from, a) =>
      zones.map((to, b) => [`${from.region}>${to.region}`, micros(egressDollars(all, a, b))]),
    ),
  )
  const zoneOf = (id: string) => zones.findIndex((zone) => zone.name === id)
  const idOf = (zone: number | null) => (zone === null ? null : (zones[zone]?.name ?? null))
  let belief: Belief = noBelief
  return (view) => {
    const nowMs = view.tick * tickS * 1_000
    const see = (zone: number, outcome: 'available' | 'refused' | 'held' | 'preempted') => {
      const pool = pools[zone]
      if (pool) belief = observe(belief, pool, { pool: pool.id, atMs: nowMs, outcome })
    }
    if (view.preempted !== null) see(view.preempted, 'preempted')
    if (view.holding?.market === 'spot') see(view.holding.zone, 'held')
    const answer = hunt({
      nowMs,
      nextMs: nowMs + tickS * 1_000,
      pools: pools.map((pool, zone) => ({
        ...pool,
        spotPerHour: view.isTaken(zone) ? null : pool.spotPerHour,
      })),
      belief,
      requestsMax: zones.length,
      probeMs: 60_000,
      job: {
        workLeftMs: view.leftS * 1_000,
        deadlineMs: ticks * tickS * 1_000,
        restartMs: restartS * 1_000,
        lossMs: 0,
        held: view.holding && {
          pool: idOf(view.holding.zone) ?? '',
          market: view.holding.market,
          overheadMs: view.overheadS * 1_000,
        },
        checkpointAt: idOf(view.checkpointZone),
        egress,
      },
    })
    for (const id of answer.tries) {
      const isThere = view.take(zoneOf(id))
      see(zoneOf(id), isThere ? 'available' : 'refused')
      if (isThere) return
    }
    for (const id of answer.probes) {
      see(zoneOf(id), view.probe(zoneOf(id)) ? 'available' : 'refused')
    }
    if (answer.otherwise.kind === 'on-demand') view.onDemand(zoneOf(answer.otherwise.pool))
  }
}
