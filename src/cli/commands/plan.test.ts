/** What `plan` asks the server, with files and suppositions, and how it shows the answer. */
import assert from 'node:assert/strict'
import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { WhatIfRequest } from '../../api/wire/what-if.ts'
import { fakeServer, loggedIn, now, run, temporaryFolder } from '../stage.test.ts'
import { plan, whatIf, world } from '../world.test.ts'

const stdin = 'kind: Job\nname: train\n'

it('plan changes nothing, and with --strict tells what stays unmet', async (t) => {
  const server = await fakeServer(t, world)
  const env = loggedIn(server)
  assert.equal((await run(['plan', '-f', '-'], { env, stdin })).exitCode, 0)
  assert.equal((await run(['plan', '-f', '-', '--strict'], { env, stdin })).exitCode, 6)
  assert.deepEqual(server.calls, ['plan', 'plan'])
})

it('plan of no files shows what is done next about what is there', async (t) => {
  const server = await fakeServer(t, world)
  const env = loggedIn(server)
  const ended = await run(['plan'], { env })
  assert.deepEqual([ended.exitCode, server.calls], [0, ['plan']])
  assert.deepEqual(server.asked[0]?.body, { documents: [] })
  assert.match(ended.stdout, /\nprice: /)
  const json = await run(['plan', '--json', '--strict'], { env })
  assert.deepEqual([json.exitCode, JSON.parse(json.stdout)], [6, plan])
})

it('plan warns of what may be a slip', async (t) => {
  const warning = 'msa/ask: no region is known that fits In mars; correct it; known are us'
  const answers = { ...world, plan: () => ({ ...plan, warnings: [warning] }) }
  const env = loggedIn(await fakeServer(t, answers))
  const { stdout } = await run(['plan', '-f', '-'], { env, stdin })
  assert.ok(stdout.includes(`\nwarning: ${warning}\n`))
})

it('plan shows what opens and what ends ahead', async (t) => {
  const opens = {
    ...{ at: Date.UTC(2026, 11, 3, 9), what: 'opens' as const, offer: 'bolt/block', lease: null },
    ...{ run: null, accelerators: 'H100:8', pricePerHour: 16_800_000 },
    text: 'bolt/block opens: 8 nodes of H100:8 at $16.80/h a node',
  }
  const answers = { ...world, plan: () => ({ ...plan, calendar: [opens] }) }
  const env = loggedIn(await fakeServer(t, answers))
  const { stdout } = await run(['plan', '-f', '-'], { env, stdin })
  assert.ok(stdout.endsWith(`\nahead:\n  2026-12-03 09:00:00  ${opens.text}\n`))
  const json = await run(['plan', '-f', '-', '--json'], { env, stdin })
  assert.deepEqual(JSON.parse(json.stdout).calendar, [opens])
})

describe('plan, what if', () => {
  it('shows who would be where, who would wait and why, and what it comes to', async (t) => {
    const server = await fakeServer(t, world)
    const ended = await run(['plan', '--without', 'rival'], { env: loggedIn(server) })
    assert.deepEqual([ended.exitCode, server.calls], [0, ['whatIf']])
    assert.match(ended.stdout, /train\.0 {2}rival\/h100-eu H100:8 x2 .* incumbent\/h100 H100:8 x2/)
    assert.match(ended.stdout, /chat\.1:\n {2}incumbent\/l40s has no node left/)
    assert.match(ended.stdout, /\$41\.25\/h as it is, \$48\.00\/h what if: \+\$6\.75\/h\n/)
    assert.match(ended.stdout, /waiting: none as it is, chat\.1 what if\n$/)
  })

  it('tells how long they would wait, as far as anything tells', async (t) => {
    const waits = [
      { run: 'chat.1', before: null, after: { aboutMs: 2_400_000 } },
      { run: 'train.0', before: { aboutMs: null }, after: { aboutMs: null } },
    ]
    const server = await fakeServer(t, { ...world, whatIf: () => ({ ...whatIf, waits }) })
    const ended = await run(['plan', '--without', 'rival'], { env: loggedIn(server) })
    const chat = 'wait of chat.1: none as it is, about 40m what if\n'
    const train = 'wait of train.0: nothing tells as it is, nothing tells what if\n'
    assert.ok(ended.stdout.endsWith(chat + train), ended.stdout)
  })

  it('asks for all that is supposed at once; --strict tells who would wait', async (t) => {
    const server = await fakeServer(t, world)
    const supposed = ['--stock', 'a/b=c=4', 'a/d=0', '--price', 'a/b=c=9.50', '--strict']
    const ended = await run(['plan', ...supposed, '--json'], { env: loggedIn(server) })
    assert.deepEqual([ended.exitCode, JSON.parse(ended.stdout)], [6, whatIf])
    const suppositions = [
      { suppose: 'stock', offer: 'a/b=c', nodes: 4 },
      { suppose: 'stock', offer: 'a/d', nodes: 0 },
      { suppose: 'price', offer: 'a/b=c', pricePerHour: 9_500_000 },
    ]
    assert.deepEqual(server.asked[0]?.body, { documents: [], supposed: [], suppositions })
  })

  it('supposes that more is submitted, and tells what commitments pay for', async (t) => {
    const paid = { ...whatIf.after, pricePerHour: 43_250_000, addedPerHour: 1_250_000, waiting: [] }
    const arrived = { run: 'new.0', before: null, after: whatIf.shifts[1]?.before ?? null }
    const reply = { ...whatIf, after: paid, shifts: [arrived], reasons: [] }
    const server = await fakeServer(t, { ...world, whatIf: () => reply })
    const file = join(temporaryFolder(t), 'contract.yaml')
    writeFileSync(file, 'kind: Contract\n')
    const args = ['plan', '-f', '-', '--what-if', file]
    const ended = await run(args, { env: loggedIn(server), stdin })
    assert.deepEqual(server.asked[0]?.body, {
      documents: [{ file: 'stdin', text: stdin }],
      supposed: [{ file, text: 'kind: Contract\n' }],
      suppositions: [],
    })
    assert.match(ended.stdout, /new\.0 {2}not wanted .* rival\/h100-eu H100:8 x2/)
    assert.match(ended.stdout, /\nprice: \$41\.25\/h as it is, \$43\.25\/h what if: \+\$2\.00\/h\n/)
    const added = 'by contract: $41.25/h as it is, $1.25/h what if: -$40.00/h\n'
    assert.ok(ended.stdout.endsWith(added), ended.stdout)
  })

  it('supposes that others sell as a list says, and shows its age and faults', async (t) => {
    const server = await fakeServer(t, world)
    const list = join(temporaryFolder(t), 'gcp.csv')
    const head = 'InstanceType,AcceleratorName,AcceleratorCount,Price,Region'
    const rows = ['a3,H100,8,88.5,us', 'a3,H100,8,,us', 'x,H100,8,,us', 'n2,,,0.1,us']
    writeFileSync(list, [head, ...rows].join('\n'))
    utimesSync(list, 0, (now - 3 * 86_400_000) / 1_000)
    const ended = await run(['plan', '--prices', list], { env: loggedIn(server) })
    assert.match(ended.stdout, /^prices of .*gcp\.csv, 3d old: 1 offer; 2 rows left out:\n/)
    assert.match(ended.stdout, /\n {2}a3 has no price \(line 3\)\n/)
    const { suppositions } = server.asked[0]?.body as WhatIfRequest
    const what = { supplier: 'gcp', id: 'a3.us.on-demand', accelerator: 'H100', perNode: 8 }
    const sold = { ...what, region: 'us', market: 'on-demand', pricePerHour: 88_500_000 }
    const asOf = now - 3 * 86_400_000
    assert.deepEqual(suppositions, [{ suppose: 'offers', offers: [sold], asOf }])
  })

  it('refuses a list that holds no price', async (t) => {
    const list = join(temporaryFolder(t), 'gcp.csv')
    writeFileSync(list, 'a,b\n1,2\n')
    const ended = await run(['plan', '--prices', list], {})
    assert.match(ended.stderr, /gcp\.csv holds no price of an accelerator, .* line 1: no column/)
    assert.equal(ended.exitCode, 2)
  })

  for (const [typed, says] of [
    [['--stock', 'acme'], /acme was given, an offer, = and a figure expected, as in --stock/],
    [['--stock', 'a/b=-1'], /a\/b=-1 was given, a whole number of nodes expected/],
    [['--price', 'a/b=-1'], /a\/b=-1 was given, dollars an hour for one node expected/],
    [['--price', 'a/b=1e9'], /dollars an hour for one node expected, as in --price/],
    [['--price', 'a/b=NaN'], /a\/b=NaN was given, dollars an hour for one node expected/],
    [['--price', 'a/b='], /a\/b= was given, dollars an hour for one node expected/],
  ] as const) {
    it(`refuses ${typed.join(' ')}`, async (t) => {
      const server = await fakeServer(t, world)
      const ended = await run(['plan', ...typed], { env: loggedIn(server) })
      assert.match(ended.stderr, says)
      assert.deepEqual([ended.exitCode, server.calls], [2, []])
    })
  }
})
