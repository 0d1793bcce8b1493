/** What steps teach about the alternatives of a job, and what a plan makes of it. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { writtenReasons } from '../../../testing/plan.ts'
import { drawnWorld } from '../../../testing/world.ts'
import type { Checkpoint, Worked } from '../../domain/checkpoint.ts'
import type { Workload } from '../../domain/workload.ts'
import { plan } from '../plan.ts'
import { asLearnt } from './learnt.ts'

const hour = 3_600_000

const world = drawnWorld(
  `offer acme/h H100:8 us $20
   offer bolt/a A100-80GB:8 us $9
   offer coil/l L40S:8 us $99
   throughput A100-80GB 0.5
   throughput L40S 0.25
   job train H100:8 or A100-80GB:8 or L40S:8 saves 5m`,
)
const { throughputs } = world
const [status] = world.workloads
if (status?.spec.kind !== 'Job' || !status.spec.checkpoint) throw new Error('a job was drawn')
const even = { ...status.spec, checkpoint: { ...status.spec.checkpoint, evenSteps: true } }

function seen(accelerator: string, steps: number, hours: number, changes = {}): Worked {
  const pace = { revision: 1, steps, ms: hours * hour, ...changes }
  return { accelerator, perNode: 8, nodes: 1, ms: 9 * hour, starts: 1, pace }
}

function learnt(worked: readonly Worked[], job: Workload = even): Workload {
  const row = { workload: 'train', epoch: 1, step: 1, uri: '/saved/1', acceptedAt: 0 }
  const saved: Checkpoint = { ...row, worked }
  return asLearnt(job, saved, { throughputs })
}

/** Of what the table says, by alternative. */
function shares({ resources }: Workload): readonly (number | null)[] {
  return resources
    .map(({ learnt: found }) => found && Math.round(found.share * 100) / 100)
    .map((share) => share ?? null)
}

it('[PL55] two alternatives are what their steps show beside each other', () => {
  // By the table H100 does twice as much; it does four times as much.
  const job = learnt([seen('H100', 400, 2), seen('A100-80GB', 100, 2)])
  assert.deepEqual(shares(job), [1.41, 0.71, null])
  const [h100, a100, l40s] = job.resources.map(({ throughput }) => throughput)
  assert.ok(Math.abs((h100 ?? 0) / (a100 ?? 1) - 4) < 1e-9)
  assert.equal(l40s, null)
  // Whoever was seen for longer is the measure of the other.
  assert.deepEqual(shares(learnt([seen('H100', 4_000, 20), seen('A100-80GB', 50, 1)]))[0], 1.03)
})

it('[PL55] regions of one alternative are seen together', () => {
  const here = { ...seen('H100', 200, 0.6), region: 'us' }
  const there = { ...seen('H100', 200, 0.6), region: 'eu' }
  assert.deepEqual(shares(learnt([here, there, seen('A100-80GB', 100, 1)])), [1.26, 0.76, null])
})

it('[PL55] nothing is learnt from too little, from one alone or from steps that may differ', () => {
  const enough = [seen('H100', 400, 2), seen('A100-80GB', 100, 2)]
  assert.equal(learnt([seen('H100', 400, 2)]), even)
  assert.equal(learnt([seen('H100', 400, 2), seen('A100-80GB', 100, 0.9)]), even)
  assert.equal(learnt([seen('H100', 400, 2), seen('A100-80GB', 0, 2)]), even)
  assert.equal(learnt([seen('H100', 400, 2), seen('A100-80GB', 9, 2, { revision: 2 })]), even)
  const { evenSteps: _, ...checkpoint } = even.checkpoint
  const other: Workload = { ...even, checkpoint }
  assert.equal(learnt(enough, other), other)
  assert.equal(asLearnt(even, undefined, { throughputs }), even)
})

it('[PL55] a plan buys by what was learnt, and says so', () => {
  const reasonsOf = (spec: Workload) => {
    const demands = world.demands.map((demand) => ({ ...demand, workload: spec }))
    return writtenReasons(plan({ ...world, workloads: [{ ...status, spec }], demands }))
  }
  assert.equal(reasonsOf(even)[0], 'why train.0: chosen bolt/a $9.00 of 3')
  const reasons = reasonsOf(learnt([seen('H100', 400, 2), seen('A100-80GB', 100, 2)]))
  assert.equal(reasons[0], 'why train.0: chosen acme/h $20.00 of 3')
  assert.deepEqual(reasons.slice(-2), [
    'why train.0: learnt H100:8 141%',
    'why train.0: learnt A100-80GB:8 71%',
  ])
})
