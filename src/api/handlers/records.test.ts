/** Logs, costs, tokens, and whether all is well. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Charge } from '../../core/domain/charge.ts'
import { event } from '../../core/domain/event.ts'
import type { Ledger } from '../../ports/ledger.ts'
import { lease, run } from '../../testing/ledger-rows.ts'
import { refused, type Stage, type StageOptions, stage } from '../stage.test.ts'

const stream = { run: 'w.0', epoch: 0, rank: 0 }

describe('[AP18] a log', () => {
  it('is read page by page, never half a character', async (t) => {
    const home = await stage(t)
    await home.put(run('w.0', 0, 'running'))
    const text = 'añ€😀\n'.repeat(50)
    await home.logs.append(stream, 0, new TextEncoder().encode(text))
    for (const limit of [4, 5, 7, 64_000]) {
      let [seen, offset] = ['', 0]
      for (;;) {
        const page = (await home.ask(`GET /v1/runs/w.0/logs?offset=${offset}&limit=${limit}`)).body
        if (page.text === '') break
        assert.equal(page.offset, offset)
        seen += page.text
        offset = page.next
      }
      assert.equal(seen, text)
    }
  })

  it('is over when its run is, and all was read', async (t) => {
    const home = await stage(t)
    await home.put(run('w.0', 0, 'running'))
    await home.logs.append(stream, 0, new TextEncoder().encode('bye'))
    const over = async (offset: number) =>
      (await home.ask(`GET /v1/runs/w.0/logs?offset=${offset}`)).body.over
    assert.equal(await over(3), false)
    await home.put(run('w.0', 1, 'done'))
    assert.deepEqual([await over(0), await over(3)], [false, true])
  })

  it('passes whatever a rank printed, control signs and broken bytes too', async (t) => {
    const home = await stage(t)
    await home.put(run('w.0', 0, 'running'))
    await home.logs.append(stream, 0, Uint8Array.from([0x1b, 0x5b, 0x00, 0xff, 0xfe, 0x0a]))
    const { text, next } = (await home.ask('GET /v1/runs/w.0/logs')).body
    assert.deepEqual([text, next], ['\x1b[\0\ufffd\ufffd\n', 6])
  })
})

const hour = 3_600_000

function charge(rental: string, changes: Partial<Charge> = {}): Charge {
  return {
    ...{ id: `acme/${rental}`, supplier: 'acme', rental, lease: 'w.0.1', workload: 'w' },
    ...{ account: 'usage', accelerator: 'H100', accelerators: 8, pricePerHour: 8_000_000 },
    ...{ from: hour, to: 2 * hour, amount: 8_000_000 },
    ...changes,
  }
}

async function book(home: Stage, body: Charge): Promise<void> {
  const { id, rental, to } = body
  const version = (await home.ledger.get('charge', id))?.version ?? 0
  const kind = to === null ? 'charge.opened' : 'charge.closed'
  await home.ledger.commit({
    puts: [{ kind: 'charge', id, version, live: to === null, body }],
    events: [event(kind, { supplier: 'acme' }, { rental })],
  })
}

describe('[AP19] costs', () => {
  it('come to the same by supplier, by workload and by accelerator', async (t) => {
    const home = await stage(t)
    await book(home, charge('r1'))
    await book(home, charge('r2', { workload: 'v', lease: 'v.0.1', amount: 1_000_000 }))
    const stray = { workload: null, lease: null, account: 'waste', amount: 500_000 } as const
    await book(home, charge('r3', { ...stray, accelerator: null, accelerators: null }))
    for (const by of ['supplier', 'workload', 'accelerator']) {
      const { total, rows } = (await home.ask(`GET /v1/cost?by=${by}`)).body
      assert.equal(total, 9_500_000)
      const sum = rows.reduce((all: number, row: Record<'usage' | 'waste', number>) => {
        return all + row.usage + row.waste
      }, 0)
      assert.equal(sum, total)
    }
  })

  it('count a rental once while it goes on, and once when it has ended', async (t) => {
    const home = await stage(t)
    const open = { from: home.clock.wallMs() - hour, to: null, amount: 0 }
    const total = async () => (await home.ask('GET /v1/cost')).body.total
    await book(home, charge('r1', open))
    const sofar = await total()
    assert.ok(sofar >= 8_000_000 && sofar < 8_010_000, `${sofar}`)
    await book(home, charge('r1', { amount: 8_123_456 }))
    assert.equal(await total(), 8_123_456)
    assert.equal(await total(), 8_123_456)
  })

  it('of what is closed are never read again', async (t) => {
    const read: string[] = []
    const noted = (ledger: Ledger): Partial<Ledger> => ({
      list: async (kind, query) => {
        const rows = await ledger.list(kind, query)
        if (kind === 'charge') read.push(...rows.map(({ id }) => id))
        return rows
      },
      get: async (kind, id) => {
        if (kind === 'charge') read.push(id)
        return ledger.get(kind, id)
      },
    })
    const home = await stage(t, { instead: noted })
    await book(home, charge('r1'))
    await home.ask('GET /v1/cost')
    await book(home, charge('r2'))
    for (let count = 0; count < 3; count += 1) {
      const all = Array.from({ length: 5 }, () => home.ask('GET /v1/cost'))
      for (const { body } of await Promise.all(all)) assert.equal(body.total, 16_000_000)
    }
    assert.deepEqual(read.toSorted(), ['acme/r1', 'acme/r2'])
  })
})

describe('[AP20] tokens', () => {
  it('are shown once, and never their secret or hash again', async (t) => {
    const { ask, token, ledger } = await stage(t)
    const secret = await token('writer', 'ci')
    assert.match(secret, /^cal_[\w-]{32}$/)
    const { text, body } = await ask('GET /v1/tokens')
    assert.deepEqual(
      body.tokens.map(({ name, role }: Record<string, string>) => `${name} ${role}`),
      ['bootstrap admin', 'ci writer'],
    )
    const stored = await ledger.get('token', 'ci')
    assert.ok(stored && !text.includes(secret) && !text.includes(stored.body.hash))
    assert.doesNotMatch(JSON.stringify(stored), new RegExp(secret))
  })

  it('are of a person, by default of their name, those of older versions too', async (t) => {
    const { ask, token, ledger } = await stage(t)
    await token('writer', 'ci')
    const body = { name: 'desk', role: 'admin', person: 'ann', expiresInMs: null }
    assert.equal((await ask('POST /v1/tokens', { body })).body.token.person, 'ann')
    const made = await ledger.get('token', 'ci')
    assert.ok(made)
    const { person: _, ...old } = made.body
    await ledger.commit({ puts: [{ ...made, body: old }], events: [] })
    const { tokens } = (await ask('GET /v1/tokens')).body
    assert.deepEqual(
      tokens.map(({ name, person }: Record<string, string>) => `${name} of ${person}`),
      ['bootstrap of bootstrap', 'ci of ci', 'desk of ann'],
    )
  })

  it('have one name each, which is free again when they were revoked', async (t) => {
    const { ask, token } = await stage(t)
    await token('reader', 'ci')
    const body = { name: 'ci', role: 'reader', expiresInMs: null }
    refused(await ask('POST /v1/tokens', { body }), 409, 'conflict', /revoke it first$/)
    assert.deepEqual((await ask('DELETE /v1/tokens/ci')).body, { name: 'ci' })
    refused(await ask('DELETE /v1/tokens/ci'), 404, 'not-found', /^ci: there is no such token$/)
    assert.equal((await ask('POST /v1/tokens', { body })).status, 200)
  })

  it('leave one admin at least, whoever revokes whom at the same time', async (t) => {
    const home = await stage(t)
    const last = /^bootstrap: it is the last admin/
    refused(await home.ask('DELETE /v1/tokens/bootstrap'), 409, 'conflict', last)
    const other = await home.token('admin', 'second')
    await Promise.all([
      home.ask('DELETE /v1/tokens/second'),
      home.ask('DELETE /v1/tokens/bootstrap', { token: other }),
    ])
    const admins = (await home.ledger.list('token')).filter(({ body }) => body.role === 'admin')
    assert.equal(admins.length, 1)
  })

  it('that change something stand in the log by name, with the request', async (t) => {
    const { ask, logged } = await stage(t)
    const answer = await ask('DELETE /v1/workloads/train')
    const line = `${answer.headers.get('x-request-id')} bootstrap: deleteWorkload train, 404 in `
    assert.ok(
      logged.some((each) => each.startsWith(`info ${line}`)),
      logged.join('\n'),
    )
  })
})

describe('[AP21] the doctor', () => {
  async function found(
    t: Parameters<typeof stage>[0],
    sick: (home: Stage) => unknown,
    options: StageOptions = {},
  ) {
    const home = await stage(t, options)
    await sick(home)
    const { checks } = (await home.ask('GET /v1/doctor')).body
    const bad = checks.filter(({ ok }: { ok: boolean }) => !ok)
    return bad.map(({ name, text }: Record<string, string>) => `${name}: ${text}`)
  }

  it('finds nothing where all is well', async (t) => {
    assert.deepEqual(await found(t, () => {}), [])
  })

  it('sees the loop of the one that leads', async (t) => {
    const bad = await found(t, async (home) => {
      home.run()
      const turned = () => home.operator.health().lastTurnAt !== null
      await home.clock.until('a turn', 60_000, turned)
    })
    assert.deepEqual(bad, [])
  })

  it('tells what is wrong with the ledger', async (t) => {
    const instead = () => ({ verify: async () => ['event 7 was changed'] })
    assert.deepEqual(await found(t, () => {}, { instead }), ['ledger: event 7 was changed'])
  })

  it('tells a clock that is off', async (t) => {
    const [bad] = await found(t, () => {}, { aheadMs: 60_000 })
    assert.match(bad, /^clock: this machine's is (59|1m).* behind the ledger's$/)
  })

  it('tells suppliers that do not answer', async (t) => {
    const bad = await found(t, async (home) => {
      await home.draw('supplier acme')
      const body = { supplier: 'acme', since: 1, until: 2, said: 'it is closed' }
      await home.put({ kind: 'outage', id: 'acme', version: 0, live: true, body } as never)
    })
    assert.deepEqual(bad, ['supplier acme: it is closed'])
  })

  it('tells purchases without outcome, and rentals that serve nobody', async (t) => {
    const bad = await found(t, async (home) => {
      const unsure = lease('w.0.1', 0, 'unsure')
      await home.put({ ...unsure, body: { ...unsure.body, calls: 1, calledAt: 1 } } as never)
      await book(home, charge('r9', { account: 'waste', lease: null, to: null, amount: 0 }))
    })
    assert.deepEqual(bad, [
      'unsure leases: without outcome for long: w.0.1',
      'orphans: being given back: acme/r9',
    ])
  })

  it('does not wait for a check that takes for ever', async (t) => {
    let count = 0
    const never = new Promise<never>(() => {})
    const verify = () => {
      count += 1
      return never
    }
    const home = await stage(t, { instead: () => ({ verify }) })
    const asked = [home.ask('GET /v1/doctor'), home.ask('GET /v1/doctor')]
    let isAnswered = false
    const answers = Promise.all(asked).finally(() => {
      isAnswered = true
    })
    await home.clock.until('answers', 3_600_000, () => isAnswered)
    for (const { body } of await answers) {
      assert.equal(body.checks[0].text, 'it answers; its history is still checked')
    }
    assert.equal(count, 1)
  })
})
