/**
 * The control plane as a process of its own, where it cannot open what it wants to.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

it('[AP67] tells the first token once it listens, and not before', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'calumet-compose-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  t.after(() => taken.close())

  for (const [port, gatewayPort] of [
    [portOf(taken), 0],
    [0, portOf(taken)],
  ] as const) {
    const { child, output } = start(t, folder, port, gatewayPort)
    assert.deepEqual(await once(child, 'close'), [1, null], 'ends, and says that it failed')
    assert.match(output(), /cannot listen at 127\.0\.0\.1:\d+: .*EADDRINUSE/)
    assert.doesNotMatch(output(), /token/)
  }

  const { child, output } = start(t, folder, 0, 0)
  while (!output().includes('the control plane listens')) await once(child.stderr, 'data')
  child.kill('SIGTERM')
  assert.deepEqual(await once(child, 'close'), [0, null])
  assert.match(output(), /token \(shown once, keep it\): cal_\w+/)
})

function start(t: TestContext, folder: string, port: number, gatewayPort: number) {
  const command = fileURLToPath(new URL('../../bin/calumet.js', import.meta.url))
  const ports = ['--port', String(port), '--gateway-port', String(gatewayPort)]
  const args = [command, 'server', '--data', folder, '--ledger', 'embedded', ...ports]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text
    })
  }
  t.after(() => child.kill('SIGKILL'))
  return { child, output: () => output }
}

function portOf(server: Server): number {
  const address = server.address()
  assert.ok(address && typeof address === 'object')
  return address.port
}
