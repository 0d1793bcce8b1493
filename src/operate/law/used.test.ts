/** How far commitments are used, without any part of a rental being kept. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import type { Charge } from '../../core/domain/charge.ts'
import { dayMs } from '../../core/domain/day.ts'
import { readContracts } from '../../core/spec/read.ts'
import type { Snapshot } from '../../ports/ledger.ts'
import { accountOf, burnDownView, partsOf, usedOf } from './money.ts'

const hour = 3_600_000
const start = Date.parse('2026-05-01')
const now = start + 40 * dayMs + hour / 2

const text = `
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
      price_per_hour: 2.00, make_up_intervals: 30, to: 2026-06-01 }
  - { kind: take_or_pay, id: more, quantity: 4 accelerators, accelerator: H100, interval: month,
      price_per_hour: 2.00 }
  - { kind: spend_commit, id: spend, total: $9000, scope: { workload_kind: Job } }
  - { kind: prepay, id: ahead, form: prepay, amount: $2000, paid: 2026-05-02 }
`
const names = { canonical: (name: string) => name, knownAccelerators: ['H100'] }
const { contracts } = readContracts([{ file: 'msa.yaml', text }], names)

function rental(id: number, accelerators: number, [from, to]: [number, number | null]): Charge {
  const workloadKind = id % 2 ? 'Service' : 'Job'
  return {
    ...{ id: `acme/r${id}`, supplier: 'acme', workload: 'w', workloadKind },
    ...{ accelerator: 'H100', accelerators, pricePerHour: accelerators * 3_000_001 },
    ...{ from: start + from * hour, to: to === null ? null : start + to * hour },
  } as unknown as Charge
}

const charges = [
  rental(1, 6, [0, 30]),
  rental(2, 20, [30.5, 400.2]),
  rental(3, 8, [100, null]),
  rental(4, 3, [800.1, null]),
]
const rows = { contract: contracts.map((body) => ({ body })), exercise: [], workload: [] }
const charged = { snapshot: { now, rows } as unknown as Snapshot, charges }

interface Told {
  readonly clause: string
  readonly hours: number
  readonly amount: bigint
  readonly madeUp: bigint | null
}

function sums(told: readonly Told[]) {
  return [...Map.groupBy(told, ({ clause }) => clause)].sort().map(([clause, all]) => {
    const hours = Math.round(all.reduce((sum, each) => sum + each.hours, 0) * 1_000)
    const amount = all.reduce((sum, each) => sum + each.amount, 0n)
    return [clause, hours, amount, all.reduce((sum, each) => sum + (each.madeUp ?? 0n), 0n)]
  })
}

it('[OP62] what was taken of commitments comes to what every part of a rental drew', async () => {
  const { draws, drawdown } = accountOf(charged, partsOf(charged))
  const used = await usedOf(charged)
  assert.deepEqual(used.drawdown, drawdown)
  assert.deepEqual(sums(used.taken), sums(draws))
  const at = (told: readonly (Told & { readonly at: number })[]) => {
    return [...Map.groupBy(told, (each) => each.at)]
      .sort(([a], [b]) => a - b)
      .map(([moment, all]) => {
        return [moment, sums(all)]
      })
  }
  assert.deepEqual(at(used.taken), at(draws))
  const names = (await burnDownView(charged)).map(({ clause }) => clause)
  assert.deepEqual([...new Set(names)], ['msa/ahead', 'msa/more', 'msa/spend', 'msa/use'])
})

it('[OP62] whoever leads has a turn each day that is gone through', async () => {
  let turns = 0
  let next: NodeJS.Immediate
  const lead = () => {
    turns += 1
    next = setImmediate(lead)
  }
  lead()
  await usedOf({ ...charged, pause: () => turn() }).finally(() => clearImmediate(next))
  assert.ok(turns > 30, `${turns} turns in 40 days`)
})
