/**
 * What a node is told to run: a drawn world, a lease, an index.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { drawnWorld } from '../../testing/world.ts'
import type { Checkpoint } from '../domain/checkpoint.ts'
import type { Node } from '../domain/run.ts'
import type { Job, Workload } from '../domain/workload.ts'
import { type WorkInput, workOf } from './work.ts'

const train = drawnWorld(`
  job train H100:8 x2
  lease train.0.3 ready at acme/h100x8
  run train.0 running epoch 4 on train.0.3
`)
const chat = drawnWorld(`
  service chat L4:1
  lease chat.2.1 ready at bolt/l4
  run chat.2 running epoch 1 on chat.2.1
`)

function input(world: typeof train, changes: Partial<WorkInput> = {}): WorkInput {
  const [lease, run, workload] = [world.leases[0], world.runs[0], world.workloads[0]?.spec]
  assert.ok(lease && run && workload)
  const nodes = Array.from({ length: lease.nodes }, (_, index) => node(lease.id, index))
  const settings = { grantMs: 60_000 }
  return { lease, run, workload, nodes, checkpoint: null, settings, ...changes }
}

function node(lease: string, index: number, ports: Node['ports'] = null): Node {
  const id = `${lease}/${index}`
  const address = `10.0.0.${index + 1}`
  return { id, lease, index, machine: `m${index}`, address, ports, firstSeenAt: 0, ranks: [] }
}

function saving(workload: Workload, envs: Job['envs'] = {}): Workload {
  return { ...(workload as Job), envs, checkpoint: { dir: 's3://team/train', everyMs: 1_000 } }
}

describe('the work of a node', () => {
  it('is one rank of the gang, in the place of its node', () => {
    const { envs = {}, ...work } = workOf(input(train), 1) ?? {}
    assert.deepEqual(work, {
      run: 'train.0',
      epoch: 4,
      rank: 1,
      worldSize: 2,
      setup: null,
      command: './work',
      grantMs: 60_000,
      probe: null,
    })
    const gang = ['RANK', 'NODE_RANK', 'WORLD_SIZE', 'NNODES', 'MASTER_ADDR', 'MASTER_PORT']
    assert.deepEqual(
      gang.map((name) => envs[name]),
      ['1', '1', '2', '2', '10.0.0.1', '29500'],
    )
    assert.equal(envs.CALUMET_NODE_IPS, '10.0.0.1\n10.0.0.2')
    assert.deepEqual(
      [envs.CALUMET_JOB, envs.CALUMET_SERVICE, envs.PORT],
      ['train', undefined, undefined],
    )
    assert.equal(envs.CALUMET_CHECKPOINT_DIR, undefined)
  })

  it('tells SkyPilot and dstack scripts the same in their own words', () => {
    const { envs = {} } = workOf(input(train), 1) ?? {}
    assert.deepEqual(
      Object.entries(envs).filter(([name]) => /^(SKYPILOT|DSTACK)_/.test(name)),
      Object.entries({
        SKYPILOT_NODE_RANK: '1',
        SKYPILOT_NODE_IPS: '10.0.0.1\n10.0.0.2',
        SKYPILOT_NUM_NODES: '2',
        SKYPILOT_NUM_GPUS_PER_NODE: '8',
        SKYPILOT_TASK_ID: 'train.0',
        DSTACK_NODE_RANK: '1',
        DSTACK_NODES_NUM: '2',
        DSTACK_NODES_IPS: '10.0.0.1\n10.0.0.2',
        DSTACK_MASTER_NODE_IP: '10.0.0.1',
        DSTACK_GPUS_PER_NODE: '8',
        DSTACK_GPUS_NUM: '16',
        DSTACK_RUN_NAME: 'train',
      }),
    )
  })

  it('lets a user set anything but what holds the gang together', () => {
    const { workload } = input(train)
    const mine = { RANK: '7', CALUMET_EPOCH: '99', NCCL_DEBUG: 'INFO' }
    const { envs = {} } = workOf(input(train, { workload: saving(workload, mine) }), 0) ?? {}
    assert.deepEqual([envs.RANK, envs.CALUMET_EPOCH, envs.NCCL_DEBUG], ['0', '4', 'INFO'])
  })

  it('goes on from the newest checkpoint', () => {
    const workload = saving(input(train).workload)
    const checkpoint: Checkpoint = {
      workload: 'train',
      epoch: 3,
      step: 500,
      uri: 's3://team/train/500',
      acceptedAt: 0,
    }
    const fresh = workOf(input(train, { workload }), 0)?.envs
    const resumed = workOf(input(train, { workload, checkpoint }), 0)?.envs
    assert.equal(fresh?.CALUMET_CHECKPOINT, '')
    assert.equal(resumed?.CALUMET_CHECKPOINT, 's3://team/train/500')
    assert.equal(resumed?.CALUMET_CHECKPOINT_EVERY_MS, '1000')
  })

  it('of a replica has a port and a probe, and goes on without a grant', () => {
    const own = workOf(input(chat), 0)
    assert.deepEqual([own?.envs.PORT, own?.probe?.port, own?.grantMs], ['8000', 8000, null])
    const nodes = [node('chat.2.1', 0, { service: 20_001, master: 20_002 })]
    const shared = workOf(input(chat, { nodes }), 0)
    assert.deepEqual([shared?.envs.PORT, shared?.probe?.port], ['20001', 20_001])
    assert.equal(shared?.envs.MASTER_PORT, '20002')
  })

  it('is nothing before all machines of the gang are known', () => {
    const { nodes } = input(train)
    assert.equal(workOf(input(train, { nodes: nodes.slice(1) }), 1), null)
    assert.equal(workOf(input(train, { nodes: [node('other', 0), ...nodes.slice(1)] }), 1), null)
    assert.ok(workOf(input(train, { nodes: nodes.toReversed() }), 1))
  })

  it('is nothing for a run that does not run, or runs elsewhere', () => {
    const { run } = input(train)
    for (const state of ['waiting', 'draining', 'fencing', 'done', 'failed'] as const) {
      assert.equal(workOf(input(train, { run: { ...run, state } }), 0), null)
    }
    assert.equal(workOf(input(train, { run: { ...run, lease: 'train.0.4' } }), 0), null)
  })
})
