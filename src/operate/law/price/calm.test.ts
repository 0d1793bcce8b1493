/** Plans that follow each other under tiers: none leaves what another bought, for ever. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { untouched } from '../../../core/contracts/money/draw.ts'
import { marginals } from '../../../core/contracts/money/marginals.ts'
import { levelsAt } from '../../../core/contracts/price/levels.ts'
import type { Price } from '../../../core/domain/clause.ts'
import { plan } from '../../../core/plan/plan.ts'
import { readContracts } from '../../../core/spec/read.ts'
import { drawnNow, drawnWorld } from '../../../testing/world.ts'

const text = `kind: Contract
name: msa
with: acme
form: MSA
bindingness: definitive
signed: 2020-01-01
from: 2020-01-01
source: letter
clauses: [{ kind: price, pricing: { form: fixed, price_per_hour: 1 } }]
`
const names = { canonical: (name: string) => name, knownAccelerators: ['H100'] }
const [clause] = readContracts([{ file: 'a.yaml', text }], names).contracts[0]?.clauses ?? []

interface Place {
  readonly supplier: string
  readonly attempt: number
  readonly round: number
}

type Tiers = Extract<Price['pricing'], { readonly form: 'tiered' }>['tiers']

interface Case {
  /** Of acme and of bolt. */
  readonly tiers: readonly [Tiers, Tiers]
  /** Nodes of each gang. */
  readonly gangs: readonly number[]
  readonly quotes: readonly [acme: number, bolt: number]
}

/** Plans until one buys nothing; what a plan moves is there, with its work saved, in the next. */
function rounds({ tiers, gangs, quotes: [acme, bolt] }: Case): number {
  const inForce = tiers.map((each, index) => {
    const about = { id: `tiers-${index}`, with: ['acme', 'bolt'][index] }
    return { ...clause, ...about, pricing: { form: 'tiered', tiers: each } } as Price
  })
  const places = new Map<string, Place>()
  for (let round = 1; round <= 20; round += 1) {
    const lines = gangs.flatMap((nodes, index) => {
      const at = places.get(`j${index}.0`)
      const quote = (at?.supplier === 'acme' ? acme : bolt) * nodes
      const job = `job j${index} H100:8 x${nodes}`
      if (!at) return [job]
      const lease = `j${index}.0.${at.attempt}`
      return [
        ...[job, `checkpoint j${index} step 1`],
        `lease ${lease} ready at ${at.supplier}/h100 for $${quote}`,
        `run j${index}.0 running epoch 1 on ${lease}`,
      ]
    })
    const world = drawnWorld(
      [`offer acme/h100 H100:8 us $${acme}`, `offer bolt/h100 H100:8 us $${bolt}`, ...lines].join(
        '\n',
      ),
    )
    const leases = world.leases.map((each) => {
      return { ...each, calls: 1, intendedAt: places.get(each.run)?.round ?? 0 }
    })
    const levels = levelsAt([], { at: 0, known: 0 })
    const nothing = { drawdown: untouched, ahead: [] }
    const input = { inForce, ...nothing, leases, offers: world.offers, levels, now: drawnNow }
    const { actions } = plan({ ...world, leases, marginals: marginals(input) })
    const bought = actions.filter((each) => each.do === 'acquire')
    if (bought.length === 0) return round
    for (const { run, supplier, attempt } of bought) places.set(run, { supplier, attempt, round })
  }
  return Number.POSITIVE_INFINITY
}

const tier = (accelerators: number, dollars: number) => {
  return { accelerators, perHour: dollars * 1_000_000 }
}
/** A gang that is bought would seem dearer than another like it. */
const steps: Case = {
  tiers: [[tier(0, 0.75), tier(12, 0.25), tier(40, 0.5)], []],
  ...{ gangs: [3, 1], quotes: [10, 7] },
}
/** Who leaves a dear tier would find it cheap as soon as the place is left. */
const hill: Case = {
  tiers: [[tier(0, 0.25), tier(7, 2.75), tier(14, 0.25), tier(38, 1)], []],
  ...{ gangs: [1, 1, 3], quotes: [10, 5] },
}

it('[OP53] plans come to rest, whatever tiers there are', () => {
  const dollars = fc.integer({ min: 1, max: 12 })
  const higher = fc.record({
    accelerators: fc.integer({ min: 1, max: 96 }),
    perHour: dollars.map((each) => each * 250_000),
  })
  const first = dollars.map((each) => ({ accelerators: 0, perHour: each * 250_000 }))
  const more = fc.uniqueArray(higher, { maxLength: 3, selector: (each) => each.accelerators })
  const tiers = fc.tuple(first, more).map(([lowest, rest]) => {
    return [lowest, ...rest].sort((a, b) => a.accelerators - b.accelerators)
  })
  const drawn = fc.record({
    tiers: fc.tuple(tiers, fc.oneof(fc.constant([]), tiers)),
    gangs: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 }),
    quotes: fc.tuple(fc.integer({ min: 10, max: 30 }), fc.integer({ min: 5, max: 25 })),
  })
  fc.assert(
    fc.property(drawn, (each) => {
      const count = rounds(each)
      assert.ok(count <= 5, `${count} rounds`)
    }),
    { numRuns: 100, examples: [[steps], [hill]] },
  )
})
