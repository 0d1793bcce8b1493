/**
 * How well a belief foretells whether a zone has machines, with and without hours of the day, on
 * the same public traces. Every zone is seen at every tick, which is more than a hunter sees.
 */

import { type Belief, noBelief } from '../src/core/domain/world.ts'
import { forecast, observe, type Pool } from '../src/core/hunt/belief.ts'
import { readTraces, type Zone } from './hunt/trace.ts'
import { tickS } from './hunt/windows.ts'
import type { Table } from './table.ts'

export const name = 'odds'

const [tickMs, hourMs] = [tickS * 1_000, 3_600_000]
const spansH = [1, 3, 6, 12, 24]
/** A forecast of each zone every half hour. */
const everyTicks = 3
/** Nothing is foretold for sure: a surprise costs this much at most. */
const least = 0.001

/** Whose hours of the day are counted together. */
const scopes: readonly { readonly label: string; readonly of: ((zone: Zone) => string) | null }[] =
  [
    { label: 'without hours', of: null },
    { label: 'one table for all', of: () => 'all' },
    { label: 'a table for each zone', of: ({ name }) => name },
    { label: 'a table for each region (ours)', of: ({ region }) => region },
  ]

export async function run(): Promise<Table> {
  const { zones, firstTick, ticks } = readTraces()
  const losses = scopes.map(() => spansH.map((): Loss => ({ sum: 0, count: 0 })))
  let plain = noBelief
  let scoped: readonly Belief[] = scopes.map(() => noBelief)
  for (let tick = firstTick; tick < ticks; tick++) {
    for (const zone of zones) {
      plain = seen(plain, poolOf(zone), zone, tick)
      scoped = scoped.map((belief, index) => {
        const of = scopes[index]?.of
        return of ? seen(belief, { id: zone.name, region: of(zone) }, zone, tick) : belief
      })
    }
    if (tick % everyTicks !== 0) continue
    for (const [index, { of }] of scopes.entries()) {
      for (const zone of zones) {
        const hours = of ? scoped[index]?.hours?.[of(zone)] : undefined
        const belief = { pools: plain.pools, ...(hours && { hours: { [zone.region]: hours } }) }
        note(losses[index] ?? [], belief, zone, tick)
      }
    }
  }
  return {
    title: 'odds: whether a zone will have machines, mean logarithmic loss',
    columns: ['hours of the day', ...spansH.map((span) => `in ${span} h`)],
    rows: scopes.map(({ label }, index) => [
      label,
      ...(losses[index] ?? []).map(({ sum, count }) => (sum / count).toFixed(4)),
    ]),
    note: 'Lower is better; 0.6931 is a coin. What is known is what came before.',
  }
}

interface Loss {
  sum: number
  count: number
}

/** A span each: what was foretold at this tick, beside what came. */
function note(losses: readonly Loss[], belief: Belief, zone: Zone, tick: number): void {
  const { upIn } = forecast(belief, poolOf(zone), tick * tickMs)
  for (const [index, loss] of losses.entries()) {
    const spanMs = (spansH[index] ?? 0) * hourMs
    const up = zone.anyLaunched[tick + spanMs / tickMs]
    if (up === undefined) continue
    const likely = up === 1 ? upIn(spanMs) : 1 - upIn(spanMs)
    loss.sum -= Math.log(Math.min(1 - least, Math.max(least, likely)))
    loss.count += 1
  }
}

function poolOf({ name: id, region }: Zone): Pool {
  return { id, region }
}

function seen(belief: Belief, pool: Pool, zone: Zone, tick: number): Belief {
  const outcome = zone.anyLaunched[tick] === 1 ? 'available' : 'refused'
  return observe(belief, pool, { pool: pool.id, atMs: tick * tickMs, outcome })
}
