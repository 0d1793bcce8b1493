/**
 * What ranks and their agent say to each other: a replica becomes ready and stops to be, a job
 * commits checkpoints, and each of them speaks for itself alone.
 */
import assert from 'node:assert/strict'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { logOf, type Machine, machine, until, work } from '../../test/agent-stage.ts'

const name = 'chat.0.1.0'

/** Answers well as long as its folder has a file `well`. */
const server = `exec "$NODE" -e '
  const { existsSync } = require("node:fs")
  require("node:http").createServer((_, response) => {
    response.writeHead(existsSync("well") ? 200 : 500).end()
  }).listen(process.env.PORT, "127.0.0.1", () => console.log("up"))'`

async function started(
  t: TestContext,
  initialDelayMs: number,
): Promise<Machine & { port: number }> {
  const stage = await machine(t)
  stage.boot()
  await until('its ports are known', () => stage.desk.syncs.length > 0)
  const port = stage.desk.syncs[0]?.ports?.service ?? 0
  const probe = { port, path: '/health', periodMs: 20, timeoutMs: 1_000, initialDelayMs }
  const envs = { PORT: `${port}`, NODE: process.execPath }
  const terms = { run: 'chat.0', command: server, grantMs: null, envs, probe }
  stage.desk.work = [work(terms)]
  return { ...stage, port }
}

async function replica(t: TestContext): Promise<Machine & { port: number }> {
  const stage = await started(t, 60_000)
  await until('it is up', () => logOf(stage.desk, name) === 'up\n')
  return stage
}

describe('a replica', { concurrency: 4 }, () => {
  it('has an endpoint while it answers well, also in the eyes of a new agent', async (t) => {
    const { desk, said, home, port, crash, boot } = await replica(t)
    const well = join(home, 'ranks', name, 'work', 'well')
    const endpoint = () => said(name)?.endpoint ?? null
    assert.equal(endpoint(), null)
    writeFileSync(well, '')
    await until('it is ready', () => endpoint() === `http://127.0.0.1:${port}`)
    await crash()
    desk.syncs.length = 0
    boot()
    await until('a new agent reports it', () => said(name) !== null)
    assert.ok(desk.syncs.every(({ ranks }) => ranks[0]?.endpoint !== null))
    rmSync(well)
    await until('it is not ready any more', () => endpoint() === null)
    writeFileSync(well, '')
    await until('it is ready again', () => endpoint() !== null)
  })

  it('that never answers is stopped, and says why', async (t) => {
    // On a slow computer it is stopped before it has said that it is up.
    const { desk, said } = await started(t, 400)
    await until('it ended', () => said(name)?.state === 'exited')
    await until('its log says why', () => /no good answer at \/health/.test(logOf(desk, name)))
  })
})

describe('a rank asks its agent', { concurrency: 4 }, () => {
  async function urlOf({ desk, home }: Machine, rank: string): Promise<string> {
    await until('it runs', () => desk.syncs.at(-1)?.ranks[0]?.state === 'running')
    const { mark } = JSON.parse(readFileSync(join(home, 'ranks', rank, 'record'), 'utf8'))
    return mark.replace('CALUMET_AGENT_URL=', '')
  }

  const saved = { uri: 's3://team/train/40', step: 40 }
  const post = (url: string, body: unknown) =>
    fetch(`${url}/checkpoint`, { method: 'POST', body: JSON.stringify(body) })

  it('to commit a checkpoint, in the name of its own run and epoch', async (t) => {
    const stage = await machine(t)
    stage.desk.work = [work({ command: 'sleep 600', epoch: 3 })]
    stage.boot()
    const url = await urlOf(stage, 'train.0.3.0')
    assert.equal((await post(url, saved)).status, 200)
    assert.deepEqual(stage.desk.commits, [{ run: 'train.0', epoch: 3, ...saved }])
    assert.equal((await post(url, { uri: '', step: 1 })).status, 400)
    assert.equal((await post(url, 'x'.repeat(99_999))).status, 400)
    assert.equal((await post(url.replace(/\w+$/, '00'), saved)).status, 404)
    stage.desk.mood = 'away'
    assert.equal((await post(url, saved)).status, 503)
  })

  it('and hears that a newer epoch owns the job', async (t) => {
    const stage = await machine(t)
    const stubborn = `trap '' TERM; sleep 600`
    stage.desk.work = [work({ command: stubborn })]
    stage.boot()
    const url = await urlOf(stage, 'train.0.1.0')
    stage.desk.work = [work({ command: stubborn, epoch: 2 })]
    assert.equal((await post(url, saved)).status, 409)
  })

  it('for the newest checkpoint of a job, at a URL that outlives the agent', async (t) => {
    const stage = await machine(t)
    stage.desk.work = [work({ command: 'sleep 600' })]
    stage.boot()
    const url = await urlOf(stage, 'train.0.1.0')
    assert.equal((await fetch(`${url}/checkpoint/train`)).status, 404)
    stage.desk.newest = saved
    await stage.crash()
    stage.desk.syncs.length = 0
    stage.boot()
    await until('a new agent is there', () => stage.desk.syncs.length > 0)
    assert.deepEqual(await (await fetch(`${url}/checkpoint/train`)).json(), saved)
    stage.desk.mood = 'away'
    assert.equal((await fetch(`${url}/checkpoint/train`)).status, 503)
  })
})

it('a machine that is told nothing says what is missing', async (t) => {
  const { boot, exitCode, errors } = await machine(t, { CALUMET_SECRET: '' })
  boot()
  assert.equal(await exitCode, 1)
  assert.match(errors(), /^CALUMET_SECRET is not set; .*\n$/)
})
