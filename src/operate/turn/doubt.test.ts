/** Two chips, what each costs for the work of an H100, and how sure the table is of them. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Offer } from '../../core/domain/offer.ts'
import type { Reason } from '../../core/domain/reason.ts'
import type { Alternative, Workload } from '../../core/domain/workload.ts'
import { withDoubts } from './doubt.ts'

function offer(accelerator: string): Offer {
  return {
    ...{ id: accelerator, supplier: 'acme', accelerator, perNode: 8, region: 'here' },
    ...{ market: 'on-demand', pricePerHour: 1, stock: { kind: 'unknown' }, observedAt: 0 },
  }
}

function wish(accelerator: string, throughput: number | null): Alternative {
  return { accelerator, perNode: 8, nodes: 1, throughput }
}

/** By how much the dearer one may seem so and not be. */
function doubt(
  [first, other]: readonly [string, string],
  dearerBy: number,
  throughput: number | null = null,
  ...more: readonly Reason[]
): number | null {
  const [why, price] = [{ run: 'a.0' }, { pricePerHour: 8 }]
  const told: readonly Reason[] = [
    { ...why, ...price, why: 'chosen', offer: `acme/${first}`, pricePerWork: 100, outOf: 2 },
    {
      ...{ ...why, ...price, why: 'dearer', offer: `acme/${other}`, than: `acme/${first}` },
      pricePerWork: 100 + dearerBy,
    },
    ...more,
  ]
  const resources = [wish(first, throughput), wish(other, throughput)]
  const [, dearer] = withDoubts(told, {
    offers: [offer(first), offer(other)],
    workloadOf: () => ({ resources }) as unknown as Workload,
  })
  return dearer?.why === 'dearer' && dearer.offBy !== undefined ? dearer.offBy : null
}

it('[OP73] what is dearer by less than the table may be off could as well be cheaper', () => {
  assert.equal(doubt(['H100', 'H200'], 14)?.toFixed(2), '0.15')
  assert.equal(doubt(['H200', 'H100'], 17)?.toFixed(3), '0.176')
})

it('[OP73] what is dearer by more is, and so it is where work was stated or learnt', () => {
  assert.equal(doubt(['H100', 'H200'], 16), null)
  assert.equal(doubt(['H100', 'H200'], 1, 8), null)
  const shape = { accelerator: 'H200', perNode: 8, nodes: 1 }
  const learnt = { run: 'a.0', why: 'learnt', ...shape, share: 1, fromMs: 3_600_000 } as const
  assert.equal(doubt(['H100', 'H200'], 1, null, learnt), null)
})

it('[OP73] of one chip nothing is in doubt', () => {
  assert.equal(doubt(['L4', 'L4'], 1), null)
})
