/** `focus`, `invoice`, `contract rofr` and `burn-down` as people see them, on a scripted server. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import type { InvoiceReply } from '../../api/wire/money.ts'
import { type Answers, fakeServer, loggedIn, run } from '../stage.test.ts'

const day = (text: string) => Date.parse(text)

const right = {
  ...{ id: 'msa/first/train@rival/h100', clause: 'msa/first', holder: 'incumbent' },
  ...{ thirdParty: 'rival', about: '16 H100 in us at $2.00/h each', step: 'noticed', why: 'told' },
  ...{ deadline: day('2026-12-03'), freeUntil: null, acceleratorsFree: 0 },
}

const invoice = {
  ...{ supplier: 'rival', number: 'I7', from: day('2026-11-01'), to: day('2026-12-01') },
  ...{ lines: 7, billed: 48_000_000, importedAt: day('2026-12-02'), by: 'ann' },
}

const hour = 3_600_000

const plain = {
  ...{ clause: null, before: null, hours: null, ahead: 0, aboveRate: 0 },
  rates: [] as string[],
}

const comparison: InvoiceReply['comparison'] = [
  {
    ...{ ...plain, line: null, rental: '', clause: 'msa/use', verdict: 'not billed' },
    ...{ billed: 0, charged: 9_000_000 },
  },
  {
    ...{ ...plain, line: 2, rental: 'r2', verdict: 'dearer', billed: 25_000_000 },
    ...{ charged: 20_000_000, ahead: 3_000_000 },
    hours: { billed: 10, charged: 9, byHours: 2_222_222, byPrice: 2_777_778 },
  },
  {
    ...{ ...plain, line: 3, rental: 'r3', verdict: 'billed twice', before: 'INV-6' },
    ...{ billed: 7_000_000, charged: 0 },
  },
  {
    ...{ ...plain, line: 4, rental: 'r4', verdict: 'fewer hours' },
    ...{ billed: 8_000_000, charged: 9_000_000 },
    hours: { billed: 8, charged: 9, byHours: -1_000_000, byPrice: 0 },
  },
  {
    ...{ ...plain, line: 5, rental: 'r5', verdict: 'cheaper', aboveRate: 500_000 },
    ...{ billed: 1_000_000, charged: 2_000_000, rates: ['msa/rate'] },
  },
  {
    ...{ ...plain, line: 6, rental: 'r6', verdict: 'out of period' },
    ...{ billed: 1_000_000, charged: 1_000_000 },
  },
  { ...plain, line: 7, rental: '', verdict: 'tax', billed: 1_000_000, charged: 0 },
  { ...plain, line: 8, rental: 'r1', verdict: 'same', billed: 5_000_000, charged: 5_000_000 },
]

const answers: Answers = {
  rights: () => ({ rights: [right] }),
  notifyRight: () => ({
    ...{ to: 'incumbent', channel: 'letter', terms: { price_per_hour: '$2.00' }, digest: 'abc' },
    ...{ answerWithin: '10 days', right },
  }),
  decideRight: () => ({
    right: {
      ...right,
      step: 'free',
      deadline: null,
      freeUntil: day('2027-01-03'),
      why: 'no space',
    },
  }),
  burnDown: () => ({
    commitments: [
      {
        ...{ clause: 'order/spend', with: 'rival', kind: 'spend_commit', at: day('2027-07-16') },
        ...{ due: '1000000000000', used: '250000000000', shortfall: '750000000000' },
        ...{ neededPerDay: '3191000000', warns: true, wayOut: null, owed: '0', credits: null },
      },
      {
        ...{ clause: 'order/use', with: 'rival', kind: 'take_or_pay', at: day('2026-12-01') },
        ...{ due: '1000000', used: '0', shortfall: '0', neededPerDay: '0', warns: false },
        ...{ wayOut: null, owed: '0' },
        credits: { earnedHours: 420.2, usedHours: 100, expiredHours: 20.4, leftHours: 299.8 },
      },
    ],
  }),
  claims: () => ({
    claims: [
      {
        ...{
          clause: 'order/uptime',
          with: 'rival',
          from: day('2026-11-01'),
          to: day('2026-12-01'),
        },
        up: { countedMs: 720 * hour, downMs: 8 * hour, availabilityPpm: 988_888 },
        ...{ kind: 'sla_credit', isNear: true, proof: null },
        ...{ bill: '7200000000', credit: '720000000', deadline: day('2026-12-31') - 1 },
        evidence: ['r1: 1 of 10 machines did not do'],
        ...{ excluded: ['maintenance'], withheld: [], assumed: [] },
      },
      {
        ...{ clause: 'order/best', with: 'rival', from: day('2026-11-01'), to: day('2026-12-01') },
        ...{ kind: 'price', up: null, isNear: false, bill: '7200000000', credit: '90000000' },
        ...{ deadline: null, evidence: ['rival/r1: $90.00 above the best price'], excluded: [] },
        withheld: ['rival is not told the prices of ally-1 (ally-1/nda)'],
        ...{ assumed: [], proof: { digest: 'abc', nonce: 'secret' } },
      },
    ],
  }),
  focus: () => ({
    dataset: 'billing-period',
    rows: [
      {
        ...{ BillingPeriodCreated: '2026-11-01T00:00:00Z', BillingPeriodStatus: 'Open' },
        ...{ BillingPeriodStart: '2026-11-01T00:00:00Z', BillingPeriodEnd: '2026-12-01T00:00:00Z' },
        ...{ BillingPeriodLastUpdated: '2026-11-23T00:00:00Z', InvoiceIssuerName: 'rival, inc' },
      },
    ],
  }),
  takeInvoice: () => ({ invoice, comparison }),
  invoice: ({ params: { number } }) => ({
    invoice,
    comparison: number === 'I8' ? comparison.slice(-1) : comparison,
  }),
}

async function says(t: TestContext, ...args: string[]) {
  const server = await fakeServer(t, answers)
  const done = await run(args, { env: loggedIn(server) })
  return { ...done, asked: server.asked.at(-1) }
}

describe('contract rofr', () => {
  it('shows cases, and what may leave the house', async (t) => {
    const { stdout } = await says(t, 'contract', 'rofr', 'list')
    assert.match(stdout, /^CASE .*\nmsa\/first\/train@rival\/h100 +noticed +incumbent .*2026-12-03/)
    const told = await says(t, 'contract', 'rofr', 'notice', right.id, '--proof', 'receipt')
    assert.equal(
      told.stdout,
      `to incumbent, by letter:
  price per hour: $2.00
  answer within 10 days (2026-12-03)
  SHA-256 of all terms: abc
`,
    )
  })

  it('writes what was decided, with what it needs', async (t) => {
    const done = await says(t, 'contract', 'rofr', 'decide', right.id, 'decline')
    assert.match(done.stdout, / is free, until 2027-01-03: no space\n$/)
    assert.deepEqual(done.asked?.body, { id: right.id, move: { event: 'decline' } })
    const half = await says(t, 'contract', 'rofr', 'decide', right.id, 'take')
    assert.deepEqual([half.exitCode, half.stderr], [2, 'calumet: take needs --accelerators\n'])
    const part = ['decide', right.id, 'take', '--accelerators', '8']
    const taken = await says(t, 'contract', 'rofr', ...part)
    assert.deepEqual(taken.asked?.body, {
      id: right.id,
      move: { event: 'take', accelerators: 8 },
    })
  })
})

describe('money', () => {
  it('tells what may be claimed, and drafts the claim', async (t) => {
    const { stdout } = await says(t, 'contract', 'claims')
    assert.match(
      stdout,
      /order\/uptime +rival +2026-11 +98\.8888 % +\$7,200\.00 +\$720\.00 +2026-12-30/,
    )
    const draft = await says(t, 'contract', 'claim', 'order/uptime', '2026-11')
    assert.equal(
      draft.stdout,
      `to rival, under order/uptime, 2026-11-01T00:00:00Z to 2026-12-01T00:00:00Z:
  available: 98.8888 %, down 8.00 of 720.00 machine-hours
  credit: $720.00 of the bill of $7,200.00
  claimed until: 2026-12-30T23:59:59Z
  - r1: 1 of 10 machines did not do

before you send it: record any maintenance
`,
    )
    const best = await says(t, 'contract', 'claim', 'order/best', '2026-11')
    assert.equal(
      best.stdout,
      `to rival, under order/best, 2026-11-01T00:00:00Z to 2026-12-01T00:00:00Z:
  credit: $90.00 of the bill of $7,200.00
  SHA-256 of what was compared: abc
  - rival/r1: $90.00 above the best price

before you send it: know what was left out: rival is not told the prices of ally-1 (ally-1/nda)
before you send it: keep secret, which proves the SHA-256 to an auditor
`,
    )
    const none = await says(t, 'contract', 'claim', 'order/uptime', '2026-10')
    assert.match(
      none.stderr,
      /nothing was rented under order\/uptime in 2026-10; there are .*2026-11/,
    )
  })

  it('burns commitments down', async (t) => {
    const { stdout } = await says(t, 'contract', 'burn-down')
    assert.match(stdout, /order\/spend +rival +2027-07-16 +\$1M +\$250,000\.00 +- +\$750,000\.00/)
    assert.match(stdout, /order\/use .* 300 of 420 h, 20 lost/)
  })

  it('exports what it can check itself', async (t) => {
    const { stdout } = await says(t, 'focus', 'export', 'billing-period', '--month', '2026-11')
    assert.match(stdout, /"rival, inc"/)
    const path = join(tmpdir(), `calumet-focus-${process.pid}.csv`)
    writeFileSync(path, stdout)
    const good = await run(['focus', 'check', 'billing-period', path], {})
    assert.deepEqual([good.exitCode, good.stderr], [0, ''])
    writeFileSync(path, stdout.replace('Open', 'Ajar'))
    const bad = await run(['focus', 'check', 'billing-period', path], {})
    assert.equal(bad.exitCode, 2)
    assert.match(bad.stdout, /2 +BillingPeriodStatus +Ajar +one of Open, Closed/)
    const against = ['focus', 'check', 'billing-period', path, '--invoices', path]
    const odd = await run(against, {})
    assert.deepEqual([odd.exitCode, odd.stdout], [2, ''])
    assert.match(odd.stderr, /--invoices is for cost-and-usage/)
    const wrong = await says(t, 'focus', 'export', 'billing-period', '--month', 'May')
    assert.match(wrong.stderr, /Expected a month such as 2026-11/)
  })

  it('tells which lines of an invoice do not agree, and why', async (t) => {
    const path = join(tmpdir(), `calumet-invoice-${process.pid}.csv`)
    writeFileSync(path, 'invoice\n')
    const { stdout, exitCode } = await says(t, 'invoice', 'import', path, '--supplier', 'rival')
    assert.equal(exitCode, 0)
    assert.equal(
      stdout,
      `invoice I7 of rival, 2026-11-01 to 2026-12-01: billed $48.00, owed $37.00, \
not billed $9.00; 6 of 7 lines do not agree

LINE  RENTAL OR CLAUSE  VERDICT        BILLED    OWED    MORE  WHY
   -  msa/use           not billed      $0.00   $9.00  -$9.00  -
   2  r2                dearer         $25.00  $20.00   $5.00  10.00 h, not 9.00 h; $2.50 an hour, \
not $2.22; $3.00 of it was paid ahead
   3  r3                billed twice    $7.00   $0.00   $7.00  asked for on INV-6
   4  r4                fewer hours     $8.00   $9.00  -$1.00  8.00 h, not 9.00 h
   5  r5                cheaper         $1.00   $2.00  -$1.00  $0.50 was charged above msa/rate; \
it tells no hours
   6  r6                out of period   $1.00   $1.00   $0.00  about another time than the invoice
   7  (none)            tax             $1.00   $0.00   $1.00  -
`,
    )
  })

  it('exits with 1 where a line does not agree, and tells it all as JSON', async (t) => {
    const compare = (...args: string[]) => says(t, 'invoice', 'compare', 'rival', ...args)
    assert.equal((await compare('I7')).exitCode, 1)
    const same = await compare('I8')
    assert.equal(same.exitCode, 0)
    assert.match(same.stdout, /: billed \$48\.00, owed \$5\.00; all 1 lines agree\n$/)
    const told = await compare('I7', '--json')
    assert.deepEqual([told.exitCode, JSON.parse(told.stdout)], [1, { invoice, comparison }])
  })
})
