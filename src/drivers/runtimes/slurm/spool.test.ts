/**
 * The spool, in a real folder by a real shell.
 */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it, type TestContext } from 'node:test'
import { systemShell } from '../../system/shell.ts'
import { spool } from './spool.ts'

function opened(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "calumet it's a spool-"))
  t.after(() => rmSync(folder, { recursive: true }))
  return { folder, ...spool(folder, systemShell({ ssh: null })) }
}

it('shows what stands in it, and nothing that is half written', async (t) => {
  const { folder, look } = opened(t)
  assert.deepEqual(await look(), new Map())
  mkdirSync(join(folder, 'k1'))
  const files = {
    'node.1': 'n2 10.0.0.2 20002 20003\n',
    'node.0': 'n1 10.0.0.1 20002 20003\n',
    'node.2.new': 'n3',
    beat: '41\n',
    go: 'run 5 p.1\n',
    'e5.r0.log': 'hello\n',
    'e5.r1.exit': '-1\n',
    'e5.r1.checkpoint': '{"uri": "s3://a/5", "step": 5}\n',
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'k1', name), text)
  const own = { ports: { service: 20_002, master: 20_003 } }
  assert.deepEqual((await look()).get('k1'), {
    nodes: [
      { index: 0, machine: 'n1', address: '10.0.0.1', ...own },
      { index: 1, machine: 'n2', address: '10.0.0.2', ...own },
    ],
    beat: '41',
    go: { verb: 'run', epoch: 5, pulse: 'p.1' },
    over: 0,
    ranks: [
      {
        epoch: 5,
        rank: 1,
        logBytes: null,
        exitCode: -1,
        checkpoint: '{"uri": "s3://a/5", "step": 5}',
      },
      { epoch: 5, rank: 0, logBytes: 6, exitCode: null, checkpoint: null },
    ],
  })
})

it('shows a folder in which nothing stands yet, so that it can be taken away', async (t) => {
  const { folder, look } = opened(t)
  mkdirSync(join(folder, 'k1'))
  writeFileSync(join(folder, 'k1', 'node.sh'), 'exit\n')
  assert.deepEqual([...(await look()).keys()], ['k1'])
})

it('keeps every text as it came, whatever it holds', async (t) => {
  const { folder, write, read } = opened(t)
  mkdirSync(join(folder, 'k1'))
  const text = `it's "$HOME" \`id\` \\n %s\n\ttab\nCALUMET_END\n`
  await write('k1', [
    ['e1.run', text],
    ['go', 'run 1 p\n'],
  ])
  assert.equal(readFileSync(join(folder, 'k1', 'e1.run'), 'utf8'), text)
  assert.deepEqual(readdirSync(join(folder, 'k1')).sort(), ['e1.run', 'go'])
  assert.equal((await read('k1', 'e1.run', 5, 7)).toString(), text.slice(5, 12))
})

it('says which folder cannot be seen, and takes a lease’s away whole', async (t) => {
  const { folder, look, write, remove } = opened(t)
  await assert.rejects(write('k2', []), /the spool .*k2/)
  mkdirSync(join(folder, 'k1'))
  await remove('k1')
  assert.deepEqual(readdirSync(folder), [])
  rmSync(folder, { recursive: true })
  await assert.rejects(look(), /the spool .*: /)
  mkdirSync(folder)
})
