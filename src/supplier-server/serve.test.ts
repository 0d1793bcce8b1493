/**
 * What stands in the way of serving, said to the person who tried.
 */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { it } from 'node:test'
import { configText, shopFloor } from '../../test/supplier-stage.ts'
import { type ServeOptions, serveSupplier } from './serve.ts'
import { SetupError } from './setup-error.ts'

it('says what is missing before it begins', async (t) => {
  const { dataDir, agentEntry, clear } = shopFloor()
  t.after(clear)
  const busy = createServer().listen(0, '127.0.0.1')
  t.after(() => busy.close())
  await new Promise((resolve) => busy.once('listening', resolve))
  const { port } = busy.address() as AddressInfo

  const [file, empty] = [join(dataDir, 'acme.yaml'), join(dataDir, 'empty')]
  writeFileSync(file, configText())
  writeFileSync(empty, ' \n')
  const good: ServeOptions = { file, dataDir, agentEntry, token: 'a' }
  const cases: [Partial<ServeOptions>, RegExp][] = [
    [{ file: 'none.yaml' }, /^there is no file none\.yaml$/],
    [{ file: empty }, /empty:1:1: /],
    [{ token: undefined }, /^no token: set CALUMET_SUPPLIER_TOKEN or name a file/],
    [{ token: undefined, tokenFile: empty }, /is empty; it must hold the token/],
    [{ agentEntry: '/none/main.ts' }, /^there is no agent at \/none\/main\.ts$/],
    [{ dataDir: file }, /^cannot use .*acme\.yaml: /],
    [{ port }, /^cannot listen on 127\.0\.0\.1:\d+: /],
  ]
  for (const [change, message] of cases) {
    await assert.rejects(serveSupplier({ ...good, ...change }), (error) => {
      assert.ok(error instanceof SetupError)
      assert.match(error.message, message)
      return true
    })
  }
})
