/**
 * A log that is longer than what is kept of it.
 */
import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { fakeDesk, logOf } from '../../test/agent-stage.ts'
import { deskClient } from './desk-client.ts'
import { rankOf } from './rank.ts'
import { readSettings } from './settings.ts'
import { shipping } from './shipping.ts'

it('of a long log the beginning is kept, and the disk does not fill up', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'log-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const log = join(folder, 'log')
  writeFileSync(log, 'x'.repeat(1_000))
  writeFileSync(join(folder, 'ended'), '0\n')
  const id = { run: 'train.0', epoch: 1, rank: 0, grantMs: null, probe: null }
  const record = { ...id, token: '', mark: 'NONE=', pid: 0, start: '', startedAtMs: 0 }
  const rank = rankOf({ folder, record, address: '127.0.0.1', onNews: () => {} })
  const desk = await fakeDesk(t)
  const client = deskClient(
    readSettings({
      CALUMET_SERVER: desk.url,
      CALUMET_KEY: 'key',
      CALUMET_SECRET: 'secret',
      CALUMET_NODE: '0',
      CALUMET_MACHINE: 'm',
      CALUMET_ADDRESS: '127.0.0.1',
      CALUMET_HOME: folder,
    }),
  )
  const logs = shipping(client, 600)
  assert.equal(logs.isDone(rank), false)
  while (await logs.pass([rank])) assert.ok(logOf(desk, 'train.0.1.0').length <= 700)
  const note = '\ncalumet: this log is longer than 64 MiB; the rest is not kept\n'
  assert.equal(logOf(desk, 'train.0.1.0'), `${'x'.repeat(600)}${note}`)
  assert.equal(logs.isDone(rank), true)
  appendFileSync(log, 'y'.repeat(2_000))
  await logs.pass([rank])
  assert.equal(readFileSync(log, 'utf8'), '')
  assert.equal(logs.isDone(rank), true)
})
