/**
 * What Slurm's accounting is good for: leases whose job has left the controller's memory. Against a
 * real slurmdbd and its MariaDB, beside a controller that forgets within seconds.
 */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { until } from '../../examples/story/stage.ts'
import { type SlurmCluster, slurmCluster } from '../../scripts/slurm.ts'
import type { AcquireRequest, Supplier } from '../../src/ports/supplier.ts'
import { type SlurmStage, slurmStage } from './slurm-stage.ts'

type Way = 'slurmrestd' | 'commands'
export type Open = (
  cluster: SlurmCluster,
  way: Way,
  token: string,
  settings?: object,
  steadyMs?: () => number,
) => Supplier

const options = { accounting: true, minJobAgeSeconds: 2 }

/** No job is known to the controller, not even one that is over. */
function forgotten(cluster: SlurmCluster): Promise<true> {
  const jobs = () => cluster.command('squeue', '-h', '--states=all', '-o', '%i')
  return until('forgotten jobs', 90, async () => (await jobs()).trim() === '')
}

export function remembering(open: Open, order: AcquireRequest): void {
  let cluster: SlurmCluster
  let token = ''
  before(async () => {
    cluster = await slurmCluster(options)
    token = await cluster.token()
  })
  after(() => cluster.stop())

  /** When it began and ended, as sacct prints it, in milliseconds. */
  const accounted = async (id: string) => {
    const format = ['-n', '-X', '-P', '-o', 'Start,End,State']
    const said = await cluster.command('sacct', '-j', id, ...format)
    const [start = '', end = '', state = ''] = said.trim().split('|')
    assert.match(state, /^CANCELLED/)
    return [start, end].map((local) => new Date(local).getTime())
  }

  for (const way of ['slurmrestd', 'commands'] as const) {
    it(`tells by ${way} when a lease ended that its controller has forgotten`, async () => {
      const lab = `lab-${way}`
      const supplier = open(cluster, way, token)
      const wanted = { ...order, installation: lab, key: `k-${way}`, nodes: 2 }
      const { id, key } = await supplier.acquire(wanted)
      const running = async () => (await supplier.list(lab)).rentals[0]?.state === 'running'
      await until('a job that runs', 30, running)
      await until('its note', 30, () => existsSync(join(cluster.spool, key ?? '', 'job')))
      await cluster.command('scancel', id)
      await forgotten(cluster)
      await until('its account', 60, () => accounted(id).catch(() => null))

      // One that saw it run, and one that was begun after.
      for (const each of [supplier, open(cluster, way, token)]) {
        const [rental] = (await each.list(lab)).rentals
        assert.deepEqual([rental?.id, rental?.key, rental?.state], [id, key, 'ended'])
        assert.deepEqual([rental?.startedAt, rental?.endedAt], await accounted(id))
        assert.equal(rental?.pricePerHour, 32_000_000)
      }
      assert.deepEqual((await supplier.list('somebody-else')).rentals, [])
    })

    it(`lists by ${way} what there is while slurmdbd is away, and the rest after`, async () => {
      const lab = `lab-away-${way}`
      let nowMs = 0
      const supplier = open(cluster, way, token, {}, () => nowMs)
      const { id } = await supplier.acquire({ ...order, installation: lab })
      await supplier.list(lab)
      await cluster.command('scancel', id)
      await forgotten(cluster)
      await cluster.kill('slurmdbd')
      assert.deepEqual(await supplier.list(lab), { complete: true, rentals: [] })
      await cluster.start('slurmdbd')
      await until('slurmdbd', 30, () => accounted(id).catch(() => null))
      assert.deepEqual((await supplier.list(lab)).rentals, [], 'asked again within a minute')
      nowMs = 60_000
      const [rental] = (await supplier.list(lab)).rentals
      assert.deepEqual([rental?.startedAt, rental?.endedAt], await accounted(id))
    })
  }
}

/** A control plane that was away while a lease ended, and was forgotten. */
export function charging(job: (name: string, run: string) => string): void {
  let stage: SlurmStage
  before(async () => {
    stage = await slurmStage(options)
    await stage.apply(stage.supplier(stage.cluster.url))
    await until('offers', 30, async () => (await stage.plane.offers()).length > 0)
  })
  after(() => stage.close())

  it('charges up to the end that accounting knows, not up to when it came back', async () => {
    const { cluster, plane } = stage
    await stage.apply(job('away', 'sleep 600'))
    const ready = async () => {
      return (await plane.leases()).find(({ state }) => state === 'ready')?.rental ?? null
    }
    const id = await until('a lease', 60, ready)
    await stage.killServer()
    await cluster.command('scancel', id)
    await forgotten(cluster)
    await stage.startServer()
    const closed = await until('the charge', 60, async () => {
      const events = await plane.events(0)
      const found = events.find(({ kind, facts }) => {
        return kind === 'charge.closed' && facts.rental === id
      })
      return found?.facts ?? null
    })
    const said = await cluster.command('sacct', '-j', id, '-n', '-X', '-P', '-o', 'Start,End')
    const times = said
      .trim()
      .split('|')
      .map((local) => new Date(local).getTime())
    assert.deepEqual([closed.from, closed.to], times)
    await stage.remove('away')
    await until('quiet', 60, stage.isQuiet)
  })
}
