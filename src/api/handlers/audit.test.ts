/** The audit over a ledger, as a client sees it. */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { event } from '../../core/domain/event.ts'
import { type Stage, type StageOptions, stage } from '../stage.test.ts'
import type { AuditReply } from '../wire.ts'

async function audit(
  t: TestContext,
  prepare: (home: Stage) => unknown,
  options: StageOptions = {},
) {
  const home = await stage(t, options)
  await prepare(home)
  let isAnswered = false
  const asked = home.ask('GET /v1/audit').finally(() => {
    isAnswered = true
  })
  await home.clock.until('an answer', 3_600_000, () => isAnswered)
  return (await asked).body as AuditReply
}

const started = (epoch: number) => event('run.started', { run: 'w.0' }, { epoch, lease: 'w.0.1' })

function told({ violations }: AuditReply) {
  return violations.map(({ invariant, name, text }) => `${invariant} ${name}: ${text}`)
}

describe('[AP26] the audit', () => {
  it('holds all invariants that its witnesses allow', async (t) => {
    const { invariants, violations, silent } = await audit(t, ({ draw }) => draw('supplier acme'))
    assert.deepEqual([violations, silent], [[], []])
    const open = invariants.filter(({ checked }) => !checked).map(({ name }) => name)
    assert.deepEqual(open, [
      'no split brain',
      'no lost submission',
      'budget',
      'budgets of spans',
      'placement',
      'trust',
      'preferred overflow',
      'isolation',
      'done is done',
    ])
    assert.ok(invariants.length - open.length > 12)
  })

  it('names what the history breaks', async (t) => {
    const reply = await audit(t, ({ ledger }) =>
      ledger.commit({ puts: [], events: [started(2), started(1)] }),
    )
    assert.deepEqual(told(reply), ['I7 epochs rise: w.0 started epoch 1 after epoch 2'])
    const rise = reply.invariants.find(({ name }) => name === 'epochs rise')
    assert.deepEqual([rise?.checked, rise?.faults], [true, 1])
  })

  it('compares with what suppliers list', async (t) => {
    const reply = await audit(t, async (home) => {
      await home.draw('supplier acme')
      home.acme.distort = (listing) => ({
        ...listing,
        rentals: [
          {
            ...{ id: 'r1', owner: home.ledger.installation, key: 'c-nobody', offer: 'h100x8' },
            ...{ nodes: [], state: 'running', pricePerHour: 1, startedAt: 1 },
            ...{ endedAt: null, noticeUntil: null },
          },
        ],
      })
    })
    assert.equal(reply.rentals, 1)
    assert.deepEqual(told(reply), [
      'I1 no leak: acme has r1 running since 1, of nobody',
      'I3 intent first: r1 carry the key c-nobody, which no lease has',
    ])
  })

  it('says which supplier is silent, and concludes nothing from that', async (t) => {
    const { silent, violations, rentals } = await audit(t, async (home) => {
      await home.draw('supplier acme')
      home.acme.away = true
    })
    assert.deepEqual([violations, rentals], [[], 0])
    assert.deepEqual(
      silent.map(({ supplier }) => supplier),
      ['acme'],
    )
  })

  it('reads a long history in pages, once however many ask', async (t) => {
    const pages: number[] = []
    const home = await stage(t, {
      instead: (ledger) => ({
        events(query) {
          pages.push(query.after ?? 0)
          return ledger.events(query)
        },
      }),
    })
    const events = Array.from({ length: 2_500 }, (_, index) => started(index + 1))
    await home.ledger.commit({ puts: [], events })
    const before = (await home.ledger.events({ after: 0, limit: 1 }))[0]?.seq ?? 0
    pages.length = 0
    let count = 0
    const asked = [home.ask('GET /v1/audit'), home.ask('GET /v1/audit')].map((answer) =>
      answer.finally(() => {
        count += 1
      }),
    )
    await home.clock.until('both answers', 3_600_000, () => count === 2)
    const [one, other] = await Promise.all(asked)
    assert.deepEqual(one?.body, other?.body)
    assert.ok(one?.body.events >= 2_500)
    assert.deepEqual(pages, [0, 999 + before, 1_999 + before])
  })
})
