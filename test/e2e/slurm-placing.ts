/**
 * Where a real Slurm puts a lease, and for how long: nodes behind one switch, and partitions that
 * let a job run for as long as it is to.
 */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, it } from 'node:test'
import { until } from '../../examples/story/stage.ts'
import type { SlurmCluster } from '../../scripts/slurm.ts'
import type { AcquireRequest, Supplier } from '../../src/ports/supplier.ts'

interface Stage {
  readonly cluster: SlurmCluster
  readonly supplier: Supplier
}

export function placing(
  open: (settings: object) => Stage,
  order: AcquireRequest,
  takesSwitches: boolean,
): void {
  const idle = async () => {
    const { cluster } = open({})
    await cluster.command('scancel', '-u', cluster.user)
    const states = () => cluster.command('sinfo', '-hNo', '%T')
    await until('idle nodes', 60, async () => !/[^idle\n]/.test(await states()))
  }
  beforeEach(idle)
  afterEach(idle)

  /** Somebody else's job on one node, once it runs. */
  async function take(cluster: SlurmCluster, node: string): Promise<string> {
    const script = join(cluster.folder, 'take.sh')
    writeFileSync(script, '#!/bin/sh\nexec sleep 600\n')
    const own = ['--parsable', '-p', 'gpu', '-w', node, '--exclusive', '-o', '/dev/null', script]
    const id = (await cluster.command('sbatch', ...own)).trim()
    const state = () => cluster.command('squeue', '-h', '-j', id, '-o', '%T')
    await until(`a job on ${node}`, 30, async () => (await state()).trim() === 'RUNNING')
    return id
  }

  it('of a gang is behind one switch, for which it waits', async () => {
    const { cluster, supplier } = open({ switches: '1@4m' })
    if (!takesSwitches) {
      const message = /slurmrestd v0\.0\.\d+ cannot ask for settings\.switches/
      await assert.rejects(supplier.acquire(order), { kind: 'refused', message })
      return assert.equal(await cluster.command('squeue', '-h'), '')
    }
    const others = [await take(cluster, 'n1'), await take(cluster, 'n3')]
    const { id, state } = await supplier.acquire({ ...order, nodes: 2 })
    assert.equal(state, 'pending', 'n2 and n4 are free, and far from each other')
    const said = await cluster.command('scontrol', 'show', 'job', id)
    assert.match(said, /Switches=1@00:04:00/)
    await cluster.command('scancel', others[1] ?? '')
    const machines = await until('a place', 30, async () => {
      const rental = (await supplier.list(order.installation)).rentals.find((r) => r.id === id)
      return rental?.state === 'running' && rental.nodes.map(({ machine }) => machine)
    })
    assert.deepEqual(machines, ['n3', 'n4'])
  })

  it('is in a partition that lets it run for so long', async () => {
    const { cluster, supplier } = open({ time_limit: '1h', partitions: 'gpu,short' })
    const jobs = () => cluster.command('squeue', '-h', '--states=all', '-o', '%i')
    const before = (await jobs()).split('\n').length
    const kind = 'refused'
    const message =
      'campus: settings.time_limit is 60 minutes; expected 30 at most, the limit of partition short'
    await assert.rejects(supplier.acquire(order), { kind, message })
    assert.equal((await jobs()).split('\n').length, before)
    const offers = await open({ time_limit: '1h' }).supplier.offers()
    assert.deepEqual(offers.map(({ id }) => id).sort(), ['gpu.h100x8', 'scavenger.h100x8'])
    const fits = open({ time_limit: '30m', partitions: 'short' }).supplier
    const { id } = await fits.acquire({ ...order, offer: 'short.h100x8' })
    assert.match(await cluster.command('scontrol', 'show', 'job', id), /TimeLimit=00:30:00/)
  })
}
