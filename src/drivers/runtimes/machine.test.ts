/**
 * A real agent at the real desk, by HTTP: a job from start to end, with all it leaves behind.
 */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { fastify } from 'fastify'
import { machine, until } from '../../../test/agent-stage.ts'
import { addAgentRoutes } from '../../api/agent-routes.ts'
import { workOf } from '../../core/run/work.ts'
import type { Put } from '../../ports/ledger.ts'
import { drawnWorld } from '../../testing/world.ts'
import { embedded } from '../ledgers/embedded.ts'
import { files } from '../logs/files.ts'
import { systemClock } from '../system/clock.ts'
import { systemKeys } from '../system/keys.ts'
import { agentRuntime } from './agent.ts'

const world = drawnWorld(`
  job train H100:8
  lease train.0.1 ready at acme/h100x8
  run train.0 running epoch 3 on train.0.1
`)

/** Saves a checkpoint, and reads it back. */
const command = `exec "$NODE" -e '
  const url = process.env.CALUMET_AGENT_URL + "/checkpoint"
  const body = JSON.stringify({ uri: "s3://t/7", step: 7 })
  fetch(url, { method: "POST", body })
    .then(({ status }) => console.log("saved", status))
    .then(() => fetch(url + "/train"))
    .then((response) => response.json())
    .then(({ step }) => console.log("newest", step))
    .then(() => process.exit(process.env.RANK === "0" ? 9 : 1))'`

it('a job runs on a machine, and the ledger has all of it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'machine-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'ledger.db')
  const ledger = await embedded({ path, clock: Date.now, randomId: randomUUID })
  const [lease, run, workload] = [world.leases[0], world.runs[0], world.workloads[0]]
  assert.ok(lease && run && workload)
  const spec = { ...workload.spec, run: command, envs: { NODE: process.execPath } }
  const rows = { workload: { ...workload, spec }, lease, run }
  const ids = { workload: 'train', lease: lease.id, run: run.id }
  const puts = (['workload', 'lease', 'run'] as const).map((kind) => {
    return { kind, id: ids[kind], version: 0, live: true, body: rows[kind] } as Put
  })
  await ledger.commit({ puts, events: [] })
  const keys = systemKeys('secret of the installation')
  const logs = files(join(folder, 'logs'))
  let ended = false
  const desk = agentRuntime({
    ...{ ledger, logs, keys, workOf },
    keptBack: async () => null,
    clock: systemClock(),
    settings: { grantMs: 60_000, beatMs: 500 },
    onNews: () => {
      ledger.get('node', `${lease.id}/0`).then((row) => {
        ended = row?.body.ranks[0]?.state === 'exited'
      })
    },
  })
  const app = fastify()
  addAgentRoutes(app, desk)
  t.after(() => app.close())
  const { boot, tell, exitCode } = await machine(t, {
    CALUMET_SERVER: await app.listen({ port: 0, host: '127.0.0.1' }),
    CALUMET_KEY: lease.key,
    CALUMET_SECRET: keys.secretOf(lease.key),
  })
  boot()
  await until('the ledger knows of its end', () => ended)
  tell('SIGTERM')
  assert.equal(await exitCode, 0)
  const log = await logs.read({ run: 'train.0', epoch: 3, rank: 0 }, 0, 1_000)
  assert.equal(Buffer.from(log).toString(), 'saved 200\nnewest 7\n')
  assert.deepEqual(
    (await ledger.events({})).map(({ kind, facts }) => [kind, facts.exitCode ?? facts.step]),
    [
      ['node.joined', undefined],
      ['checkpoint.accepted', 7],
      ['rank.exited', 9],
    ],
  )
  await ledger.close()
})
