/** The planner counts as the books do, whatever is listed late. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { accountFrom, bindingClauses } from '../../core/contracts/money/account.ts'
import { untouched } from '../../core/contracts/money/draw.ts'
import type { Charge } from '../../core/domain/charge.ts'
import { dayMs } from '../../core/domain/day.ts'
import { cutParts, paidPart } from '../../core/focus/parts.ts'
import { readContracts } from '../../core/spec/read.ts'
import type { Drawn } from '../memory.ts'
import { drawdownNow } from './marginals.ts'

const hour = 3_600_000
const start = Date.parse('2026-05-01')

const { contracts } = readContracts(
  [
    {
      file: 'msa.yaml',
      text: `
kind: Contract
name: msa
with: acme
form: MSA
bindingness: definitive
signed: 2026-05-01
from: 2026-05-01
to: 2027-05-01
source: letter
clauses:
  - { kind: take_or_pay, id: use, quantity: 8 accelerators, accelerator: H100, interval: hour,
      price_per_hour: 2.00, make_up_intervals: 30 }
  - { kind: spend_commit, id: spend, total: $9000, scope: { workload_kind: Job } }
  - { kind: prepay, id: ahead, form: prepay, amount: $2000, paid: 2026-05-02 }
`,
    },
  ],
  { canonical: (name) => name, knownAccelerators: ['H100'] },
)
const clauses = bindingClauses(contracts)

const rentals = fc.array(
  fc.record({
    accelerators: fc.integer({ min: 1, max: 16 }),
    from: fc.integer({ min: 0, max: 12 * 24 * 60 }),
    minutes: fc.integer({ min: 1, max: 8 * 24 * 60 }),
    /** So long after it happened we hear of it. */
    lateMinutes: fc.integer({ min: 0, max: 4 * 24 * 60 }),
  }),
  { maxLength: 8 },
)

function known(drawn: ReturnType<typeof charged>, now: number) {
  const heard = drawn.filter(({ charge, lateMs }) => charge.from + lateMs <= now)
  const isOver = ({ charge, lateMs }: (typeof drawn)[number]) => (charge.to ?? 0) + lateMs <= now
  return {
    open: heard.filter((each) => !isOver(each)).map(({ charge }) => ({ ...charge, to: null })),
    closed: heard.filter(isOver).map(({ charge }) => charge),
  }
}

function charged(drawn: readonly Readonly<Record<string, number>>[]) {
  return drawn.map(({ accelerators = 0, from = 0, minutes = 0, lateMinutes = 0 }, index) => {
    const begun = start + from * 60_000
    const workloadKind = index % 3 === 0 ? 'Service' : 'Job'
    const charge = {
      ...{ id: `acme/r${index}`, supplier: 'acme', workload: 'w', workloadKind },
      ...{ accelerator: 'H100', accelerators, pricePerHour: accelerators * 3_000_000 },
      ...{ from: begun, to: begun + minutes * 60_000 },
    } as unknown as Charge
    return { charge, lateMs: lateMinutes * 60_000 }
  })
}

/** Turn by turn the books say the same; how many turns went on from what an earlier day left. */
function turnByTurn(all: ReturnType<typeof charged>, stepMs: number, spanMs: number): number {
  let kept = 0
  const memory: { closed: Charge[]; drawn: Drawn | null } = { closed: [], drawn: null }
  const seen = new Set<string>()
  for (let now = start + hour / 2; now < start + spanMs; now += stepMs) {
    const { open, closed } = known(all, now)
    for (const charge of closed) {
      if (!seen.has(charge.id)) memory.closed.push(charge)
      seen.add(charge.id)
    }
    const before = memory.drawn
    const told = drawdownNow(clauses, {
      ...{ open, memory, now, contracts: 1, kindOf: () => undefined },
    })
    const parts = cutParts([...closed, ...open], { clauses, now })
    const paid = parts.map((part) => paidPart(part))
    assert.deepEqual(told, accountFrom(clauses, paid, untouched).drawdown)
    if (memory.drawn?.drawdown === before?.drawdown) kept += 1
  }
  return kept
}

it('[OP60] the planner counts what runs and what is closed as the books do, turn by turn', () => {
  let kept = 0
  fc.assert(
    fc.property(rentals, fc.integer({ min: 1, max: 40 }), (drawn, stepHours) => {
      kept += turnByTurn(charged(drawn), stepHours * hour, 16 * dayMs)
    }),
    { numRuns: 15 },
  )
  assert.ok(kept > 50, `${kept} turns went on from a day before`)
})

it('[OP60] within a day as well, where much is short and is heard of in another order', () => {
  const short = fc.record({
    accelerators: fc.integer({ min: 1, max: 16 }),
    from: fc.integer({ min: 0, max: 24 * 60 }),
    minutes: fc.integer({ min: 1, max: 90 }),
    lateMinutes: fc.integer({ min: 0, max: 120 }),
  })
  const many = fc.array(short, { minLength: 10, maxLength: 25 })
  fc.assert(
    fc.property(many, (drawn) => {
      turnByTurn(charged(drawn), hour / 4, 26 * hour)
    }),
    { numRuns: 15 },
  )
})
