/**
 * What happened in a simulated day, as lines that a person can read: the ledger's events, what went
 * wrong on purpose, and what suppliers sold.
 */

import type { Trial } from '../../src/sim/trial.ts'
import { installation } from '../../src/sim/world.ts'

export function traceOf({ world }: Pick<Trial, 'world'>): readonly string[] {
  const { store, incidents, shops } = world
  const leases = new Map(store.every('lease').map(({ id, body: { key } }) => [key, id]))
  const sales = [...shops.values()].flatMap((shop) => shop.sales(installation))
  const lines = [
    ...incidents.map(({ at, what }) => ({ at, text: `~ ${what}` })),
    ...store.history.map(({ at, kind, facts, ...subject }) => ({
      at,
      text: `  ${kind} ${subjectOf(subject)} ${factsOf(facts)}`,
    })),
    ...sales.flatMap(({ supplier, rental, excuse }) => {
      const { id, key, startedAt, endedAt, pricePerHour } = rental
      const lease = leases.get(key ?? '') ?? key
      const begun = `$ ${supplier} begins ${id} for ${lease} at ${pricePerHour}`
      const end = endedAt === null ? [] : [{ at: endedAt, text: `$ ${supplier} ended ${id}` }]
      return [{ at: startedAt, text: `${begun}${excuse ? ` (${excuse})` : ''}` }, ...end]
    }),
  ]
  const start = Math.min(...lines.map(({ at }) => at))
  return lines.sort((a, b) => a.at - b.at).map(({ at, text }) => `${clock(at - start)} ${text}`)
}

function subjectOf(subject: Readonly<Record<string, unknown>>): string {
  const { workload, run, lease, supplier } = subject
  return [lease ?? run ?? workload, supplier].filter(Boolean).join(' at ')
}

function factsOf(facts: Readonly<Record<string, unknown>>): string {
  const told = Object.entries(facts).filter(([name]) => !dull.has(name))
  return told.map(([name, value]) => `${name}=${value}`).join(' ')
}

/** The same for every event of a lease. */
const dull = new Set(['offer', 'accelerator', 'perNode', 'pricePerHour', 'later'])

function clock(ms: number): string {
  const two = (number: number) => String(Math.floor(number)).padStart(2, '0')
  const rest = String(ms % 1_000).padStart(3, '0')
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1_000) % 60)}.${rest}`
}
