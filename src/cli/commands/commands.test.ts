/**
 * What commands ask the server, whom they ask before they do it, and what they live through.
 */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { EventView } from '../../api/wire.ts'
import {
  type Answers,
  fakeServer,
  loggedIn,
  now,
  refuse,
  run,
  temporaryFolder,
} from '../stage.test.ts'
import { event, lease, offer, plan, train, run as trainRun, world } from '../world.test.ts'

const submit = ['apply', '-f', '-']
const stdin = 'kind: Job\nname: train\n'

describe('apply', () => {
  it('buys nothing where nobody can be asked, and says so', async (t) => {
    const server = await fakeServer(t, world)
    const ended = await run(submit, { env: loggedIn(server), stdin })
    assert.equal(ended.exitCode, 2)
    assert.match(ended.stdout, /buy {2}train\.0 {2}H100:8 x2 {2}rival\/h100-eu {2}\$40\.00\/h/)
    assert.match(ended.stderr, /^calumet: not confirmed: buy for up to \$40\.00\/h\? .*-y/)
    assert.deepEqual(server.calls, ['plan'])
  })

  for (const [typed, exitCode, calls] of [
    ['y', 0, ['plan', 'apply']],
    ['n', 2, ['plan']],
    ['\r', 2, ['plan']],
    ['\x03', 130, ['plan']],
  ] as const) {
    it(`ends with ${exitCode} where a person answers ${JSON.stringify(typed)}`, async (t) => {
      const server = await fakeServer(t, world)
      const file = join(temporaryFolder(t), 'job.yaml')
      writeFileSync(file, stdin)
      const ended = await run(['apply', '-f', file], { env: loggedIn(server), typed })
      assert.deepEqual([ended.exitCode, server.calls], [exitCode, calls])
      assert.match(ended.stdout, /buy for up to \$40\.00\/h\?/)
    })
  }

  it('does not ask where nothing is bought', async (t) => {
    const answers: Answers = { ...world, plan: () => ({ ...plan, actions: [] }) }
    const server = await fakeServer(t, answers)
    const ended = await run(submit, { env: loggedIn(server), stdin })
    assert.deepEqual([ended.exitCode, server.calls], [0, ['plan', 'apply']])
  })

  it('sends all files as one request', async (t) => {
    const server = await fakeServer(t, world)
    const folder = temporaryFolder(t)
    const files = ['a.yaml', 'b.yaml'].map((name) => join(folder, name))
    for (const file of files) writeFileSync(file, stdin)
    await run(['apply', '-y', '-f', ...files], { env: loggedIn(server) })
    const documents = files.map((file) => ({ file, text: stdin }))
    assert.deepEqual(server.asked.at(-1)?.body, { documents })
  })

  it('asks again under the same key when the connection breaks', async (t) => {
    let broken = 2
    const apply: Answers['apply'] = () => (broken-- > 0 ? 'hang up' : { results: plan.changes })
    const server = await fakeServer(t, { ...world, apply })
    const ended = await run([...submit, '-y', '--json'], { env: loggedIn(server), stdin })
    assert.deepEqual([ended.exitCode, ended.stderr], [0, ''])
    assert.deepEqual(JSON.parse(ended.stdout), { results: plan.changes })
    const keys = server.asked.slice(1).map(({ key }) => key)
    assert.deepEqual([keys.length, new Set(keys).size], [3, 1])
  })

  it('says that the outcome is not known where no answer ever came', async (t) => {
    const env = loggedIn(await fakeServer(t, { ...world, apply: () => 'hang up' }))
    const ended = await run([...submit, '-y'], { env, stdin })
    assert.equal(ended.exitCode, 5)
    assert.match(ended.stderr, /may or may not have been taken; applying the same files again is/)
  })

  it('asks once only where the server refuses', async (t) => {
    const apply = () => refuse('conflict', 'train is being deleted')
    const server = await fakeServer(t, { ...world, apply })
    const ended = await run([...submit, '-y'], { env: loggedIn(server), stdin })
    assert.deepEqual([ended.exitCode, ended.stderr], [1, 'calumet: train is being deleted\n'])
    assert.deepEqual(server.calls, ['plan', 'apply'])
  })

  it('shows faults with their line, as JSON on demand', async (t) => {
    const fault = {
      file: 'stdin',
      line: 1,
      column: 7,
      path: '$.kind',
      found: 'the text "Jobb"',
      expected: 'Job or Service',
      meant: 'Job',
    }
    const faulty = { plan: () => refuse('invalid', '1 fault', [fault]) }
    const env = loggedIn(await fakeServer(t, faulty))
    const ended = await run(submit, { env, stdin: 'kind: Jobb\n' })
    assert.deepEqual(ended, {
      exitCode: 2,
      stdout: '',
      stderr: `stdin:1:7: $.kind: found the text "Jobb", expected Job or Service; did you mean Job?
1 | kind: Jobb
  |       ^
`,
    })
    const json = await run([...submit, '--json'], { env, stdin: 'kind: Jobb\n' })
    assert.deepEqual(JSON.parse(json.stderr), {
      code: 'invalid',
      message: '1 fault',
      faults: [fault],
    })
  })

  it('refuses files that cannot be submitted before anybody is asked', async (t) => {
    const folder = temporaryFolder(t)
    const [big, odd] = [join(folder, 'big.yaml'), join(folder, 'odd.yaml')]
    writeFileSync(big, 'x'.repeat(1_000_001))
    writeFileSync(odd, Buffer.from([0x6e, 0xe9]))
    for (const [files, says, exitCode] of [
      [[big], /big\.yaml cannot be read: it has more than 1 MB/, 2],
      [[odd], /odd\.yaml is not UTF-8 text/, 2],
      [[folder], /is a folder; name its files/, 2],
      [[join(folder, 'none')], /there is no file/, 3],
      [[odd, odd], /is named twice/, 2],
    ] as const) {
      const ended = await run(['apply', '-f', ...files], {})
      assert.match(ended.stderr, says)
      assert.equal(ended.exitCode, exitCode)
    }
  })
})

describe('delete', () => {
  it('stops nothing where nobody can be asked', async (t) => {
    const server = await fakeServer(t, world)
    const ended = await run(['delete', 'train'], { env: loggedIn(server) })
    assert.deepEqual([ended.exitCode, server.calls], [2, []])
  })

  it('takes several names', async (t) => {
    const server = await fakeServer(t, world)
    const ended = await run(['delete', 'train', 'chat', '-y'], { env: loggedIn(server) })
    assert.equal(ended.stdout, 'train is deleting\nchat is deleting\n')
  })
})

describe('get', () => {
  it('on nothing says what to do next', async (t) => {
    const nothing: Answers = { workloads: () => ({ workloads: [] }) }
    const ended = await run(['get'], { env: loggedIn(await fakeServer(t, nothing)) })
    assert.match(ended.stdout, /^no jobs and services; submit one with `calumet apply -f FILE`/)
  })

  it('with --json gives the reply as it is', async (t) => {
    const env = loggedIn(await fakeServer(t, world))
    const { stdout } = await run(['get', 'workload', 'train', '--json'], { env })
    assert.deepEqual(JSON.parse(stdout), { workloads: [train] })
  })

  it('reads page after page', async (t) => {
    const many = Array.from({ length: 1_500 }, (_, index) => `w-${String(index).padStart(4, '0')}`)
    const workloads: Answers['workloads'] = ({ query }) => ({
      workloads: many
        .filter((name) => name > (query.after ?? ''))
        .slice(0, Number(query.limit))
        .map((name) => ({ ...train, name })),
    })
    const env = loggedIn(await fakeServer(t, { workloads }))
    const { stdout } = await run(['get'], { env })
    assert.equal(stdout.trimEnd().split('\n').length, 1_501)
  })

  it('of a name that is not there guesses the one that was meant', async (t) => {
    const env = loggedIn(await fakeServer(t, world))
    const ended = await run(['get', 'workloads', 'trian'], { env })
    assert.equal(ended.exitCode, 3)
    assert.equal(ended.stderr, 'calumet: there is no workload trian; did you mean train?\n')
  })

  it('fits the terminal, and has colours only there', async (t) => {
    const env = loggedIn(await fakeServer(t, world))
    const terminal = await run(['get', 'leases'], { env, isTTY: true, columns: 70 })
    assert.ok(terminal.stdout.includes('\x1b[32mready\x1b[0m'))
    assert.match(terminal.stdout, /…/)
    const plain = await run(['get', 'leases'], {
      env: { ...env, NO_COLOR: '1' },
      isTTY: true,
      columns: 70,
    })
    for (const line of plain.stdout.trimEnd().split('\n')) assert.ok(line.length <= 70, line)
    const piped = await run(['get', 'leases'], { env })
    assert.doesNotMatch(piped.stdout, /…|\p{Cc}(?<!\n)/u)
  })

  it('says how long a lease waits before its supplier is asked', async (t) => {
    const waiting = { ...lease, state: 'intended', notBefore: now + 48_000 }
    const leases: Answers['leases'] = () => ({ leases: [waiting] })
    const env = loggedIn(await fakeServer(t, { leases }))
    assert.match((await run(['get', 'leases'], { env })).stdout, /asked for in 48s/)
  })

  it('says when blocks open and end, those for sale and those that are held', async (t) => {
    const [from, until] = [Date.UTC(2026, 11, 3, 9), Date.UTC(2026, 11, 17, 9)]
    const leases: Answers['leases'] = () => ({ leases: [{ ...lease, endsAt: until }] })
    const offers: Answers['offers'] = () => ({ offers: [{ ...offer, from, until }] })
    const env = loggedIn(await fakeServer(t, { leases, offers }))
    assert.match((await run(['get', 'leases'], { env })).stdout, / {2}ends 2026-12-17 09:00:00\n$/)
    const span = / {2}opens 2026-12-03 09:00:00, ends 2026-12-17 09:00:00\n$/
    assert.match((await run(['offers'], { env })).stdout, span)
  })

  it('says what an offer costs after contracts, by its work, and how old that is', async (t) => {
    const because = 'paid for by msa/floor'
    const paid = { ...offer, because, costPerHour: 0, costPerWork: 0, observedAt: now - 150_400 }
    const strange = { ...offer, costPerWork: null }
    const offers: Answers['offers'] = () => ({ offers: [paid, strange] })
    const { stdout } = await run(['offers'], { env: loggedIn(await fakeServer(t, { offers })) })
    assert.match(stdout, /PRICE +COST +H100-HOUR +SEEN +SAID/)
    assert.match(stdout, /\$20.00\/h +\$0.00\/h +\$0.00 +2m 30s ago +paid for by msa\/floor\n/)
    assert.match(stdout, /\$20.00\/h +\$20.00\/h +- +now +no table knows H100: a chip counts as/)
  })

  it('says of what moment an offer is whose supplier does not answer', async (t) => {
    const stale = { ...offer, stale: true, observedAt: Date.UTC(2026, 10, 30, 9) }
    const offers: Answers['offers'] = () => ({ offers: [stale] })
    const { stdout } = await run(['offers'], { env: loggedIn(await fakeServer(t, { offers })) })
    const said = / {2}quoted 2026-11-30 09:00:00; not bought until rival answers\n$/
    assert.match(stdout, / {2}stale {2}/)
    assert.match(stdout, said)
  })

  it('--watch draws what changed, through a server that is away', async (t) => {
    const over = new AbortController()
    const replies = [train, train, 'hang up', { ...train, state: 'succeeded' }] as const
    let at = 0
    const workloads: Answers['workloads'] = () => {
      const reply = replies[at++]
      if (reply === undefined) over.abort()
      return typeof reply === 'object' ? { workloads: [reply] } : 'hang up'
    }
    const env = loggedIn(await fakeServer(t, { workloads }))
    const ended = await run(['get', '--watch'], { env, interruption: over.signal })
    assert.equal(ended.exitCode, 130)
    assert.deepEqual(ended.stdout.match(/running|succeeded/g), ['running', 'succeeded'])
    assert.match(ended.stderr, /does not answer; trying again\n.*answers again\n$/)
  })
})

it('why of what no plan speaks of says what became of it', async (t) => {
  const looked = world.workload?.({ params: { name: 'train' }, query: {}, body: null, key: '' })
  assert.ok(looked && typeof looked === 'object' && 'workload' in looked)
  for (const [change, says] of [
    [
      { state: 'succeeded', endedAt: now },
      /^train is succeeded since 2026-01-31 12:00:00: nothing/,
    ],
    [{ state: 'pending', endedAt: null }, /^train is pending; no plan was made for it yet\n$/],
  ] as const) {
    const answers: Answers = {
      ...world,
      why: () => ({ name: 'train', at: now, reasons: [], verdicts: [] }),
      workload: () => ({ ...looked, workload: { ...looked.workload, ...change } }),
    }
    const { stdout } = await run(['why', 'train'], { env: loggedIn(await fakeServer(t, answers)) })
    assert.match(stdout, says)
  }
})

describe('logs --follow', () => {
  it('goes on in the next epoch, though the server is away, until all is over', async (t) => {
    const views = [
      { ...trainRun, epoch: 1 },
      { ...trainRun, epoch: 1 },
      { ...trainRun, epoch: 2 },
      { ...trainRun, epoch: 2, state: 'done' },
      { ...trainRun, epoch: 2, state: 'done' },
    ]
    const texts: Readonly<Record<string, string>> = { 1: 'one\n', 2: 'two\nthree\n' }
    const answers: Answers = {
      workload: (asked) => {
        const view = views.shift() ?? { ...trainRun, state: 'done' }
        const known = world.workload?.(asked)
        if (!known || known === 'hang up' || 'refused' in known) throw new Error('no workload')
        return { ...known, workload: { ...train, runs: [view] } }
      },
      logs: ({ query }) => {
        if (query.epoch === '1' && views.length === 3) return 'hang up'
        const text = (texts[query.epoch ?? ''] ?? '').slice(Number(query.offset))
        const offset = Number(query.offset)
        const epoch = Number(query.epoch)
        return {
          run: 'train.0',
          epoch,
          rank: 0,
          offset,
          next: offset + text.length,
          text,
          over: false,
        }
      },
    }
    const ended = await run(['logs', 'train', '-f'], {
      env: loggedIn(await fakeServer(t, answers)),
    })
    assert.deepEqual([ended.exitCode, ended.stdout], [0, 'one\ntwo\nthree\n'])
    assert.match(ended.stderr, /epoch 2 on H100:8 x2 of rival\n/)
  })

  it('ends with a workload that was deleted', async (t) => {
    let looks = 0
    const workload: Answers['workload'] = (asked) =>
      (looks++ === 0 && world.workload?.(asked)) || refuse('not-found', 'deleted')
    const env = loggedIn(await fakeServer(t, { ...world, workload }))
    assert.equal((await run(['logs', 'train', '--follow'], { env })).exitCode, 0)
  })
})

it('logs keep their lines and lose their control signs', async (t) => {
  const text = '\x1b[32mok\x1b[0m\n\x1b]0;title\x07\n'
  const logs: Answers['logs'] = ({ query }) => {
    const offset = Number(query.offset)
    const rest = text.slice(offset)
    return { run: 'train.0', epoch: 2, rank: 1, offset, next: text.length, text: rest, over: true }
  }
  const server = await fakeServer(t, { ...world, logs })
  const ended = await run(['logs', 'train.0', '--rank', '1'], { env: loggedIn(server) })
  assert.equal(ended.stdout, 'ok\n\\x1b]0;title\\x07\n')
  assert.deepEqual(server.asked.at(-1)?.query, { rank: '1', epoch: '2', offset: '0' })
})

describe('events', () => {
  const at = (seq: number): EventView => ({
    ...event,
    seq,
    at: event.at + seq,
    text: `event ${seq}`,
  })

  it('--follow shows the past and then what comes, of one workload', async (t) => {
    const over = new AbortController()
    const answers: Answers = {
      events: ({ query }) => {
        if (query.before !== undefined) return { events: [at(1), at(2)] }
        return { events: [at(3), { ...at(4), workload: 'chat' }, at(5)] }
      },
    }
    const env = loggedIn(await fakeServer(t, answers))
    const ended = await run(['events', '-f', '--workload', 'train', '--json'], {
      env,
      interruption: over.signal,
      seen: (text) => text.includes('"seq":5') && over.abort(),
    })
    const seqs = ended.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).seq)
    assert.deepEqual([ended.exitCode, seqs], [130, [1, 2, 3, 5]])
  })

  it('--since goes back as far as that', async (t) => {
    const events: Answers['events'] = () => ({ events: [{ ...event, at: 0 }, event] })
    const env = loggedIn(await fakeServer(t, { events }))
    const { stdout } = await run(['events', '--since', '2h'], { env })
    assert.equal(stdout, '2026-01-31 10:56:00  train.0 started on train.0-l2, epoch 2\n')
  })
})

it('a secret goes to stdout alone', async (t) => {
  const env = loggedIn(await fakeServer(t, world))
  const argv = ['token', 'create', 'ci', '--role', 'writer', '--expires', '90d']
  const ended = await run(argv, { env })
  assert.equal(ended.stdout, 'sk-once\n')
  assert.match(ended.stderr, /not shown again/)
})
