/** Files as a log store: the contract, and what is peculiar to a disk. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, it } from 'node:test'
import { logsContract } from '../../testing/logs-contract.ts'
import { files } from './files.ts'

const folder = mkdtempSync(join(tmpdir(), 'logs-'))
after(() => rmSync(folder, { recursive: true }))

logsContract('files', async () => files(join(folder, 'logs')))

it('keeps one plain file for each rank, for its owner alone', async () => {
  const logs = files(join(folder, 'plain'))
  await logs.append({ run: 'train.0', epoch: 3, rank: 1 }, 0, Buffer.from('step 1\n'))
  const path = join(folder, 'plain', 'train.0', '3', '1.log')
  assert.equal(readFileSync(path, 'utf8'), 'step 1\n')
  assert.equal(statSync(path).mode & 0o777, 0o600)
  assert.equal(statSync(join(folder, 'plain')).mode & 0o777, 0o700)
})
