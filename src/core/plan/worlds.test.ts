/** Worlds that nobody drew, by chance, small and crowded, and what was signed beside them. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { drawnNow, drawnWorld } from '../../testing/world.ts'
import { type Law, lawAt, noLaw } from '../contracts/law.ts'
import type { World } from '../domain/world.ts'
import { readContracts } from '../spec/read.ts'

const suppliers = ['acme', 'bolt', 'coil'] as const
const shapes = ['H100:8', 'A100-80GB:8', 'L4:1'] as const
const maybe = (text: string) => fc.constantFrom('', text)
const figure = (max: number) => fc.integer({ min: 1, max })
const line = (...parts: readonly (fc.Arbitrary<string | number> | string)[]) =>
  fc
    .tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)))
    .map((words) => words.filter((word) => word !== '').join(' '))

const supplier = fc.constantFrom(...suppliers)
const shape = fc.constantFrom(...shapes)
const region = fc.constantFrom('us', 'us', 'eu')

function offers(): fc.Arbitrary<readonly string[]> {
  const stock = fc.constantFrom('', 'stock none', 'stock low', 'stock 1', 'stock 2', 'stock 4')
  const span = fc.constantFrom('', '', '', 'opens 1h', 'ends 30m', 'ends 90m', 'ends 30h')
  const offer = fc
    .tuple(
      supplier,
      fc.integer({ min: 0, max: 3 }),
      shape,
      region,
      figure(20),
      maybe('spot'),
      stock,
      span,
    )
    .map(([name, id, sold, where, price, market, left, open]) => ({
      key: `${name}/${id}`,
      text: `offer ${name}/${id} ${sold} ${where} $${price} ${market} ${left} ${open}`,
    }))
  const unique = fc.uniqueArray(offer, { selector: ({ key }) => key, maxLength: 10 })
  return unique.map((all) => all.map(({ text }) => text))
}

const asked = fc
  .tuple(shape, figure(2), shape, figure(2), fc.boolean())
  .map(([a, x, b, y, two]) => (two ? `${a} x${x} or ${b} x${y}` : `${a} x${x}`))

const wish = line(
  'priority',
  fc.constantFrom(10, 50, 90),
  'revision',
  fc.constantFrom(1, 1, 2),
  fc.constantFrom('', '', 'max $25'),
  maybe('suppliers acme,bolt'),
  maybe('markets on-demand'),
)

/** One run in some state, with up to three leases of it in some states. */
function history(run: string): fc.Arbitrary<readonly string[]> {
  const state = fc.constantFrom('ready', 'ready', 'held', 'unsure', 'asked', 'intended', 'gone')
  const lease = (attempt: number) =>
    line(
      `lease ${run}.${attempt}`,
      state,
      'at',
      supplier.map((name) => `${name}/0`),
      fc.constantFrom('', '', '', '', 'as L4:1 x2'),
      'for',
      figure(30).map((price) => `$${price}`),
      fc.constantFrom('', '', '', 'notice 2m', 'ends 10m', 'ends 40m'),
      fc.constantFrom('', '', '', '', 'unwanted'),
      attempt > 1 ? maybe(`replaces ${run}.${attempt - 1}`) : '',
    )
  const alive = fc.constantFrom('running', 'running', 'draining', 'fencing')
  const on = fc.constantFrom(1, 1, 2).map((attempt) => `on ${run}.${attempt}`)
  const stands = fc.oneof(
    { arbitrary: line('waiting', maybe('retry-in 30s')), weight: 4 },
    { arbitrary: line(alive, on, maybe('answering'), maybe('revision 1')), weight: 6 },
    { arbitrary: line('done'), weight: 1 },
  )
  return fc
    .tuple(fc.integer({ min: 0, max: 3 }), lease(1), lease(2), lease(3), stands)
    .map(([count, first, second, third, word]) => [
      `run ${run} ${word} attempts 3`,
      ...[first, second, third].slice(0, count),
    ])
}

/** Nothing, two times of three. */
function seldom(some: fc.Arbitrary<readonly string[]>): fc.Arbitrary<readonly string[]> {
  return fc.oneof({ arbitrary: fc.constant([]), weight: 2 }, { arbitrary: some, weight: 1 })
}

/** Too little for anything, for some of it, and enough. */
const budgets = [
  'budget everything left $40 month',
  'budget team x left $15 day',
  'budget supplier acme left $30 year',
  'budget workload c left $3 month',
]

/** Read from where it lies, or copied once. */
const reads = ['reads 40@us', 'reads 40@eu']
const copies = ['copies 900@eu lasts 20h', 'copies 90@us lasts 9h', 'copies 90@us lasts 40h']
const data = fc.constantFrom('', ...reads, ...copies)

/** Under a commitment: so little is added to it by using them. */
const covered = ['acme/0', 'acme/1', 'acme/2', 'bolt/0', 'bolt/1', 'coil/0', 'coil/1', 'a.0.1']
const paid = covered.map((name) => `paid ${name} $0.50`)

const drawn: fc.Arbitrary<World> = fc
  .tuple(
    offers(),
    line('policy', maybe('max $150'), maybe('deny bolt'), 'move', fc.constantFrom(0, 0.25)),
    fc.subarray(['supplier coil not-buying', 'outage acme', 'cooling bolt/1 until 1m']),
    fc.subarray(['checkpoint a', 'checkpoint b', 'throughput L4 0.1']),
    fc.subarray(['quota x H100:8 of house', 'quota y H100:16 of house borrows 8', 'quota x L4:2']),
    seldom(fc.subarray(budgets)),
    fc.subarray(['egress us eu $0.02 speed 500', 'egress us - $0.09', 'egress eu us $0.05']),
    seldom(fc.subarray(paid)),
    line(
      'job a',
      asked,
      wish,
      maybe('team x'),
      data,
      fc.constantFrom('', 'deadline 30h work 2h saves 5m', 'deadline 130m work 2h saves 5m'),
    ),
    line('job b', asked, wish, data, maybe('team y'), maybe('deleting')),
    line(
      'service c',
      asked,
      wish,
      maybe('team x'),
      'replicas',
      fc.constantFrom(1, 2, 3),
      maybe('spread 2'),
      maybe('regions 2'),
    ),
    fc.tuple(...['a.0', 'b.0', 'c.0', 'c.1', 'c.2', 'd.0'].map(history)),
  )
  .map((parts) => drawnWorld(parts.flat(2).join('\n')))

/** What a job has shown on its first place, wherever it may go there, instead of what is stated. */
function learnt(world: World, workload: string, share: number): World {
  const demands = world.demands.map((demand) => {
    const { workload: job } = demand
    const [first] = job.resources
    if (job.name !== workload || job.kind !== 'Job' || !first || share === 1) return demand
    const resources = job.resources.map((each) => {
      const isSame = each.accelerator === first.accelerator && each.perNode === first.perNode
      return isSame ? { ...each, throughput: share, learnt: { share, fromMs: 3_600_000 } } : each
    })
    const checkpoint = job.checkpoint && { ...job.checkpoint, evenSteps: true }
    return { ...demand, workload: { ...job, resources, checkpoint } }
  })
  return { ...world, demands }
}

const clauses = [
  '{ kind: exclusivity, id: sole, scope: { workload: b } }',
  '{ kind: preferred_overflow, id: order, order: [coil, bolt] }',
  '{ kind: launch_first, id: first, scope: { workload: c } }',
  '{ kind: residency, id: home, jurisdictions: [US] }',
  '{ kind: security, id: safe, controls: [kms] }',
]

/** What acme was promised; nothing as often as something. */
const laws: fc.Arbitrary<Law> = fc.subarray(clauses).map((signed) => {
  if (signed.length === 0) return noLaw
  const text = `kind: Contract
name: msa
with: acme
form: MSA
bindingness: definitive
signed: 1970-01-02
from: 1970-01-02
source: letter
clauses:
${signed.map((clause) => `  - ${clause}`).join('\n')}`
  const names = { canonical: (name: string) => name, knownAccelerators: [] }
  const { contracts, faults } = readContracts([{ file: 'msa.yaml', text }], names)
  assert.deepEqual(faults, [])
  return lawAt(contracts, drawnNow)
})

export interface Case {
  readonly world: World
  readonly law: Law
}

export const anyCase: fc.Arbitrary<Case> = fc
  .tuple(
    drawn,
    fc.oneof(fc.constant(noLaw), fc.constant(noLaw), laws),
    fc.constantFrom(1, 1, 0.4, 2.5),
  )
  .map(([world, law, share]) => ({ world: learnt(world, 'a', share), law }))
