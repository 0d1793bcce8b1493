/**
 * A control plane on a machine that runs out: of disk, and of file descriptors. What it took stays
 * taken, what it could not take it refuses in words, and it goes on once there is room.
 *
 * A small disk is a tmpfs of its own, which only root may mount; without one the test says so.
 */
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { type Actor, type Stage, stage, until } from '../../examples/story/stage.ts'
import { type Client, client } from '../../src/api/client.ts'

let staged: Stage
let disk: string

beforeEach(() => {
  staged = stage()
  disk = join(staged.folder, 'disk')
  mkdirSync(disk)
})
afterEach(async () => {
  await staged.clear()
  // A process that was killed lets go of its files a moment after its end is seen.
  if (isMounted()) await until('a disk that is let go', 30, isLetGo)
  staged.remove()
})

function isLetGo(): boolean {
  return spawnSync('umount', [disk]).status === 0
}

interface Served {
  readonly server: Actor
  readonly url: string
}

async function serve(name: string): Promise<Served> {
  const args = ['server', '--port', '0', '--no-gateway', '--data', disk, '--leadership', '3s']
  const server = staged.start(name, args)
  const url = await until('a server', 30, () => /on (http:[^",\s]+)/.exec(server.log())?.[1])
  await until('a leader', 30, async () => {
    const health = (await (await fetch(`${url}/health`)).json()) as { leading: boolean }
    return health.leading
  })
  return { server, url }
}

/** The first server of a ledger is the one that shows a token. */
function callerOf({ url }: Served, first: Served): Client {
  const token = /(cal_[\w-]{20,})/.exec(first.server.log())?.[1] ?? assert.fail('no token')
  return client({ url, token, fetch })
}

/** Submits one job; null where it was taken, else what was said. */
async function submit(api: Client, name: string): Promise<string | null> {
  const wish = 'resources: { accelerators: H100:8 }'
  const text = `kind: Job\nname: ${name}\n${wish}\nrun: 'true # ${pad}'\n`
  const body = { documents: [{ file: `${name}.yaml`, text }] }
  return api.call('apply', { body, idempotencyKey: name }).then(
    () => null,
    (error: Error) => error.message,
  )
}

const pad = 'x'.repeat(3_000)

async function namesOf(api: Client): Promise<readonly string[]> {
  const { workloads } = await api.call('workloads', { query: { limit: 1_000 } })
  return workloads.map(({ name }) => name)
}

function isMounted(): boolean {
  return execFileSync('mount', { encoding: 'utf8' }).includes(` on ${disk} `)
}

function mount(...options: readonly string[]): string | null {
  try {
    execFileSync('mount', [...options, disk], { stdio: 'pipe' })
    return null
  } catch (error) {
    return String(error).split('\n')[1] ?? 'mount failed'
  }
}

describe('a machine that runs out', () => {
  it('of disk keeps what it took, takes nothing halfway, and goes on after', async (t) => {
    const missing = mount('-t', 'tmpfs', '-o', 'size=3m', 'tmpfs')
    if (missing) return t.skip(`no small disk here: ${missing}`)
    const small = await serve('small')
    const api = callerOf(small, small)

    const taken: string[] = []
    let said: string | null = null
    while (said === null && taken.length < 1_000) {
      const name = `job-${`${taken.length}`.padStart(4, '0')}`
      said = await submit(api, name)
      if (said === null) taken.push(name)
    }
    assert.match(said ?? 'all of them were taken', /nothing was changed, ask again/)
    assert.match(small.server.log(), /the disk is full; make room and try again/)
    assert.deepEqual(await namesOf(api), taken, 'what runs can still be looked at')

    assert.equal(mount('-o', 'remount,size=40m'), null)
    const last = `job-${`${taken.length}`.padStart(4, '0')}`
    await until('room', 30, async () => (await submit(api, last)) === null)
    small.server.kill('SIGKILL')
    await small.server.ended

    const next = await serve('next')
    const after = callerOf(next, small)
    assert.deepEqual(await namesOf(after), [...taken, last])
    const { violations } = await after.call('audit', {})
    assert.deepEqual(violations, [])
  })

  it('of file descriptors keeps whom it has, turns others away, and goes on after', async () => {
    const busy = await serve('busy')
    const api = callerOf(busy, busy)
    assert.equal(await submit(api, 'before'), null)
    const limit = `--nofile=${openFilesOf(busy.server.pid) + 20}`
    execFileSync('prlimit', ['--pid', `${busy.server.pid}`, limit])

    const { port } = new URL(busy.url)
    const crowd = Array.from({ length: 200 }, () => connect(Number(port), '127.0.0.1').resume())
    for (const each of crowd) each.on('error', () => {})
    await until('somebody who is turned away', 30, () => crowd.some(({ closed }) => closed))
    assert.deepEqual(await namesOf(api), ['before'], 'who is connected is answered')
    for (const each of crowd) each.destroy()

    await until('an answer', 30, async () => (await submit(api, 'after')) === null)
    assert.deepEqual(await namesOf(api), ['after', 'before'])
    assert.deepEqual((await api.call('audit', {})).violations, [])
  })
})

function openFilesOf(pid: number): number {
  return execFileSync('ls', [`/proc/${pid}/fd`], { encoding: 'utf8' })
    .trim()
    .split('\n').length
}
