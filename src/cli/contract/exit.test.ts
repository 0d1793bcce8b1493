/** `contract exit`, over a scripted server. */
import assert from 'node:assert/strict'
import { it, type TestContext } from 'node:test'
import type { ExitView, LeavingView } from '../../api/wire/delivery.ts'
import { type Answers, fakeServer, loggedIn, run } from '../stage.test.ts'

const day = (text: string) => Date.parse(text)

type Why = LeavingView['because'][number]['why']

const start: LeavingView = {
  ...{ at: day('2026-01-01'), because: [{ why: 'today', clause: 'msa/end' }], isCheapest: false },
  ...{ remaining: '24000000000', fee: '12000000000', back: '0', before: '0' },
  ways: [
    { way: 'resale', costs: '9600000000' },
    { way: 'leave', costs: '12000000000' },
  ],
  total: '9600000000',
}

function point(at: string, why: Why, more: Partial<LeavingView> = {}): LeavingView {
  return { ...start, at: day(at), because: [{ why, clause: 'msa/block' }], ...more }
}

const end: ExitView = {
  ...{ clause: 'msa/end', with: 'rival', remaining: '24000000000', fee: '12000000000' },
  ...{ owed: '1000000', noticeBy: day('2026-12-31'), assignment: 'consent', assumed: [] },
  curve: [],
}

async function says(t: TestContext, exits: ExitView[], ...args: string[]) {
  const answers: Answers = { exits: () => ({ exits }) }
  const server = await fakeServer(t, answers)
  return run(['contract', 'exit', ...args], { env: loggedIn(server) })
}

it('tells what leaving costs, where that is known', async (t) => {
  const open = { ...end, remaining: null, fee: null, owed: '0' }
  const { stdout } = await says(t, [open])
  assert.match(stdout, /msa\/end +rival +- +- +\$0\.00 +2026-12-31 +- +with consent/)
  assert.equal(stdout.split('\n').length, 3)
})

it('tells each way out by day, and marks the day on which it is cheapest', async (t) => {
  const cheap = point('2026-02-01', 'payment', { isCheapest: true })
  const both = [
    { why: 'interval' as const, clause: 'msa/block' },
    { why: 'end' as const, clause: 'msa/end' },
  ]
  const exits = [{ ...end, curve: [start, cheap, { ...start, because: both }] }]
  const { stdout } = await says(t, exits, 'msa')
  assert.match(stdout, /\$12,000\.00 +\$1\.00 +2026-12-31 +2026-02-01 +with consent/)
  const rows = stdout.split('\n').filter((line) => /^(OF|msa\/end +2026)/.test(line))
  assert.deepEqual(
    rows.map((line) => line.trim().split(/ {2,}/).slice(2, 7)),
    [
      ['BECAUSE', 'STILL TO PAY', 'LEAVING', 'CANCELLED', 'RESOLD'],
      ['today', '$24,000.00', '$12,000.00', '-', '$9,600.00'],
      ['paid ahead', '$24,000.00', '$12,000.00', '-', '$9,600.00'],
      ['an interval ends, its end', '$24,000.00', '$12,000.00', '-', '$9,600.00'],
    ],
  )
  assert.match(rows[2] ?? '', /\$9,600\.00 +here$/)
  assert.equal((await says(t, exits, 'other')).stdout, 'no agreement says how it ends\n')
})

it('tells some of many ends of intervals, every other day, and all of them as JSON', async (t) => {
  const months = Array.from({ length: 30 }, (_, month) => {
    return point(new Date(Date.UTC(2026, month + 1)).toISOString().slice(0, 10), 'interval')
  })
  const exits = [{ ...end, curve: [start, ...months, point('2028-08-01', 'end')] }]
  const { stdout } = await says(t, exits)
  const told = stdout.split('\n').filter((line) => /^msa\/end +20/.test(line))
  // Of thirty months every fourth, and the two days that are not like them.
  assert.equal(told.length, 7 + 2)
  assert.match(stdout, /\n23 more ends of intervals with --json\n$/)
  const json = await says(t, exits, '--json')
  assert.equal(JSON.parse(json.stdout).exits[0].curve.length, 32)
})
