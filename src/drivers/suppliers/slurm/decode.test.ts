/**
 * The decoder against what a 22.05 controller said, and what its later dialects write instead.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { isFree, isOver } from './cluster.ts'
import {
  faultsOf,
  jobsOf,
  limitsOf,
  nodesOf,
  partitionLimitsOf,
  pastJobsOf,
  submittedOf,
} from './decode.ts'
import { hostsOf } from './hosts.ts'
import { isNoSuchJob, refusal } from './refusals.ts'

const job = {
  ...{ job_id: 13, name: 'ckey1', comment: 'calumet lab ckey1', partition: 'gpu' },
  ...{ nodes: 'n[1-2]', state_reason: 'None' },
}
const set = (number: number) => ({ set: true, infinite: false, number })

it('reads a running job in both dialects alike', () => {
  const old = {
    ...{ ...job, job_state: 'RUNNING', node_count: 2, preempt_time: 0 },
    ...{ submit_time: 1_795_421_360, start_time: 1_795_421_361, end_time: 1_826_957_361 },
  }
  const later = {
    ...{ ...job, job_state: ['RUNNING'], node_count: set(2), preempt_time: set(0) },
    ...{ submit_time: set(1_795_421_360), start_time: set(1_795_421_361) },
    end_time: set(1_826_957_361),
  }
  const [first] = jobsOf({ jobs: [old] })
  assert.deepEqual(first, jobsOf({ jobs: [later] })[0])
  assert.deepEqual(first?.nodes, ['n1', 'n2'])
  assert.equal(first?.startedAt, 1_795_421_361_000)
})

it('knows a job that waits, one that ends, and one that is over', () => {
  const other = { node_count: 1, submit_time: 5, start_time: 9, end_time: 9 }
  const [waits, ends, failed] = jobsOf({
    jobs: [
      { ...job, ...other, nodes: '', job_state: 'PENDING' },
      { ...job, ...other, job_state: ['CANCELLED', 'COMPLETING'] },
      { ...job, ...other, job_state: 'FAILED' },
    ],
  })
  assert.equal(waits?.startedAt, null, 'a guess is no start')
  assert.deepEqual(
    [waits, ends, failed].map((each) => each && isOver(each)),
    [false, false, true],
  )
})

it('reads nodes and their accelerators', () => {
  const old = {
    name: 'n1',
    partitions: ['gpu'],
    state: 'idle',
    state_flags: [],
    gres: 'gpu:h100:8',
  }
  const drained = { ...old, state: 'idle', state_flags: ['DRAIN'] }
  const later = { ...old, state: ['IDLE', 'DRAIN'], gres: 'gpu:h100:4(S:0),gpu:a100:2,shard:8' }
  delete (later as { state_flags?: unknown }).state_flags
  const [free, one, two] = nodesOf({ nodes: [old, drained, later] })
  assert.deepEqual(
    [free, one, two].map((node) => node && isFree(node)),
    [true, false, false],
  )
  assert.deepEqual(free?.accelerators, [{ type: 'h100', count: 8 }])
  assert.deepEqual(two?.accelerators, [
    { type: 'h100', count: 4 },
    { type: 'a100', count: 2 },
  ])
})

it('reads what accounting has of a job, in both dialects alike', () => {
  const own = { job_id: 13, name: 'k', partition: 'gpu', allocation_nodes: 2, nodes: 'n[1-2]' }
  const time = { submission: 5, start: 6, end: 9 }
  const old = { ...own, time, state: { current: 'TIMEOUT', reason: 'None' } }
  const later = { ...own, time, state: { current: ['TIMEOUT'], reason: 'None' } }
  const [ran] = pastJobsOf({ jobs: [old] })
  assert.deepEqual(ran, pastJobsOf({ jobs: [later] })[0])
  assert.deepEqual([ran?.startedAt, ran?.endedAt, ran && isOver(ran)], [6_000, 9_000, true])
  const [never] = pastJobsOf({ jobs: [{ ...old, nodes: 'None assigned' }] })
  assert.deepEqual([never?.startedAt, never?.nodes], [null, []])
})

it('reads the limits of partitions, as JSON in both dialects and as text', () => {
  const old = [
    { name: 'gpu', max_time_limit: -1 },
    { name: 'day', max_time_limit: 1_440 },
  ]
  const later = [
    { name: 'gpu', maximums: { time: { set: false, infinite: true, number: 0 } } },
    { name: 'day', maximums: { time: set(1_440) } },
  ]
  const limits = [
    ['gpu', null],
    ['day', 1_440],
  ]
  assert.deepEqual([...partitionLimitsOf({ partitions: old })], limits)
  assert.deepEqual([...partitionLimitsOf({ partitions: later })], limits)
  assert.deepEqual([...limitsOf('gpu infinite\nday 1-00:00:00\n')], limits)
  assert.deepEqual([...limitsOf('a 30:00\nb 2:30:00\n').values()], [30, 150])
})

it('takes nothing that makes no sense', () => {
  assert.throws(() => jobsOf({ jobs: [{ job_id: 'x' }] }), /jobs\.0\.job_id/)
  assert.throws(() => nodesOf('<html>'), /no answer of Slurm’s/)
  assert.equal(submittedOf({ job_id: 0 }), null)
})

it('writes hosts out in their order', () => {
  assert.deepEqual(hostsOf('n[08-10,3]-ib,login'), ['n08-ib', 'n09-ib', 'n10-ib', 'n3-ib', 'login'])
  assert.deepEqual(hostsOf('r[1-2]n[1-2]'), ['r1n1', 'r1n2', 'r2n1', 'r2n2'])
  assert.deepEqual(hostsOf(''), [])
  assert.throws(() => hostsOf('n[2-1]'), /"2-1" is no range/)
})

it('finds the number of a complaint in whichever key it stands', () => {
  const cases: [object, string][] = [
    [{ error_code: 2000, error: 'Invalid partition name specified' }, 'refused'],
    [{ error_number: 2014, error: 'Requested node configuration is not available' }, 'refused'],
    [{ error_code: 1800, error: 'Unable to contact slurm controller' }, 'busy'],
    [{ errno: -1, error: 'Unspecified error' }, 'unknown'],
    [{ error_code: 5005, error: 'Zero Bytes were transmitted or received' }, 'unknown'],
    [{ description: 'Job violates accounting/QOS policy', error_number: 2050 }, 'quota'],
    [{ description: 'Unknown key "moon"' }, 'unknown'],
    [{ error: 'sbatch: error: Batch job submission failed: Invalid qos specification' }, 'refused'],
  ]
  for (const [fault, kind] of cases) {
    assert.equal(refusal('asking', faultsOf({ errors: [fault] })).kind, kind)
  }
  const gone = refusal('asking', faultsOf({ errors: [{ error_number: 2017, error: '' }] }))
  assert.ok(isNoSuchJob(gone))
  assert.deepEqual(faultsOf({ errors: [{ error: 'No error', error_number: 0 }] }), [])
})
