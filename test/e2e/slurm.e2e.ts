/**
 * Slurm as a supplier, against a real cluster of four nodes on this machine: the contract by both
 * ways to it, gangs that run through the real control plane, and every part of it dying in turn.
 *
 * Needs Slurm's programs; says so where they are missing, and fails then in CI.
 */
import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { until } from '../../examples/story/stage.ts'
import { accountingMissing } from '../../scripts/slurm/accounting.ts'
import { type SlurmCluster, slurmCluster, slurmMissing } from '../../scripts/slurm.ts'
import { canonical } from '../../src/core/catalog/accelerators.ts'
import type { SupplierSpec } from '../../src/core/domain/supplier.ts'
import { batchScript } from '../../src/drivers/runtimes/slurm.ts'
import { slurm } from '../../src/drivers/suppliers/slurm.ts'
import { systemShell } from '../../src/drivers/system/shell.ts'
import type { AcquireRequest, Supplier } from '../../src/ports/supplier.ts'
import { supplierContract } from '../../src/testing/supplier-contract.ts'
import { charging, remembering } from './slurm-accounting.ts'
import { placing } from './slurm-placing.ts'
import { type SlurmStage, slurmStage } from './slurm-stage.ts'
import { type SshServer, sshMissing, sshServer } from './ssh.ts'
import { live } from './story.ts'

const order: AcquireRequest = {
  installation: 'lab',
  key: 'k',
  offer: 'gpu.h100x8',
  nodes: 1,
  pricePerHourMax: 1_000_000_000,
  bootstrap: { server: 'http://127.0.0.1:9', key: 'k', secret: 'hush', deadManMs: 60_000 },
}

const missing = slurmMissing()
if (missing === null) {
  describe('the supplier', buying)
  describe('the control plane', running)
  const noAccounting = accountingMissing()
  if (noAccounting === null) {
    describe('accounting', () => remembering(driver, order))
    describe('the control plane and accounting', () => charging(job))
  }
  it('has accounting to read', (t) => {
    if (noAccounting === null) return
    if (process.env.CI === 'true') assert.fail(noAccounting)
    t.skip(noAccounting)
  })
  it('competes in the story, and carries the gang to its end', async () => {
    const { code, output } = await live({ CALUMET_STORY_SLURM: '1' })
    assert.equal(code, 0, output)
    assert.match(output, /pretrain\.0: bought H100:8 x2 at campus \(gpu\.h100x8\)/)
    assert.match(output, /rank 0: done: step 400/)
  })
} else {
  it('has a Slurm to run on', (t) => {
    if (process.env.CI === 'true') assert.fail(missing)
    t.skip(missing)
  })
}

type Way = 'slurmrestd' | 'commands' | 'ssh'

let login: SshServer | null = null

function driver(
  cluster: SlurmCluster,
  way: Way,
  token: string,
  more: object = {},
  steadyMs = () => performance.now(),
): Supplier {
  const url = way === 'slurmrestd' ? cluster.url : 'local://cluster'
  const ssh =
    way === 'ssh' && login ? { target: `${cluster.user}@127.0.0.1`, port: login.port } : null
  const spec: SupplierSpec = {
    ...{ name: 'campus', generation: 1, driver: 'slurm', url, tokenFrom: null, buying: true },
    promises: { class: 'C', lateEffectMs: 0, listLagMs: 0 },
    settings: { user: cluster.user, spool: cluster.spool, 'price.h100': '2', ...more },
  }
  const env = ssh
    ? { ...process.env, PATH: `${login?.bin}:${process.env.PATH}` }
    : { ...process.env, ...cluster.env }
  const shell = systemShell({ ssh, env })
  const time = { now: Date.now, steadyMs }
  return slurm({ spec, token: () => token, fetch, shell, script: batchScript, canonical, ...time })
}

function buying(): void {
  let cluster: SlurmCluster
  let token = ''
  before(async () => {
    cluster = await slurmCluster()
    token = await cluster.token()
    if (noSsh === null) login = await sshServer(cluster.env)
  })
  after(async () => {
    login?.close()
    await cluster.stop()
  })

  const noSsh = sshMissing()
  it('has an SSH server to come in by', (t) => {
    if (noSsh === null) return
    if (process.env.CI === 'true') assert.fail(noSsh)
    t.skip(noSsh)
  })

  let stages = 0
  const ways = ['slurmrestd', 'commands', 'ssh'] as const
  for (const way of ways.filter((each) => each !== 'ssh' || noSsh === null)) {
    supplierContract(`Slurm by ${way}`, async () => {
      stages += 1
      const isIdle = async () => !/[^idle\n]/.test(await cluster.command('sinfo', '-hNo', '%T'))
      await until('idle nodes', 20, isIdle)
      return {
        supplier: driver(cluster, way, token),
        // What is measured is the way there and back as well, and a new connection for SSH.
        promised: { class: 'C', listLagMs: 5_000 },
        stock: 4,
        // A job that is over stays in the listing, as it should.
        order: { ...order, installation: `lab-${stages}` },
        close: async () => {},
      }
    })

    const open = (more: object) => ({ cluster, supplier: driver(cluster, way, token, more) })
    describe(`a place by ${way}`, () => placing(open, order, way !== 'slurmrestd'))

    it(`refuses by ${way} what makes no sense, and leaves nothing behind`, async () => {
      const jobs = async () => {
        const ids = await cluster.command('squeue', '-h', '--states=all', '-o', '%i')
        return ids.split('\n').sort().join(' ')
      }
      const before = await jobs()
      const nowhere = driver(cluster, way, token, { partitions: 'gpu,moon' })
      const refused = {
        kind: 'refused',
        message: /no partition moon; it has gpu, scavenger, short/,
      }
      await assert.rejects(nowhere.acquire(order), refused)
      const good = driver(cluster, way, token)
      const greedy = { ...order, offer: 'gpu.h100x9' }
      await assert.rejects(good.acquire(greedy), { kind: 'refused', message: /gpu\.h100x9/ })
      await assert.rejects(good.acquire({ ...order, nodes: 40 }), { kind: 'no-stock' })
      const unreal = driver(cluster, way, token, { reservation: 'moon' })
      await assert.rejects(unreal.acquire(order), { kind: 'refused', message: /reservation/ })
      assert.equal(await jobs(), before)
    })
  }

  it('says what is wrong with a token', async () => {
    const wrong = `${token.slice(0, -6)}AAAAAA`
    const other = driver(cluster, 'slurmrestd', wrong).acquire(order)
    await assert.rejects(other, { kind: 'refused', message: /token/ })
    const none = driver(cluster, 'slurmrestd', 'hush').offers()
    await assert.rejects(none, { kind: 'refused', message: /no JSON Web Token/ })
    const short = await cluster.token(1)
    const isOver = () =>
      driver(cluster, 'slurmrestd', short)
        .offers()
        .then(() => false, String)
    const said = await until('the end of a token', 10, isOver)
    assert.match(`${said}`, /ran out at|token may be wrong/)
  })

  it('takes a web page for nothing, and buys nothing there', async (t) => {
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>')
    }).listen(0, '127.0.0.1')
    t.after(() => server.close())
    await until('a port', 5, () => server.address())
    const { port } = server.address() as { port: number }
    const page = driver({ ...cluster, url: `http://127.0.0.1:${port}` }, 'slurmrestd', token)
    const said = { message: /text\/html that is no answer of Slurm’s: <h1>Welcome/ }
    await assert.rejects(page.offers(), said)
    await assert.rejects(page.acquire(order), { ...said, kind: 'busy' })
  })
}

function job(name: string, run: string, more = ''): string {
  return `kind: Job
name: ${name}
resources: { accelerators: "H100:8", nodes: 2 }
${more}retries: 3
run: |
${run.replace(/^/gm, '  ')}
`
}

function running(): void {
  let stage: SlurmStage
  before(async () => {
    stage = await slurmStage()
    await stage.apply(stage.supplier(stage.cluster.url))
    await until('offers', 20, async () => (await stage.plane.offers()).length > 0)
  })
  after(() => stage.close())

  const shared = (name: string) => join(stage.folder, name)
  /** Each rank notes every tenth of a second who lives, until somebody lets it go. */
  const living = (name: string) => `until [ -e ${shared(name)}.end ]; do
  echo "$CALUMET_EPOCH $RANK $(date +%s%N)" >>${shared(name)}
  sleep 0.1
done
echo "rank $RANK of $WORLD_SIZE is done, $MASTER_ADDR:$MASTER_PORT"`

  const runOf = async (name: string) => (await stage.plane.workload(name))?.runs[0] ?? null
  /** Both ranks live, in a later epoch than that. */
  const alive = (name: string, after = 0) =>
    until(`${name} beyond epoch ${after}`, 60, () => {
      const notes = existsSync(shared(name)) ? notesOf(shared(name)) : []
      const later = notes.filter(([epoch]) => epoch > after)
      return new Set(later.map(([, rank]) => rank)).size === 2
    })
  const finish = (name: string) => {
    writeFileSync(`${shared(name)}.end`, '')
    return until(`the end of ${name}`, 90, async () => {
      const state = (await stage.plane.workload(name))?.state
      assert.notEqual(state, 'failed')
      return state === 'succeeded'
    })
  }
  const quiet = () => until('quiet', 60, stage.isQuiet)

  /** No rank of one epoch lived when one of the next had begun. */
  const assertFenced = (name: string) => {
    const notes = notesOf(shared(name))
    const epochs = [...new Set(notes.map(([epoch]) => epoch))].sort((a, b) => a - b)
    for (const epoch of epochs.slice(1)) {
      const begun = Math.min(...notes.flatMap(([e, , at]) => (e === epoch ? [at] : [])))
      const last = Math.max(...notes.flatMap(([e, , at]) => (e < epoch ? [at] : [])))
      assert.ok(last < begun, `an older rank lived ${(last - begun) / 1e6} ms into epoch ${epoch}`)
    }
    return epochs
  }
  const begin = async (name: string, more = '') => {
    await stage.apply(job(name, living(name), more))
    await alive(name)
  }

  it('runs a gang of two nodes to its end, and gives it back', async () => {
    await begin('gang')
    await finish('gang')
    const run = await runOf('gang')
    assert.deepEqual([run?.state, run?.epoch, run?.exitCode], ['done', 1, 0])
    const said = await until('the log', 10, async () => {
      const { text } = await stage.plane.log('gang.0', 1, 0)
      return text.includes('is done') && text
    })
    assert.match(said, /^rank 0 of 2 is done, 127\.0\.0\.1:2\d{4}$/m)
    await quiet()
    const spent = (await stage.plane.events(0)).filter(({ kind }) => kind === 'rank.exited')
    assert.deepEqual(spent.map(({ facts }) => [facts.rank, facts.exitCode]).sort(), [
      [0, 0],
      [1, 0],
    ])
  })

  it('starts a gang whose rank failed again, on the nodes that it has', async () => {
    const fails = `if [ $CALUMET_EPOCH$RANK = 11 ]; then exit 7; fi\n${living('fails')}`
    await stage.apply(job('fails', fails))
    await alive('fails', 1)
    await finish('fails')
    const run = await runOf('fails')
    const leases = (await stage.plane.leases()).filter(({ workload }) => workload === 'fails')
    assert.deepEqual([run?.epoch, run?.retries, leases.length], [2, 1, 1])
    assertFenced('fails')
    await quiet()
  })

  for (const daemon of ['slurmctld', 'slurmrestd']) {
    it(`goes on while ${daemon} is away, and after`, async () => {
      const name = `without-${daemon}`
      await begin(name)
      await stage.cluster.kill(daemon)
      await until('an outage', 20, async () => {
        return (await stage.plane.events(0)).some(({ kind }) => kind === 'supplier.unreachable')
      })
      await finish(name)
      await stage.cluster.start(daemon)
      await quiet()
      assert.deepEqual(assertFenced(name), [1])
    })
  }

  it('goes on while the control plane is away, and is read to its end after', async () => {
    await begin('orphan')
    await stage.killServer()
    writeFileSync(`${shared('orphan')}.end`, '')
    await stage.startServer()
    await finish('orphan')
    assert.deepEqual(assertFenced('orphan'), [1])
    await quiet()
  })

  it('fences a gang whose slurmd died, and starts it on other nodes', async () => {
    await begin('orphaned-rank')
    const nodes = (await stage.cluster.command('squeue', '-h', '-o', '%N')).trim()
    const victim = /n\[?(\d)/.exec(nodes)?.[1]
    await stage.cluster.kill(`n${victim}`)
    await alive('orphaned-rank', 1)
    await stage.cluster.start(`n${victim}`)
    await finish('orphaned-rank')
    assertFenced('orphaned-rank')
    await quiet()
  })

  it('leaves a gang alone whose node is drained, and sells that node no more', async () => {
    await begin('drained')
    await stage.cluster.command('scontrol', 'update', 'nodename=n1', 'state=drain', 'reason=test')
    const left = async () => (await stage.plane.offers()).find(({ id }) => id === 'gpu.h100x8')
    await finish('drained')
    await quiet()
    await until('three free nodes', 20, async () => {
      const stock = (await left())?.stock
      return JSON.stringify(stock).includes('3')
    })
    await stage.cluster.command('scontrol', 'update', 'nodename=n1', 'state=resume')
    assert.deepEqual(assertFenced('drained'), [1])
  })

  it('moves a gang that somebody else pushed out', async () => {
    await stage.apply(
      stage.supplier(stage.cluster.url, '  partitions: scavenger\n  spot: scavenger\n'),
    )
    await begin('pushed', 'market: any\n')
    const script = join(stage.folder, 'push.sh')
    writeFileSync(script, '#!/bin/sh\nsleep 2\n')
    const push = ['-p', 'gpu', '-N', '4', '--exclusive', '-o', '/dev/null', script]
    await stage.cluster.command('sbatch', ...push)
    await alive('pushed', 1)
    await finish('pushed')
    assertFenced('pushed')
    assert.equal((await runOf('pushed'))?.retries, 0)
    await stage.apply(stage.supplier(stage.cluster.url))
    await quiet()
  })

  it('says that a token ran out, loses nothing by it, and goes on with a new one', async () => {
    await begin('expired')
    const good = readFileSync(stage.tokenFile, 'utf8')
    writeFileSync(stage.tokenFile, await stage.cluster.token(1))
    const seen = (await stage.plane.events(0)).at(-1)?.seq ?? 0
    await until('the outage', 20, async () => {
      const events = await stage.plane.events(seen)
      return events.some(({ facts }) => /token/.test(`${facts.said}`))
    })
    await finish('expired')
    writeFileSync(stage.tokenFile, good)
    await quiet()
    assert.deepEqual(assertFenced('expired'), [1])
  })

  it('keeps a replica up, by commands', async () => {
    await stage.apply(stage.supplier('local://cluster'))
    const answers = "(q, s) => s.end('hello')"
    const serve = `exec node -e "require('http').createServer(${answers}).listen(process.env.PORT)"`
    await stage.apply(`kind: Service
name: hello
resources: { accelerators: "H100:8" }
replicas: 1
port: 8000
readiness: { path: /, period: 1s }
run: ${JSON.stringify(serve)}
`)
    const endpoint = await until('an endpoint', 40, async () => (await runOf('hello'))?.endpoint)
    assert.equal(await (await fetch(endpoint)).text(), 'hello')
    await stage.remove('hello')
    await quiet()
  })
}

/** Epoch, rank and moment, as ranks noted them; a line that is not whole yet is left out. */
function notesOf(path: string): readonly (readonly [number, number, number])[] {
  return [...readFileSync(path, 'utf8').matchAll(/^(\d+) (\d+) (\d{16,})$/gm)].map(
    ([, epoch, rank, at]) => [Number(epoch), Number(rank), Number(at)] as const,
  )
}
