/**
 * The rules of metering: a rental as listed, who owned it, what is charged.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { costOf } from '../domain/money.ts'
import type { Rental } from '../domain/rental.ts'
import { charge, type Owner } from './charges.ts'

const owner: Owner = {
  id: 'train.0.1',
  workload: 'train',
  run: 'train.0',
  accelerator: 'H100',
  perNode: 8,
  nodes: 2,
  region: 'us',
  market: 'on-demand',
  rental: 'r1',
}

function rental(changes: Partial<Rental> = {}): Rental {
  const tag = { owner: 'us', key: 'k1', offer: 'h100x8', nodes: [], noticeUntil: null }
  const terms = { pricePerHour: 7_200_000, startedAt: 1_000, endedAt: null }
  return { id: 'r1', state: 'running', ...tag, ...terms, ...changes }
}

it('[MT1] opens one charge a rental, at the supplier’s time', () => {
  const opened = charge('acme', rental(), owner, null)
  assert.equal(opened?.charge.id, 'acme/r1')
  assert.deepEqual(
    [opened?.charge.from, opened?.charge.to, opened?.charge.amount],
    [1_000, null, 0],
  )
  assert.equal(opened?.charge.accelerators, 16)
  assert.deepEqual(
    opened?.events.map(({ kind }) => kind),
    ['charge.opened'],
  )
  assert.equal(charge('acme', rental(), owner, opened?.charge ?? null), null, 'and only one')
})

it('[MT8] says whose work it was for, and of which kind, for as long as there are charges', () => {
  const told = (more: Partial<Owner>) => {
    const { team, product, workloadKind } = charge('acme', rental(), { ...owner, ...more }, null)
      ?.charge ?? { team: 'none' }
    return [team, product, workloadKind]
  }
  const known = { team: 'nlp', product: 'chat', workloadKind: 'Service' } as const
  assert.deepEqual(told(known), ['nlp', 'chat', 'Service'])
  // Leases of earlier versions do not tell.
  assert.deepEqual(told({}), [undefined, undefined, undefined])
})

it('[MT2] closes it once', () => {
  const opened = charge('acme', rental(), owner, null)?.charge ?? null
  const over = rental({ state: 'ended', endedAt: 2_000 })
  const closed = charge('acme', over, owner, opened)
  assert.deepEqual(
    closed?.events.map(({ kind }) => kind),
    ['charge.closed'],
  )
  assert.equal(closed?.charge.amount, 2_000)
  assert.equal(charge('acme', over, owner, closed?.charge ?? null), null)
  const atOnce = charge('acme', over, owner, null)
  assert.deepEqual(
    atOnce?.events.map(({ kind }) => kind),
    ['charge.opened', 'charge.closed'],
  )
})

it('[MT3] charges what no lease owned as waste', () => {
  assert.equal(charge('acme', rental(), owner, null)?.charge.account, 'usage')
  assert.equal(charge('acme', rental({ id: 'r2' }), owner, null)?.charge.account, 'waste')
  assert.equal(charge('acme', rental(), null, null)?.charge.account, 'waste')
})

it('[MT4] is exact to the micro-dollar', () => {
  assert.equal(costOf(1, 1_799_999), 0)
  assert.equal(costOf(1, 1_800_000), 1)
  const price = fc.integer({ min: 0, max: 1_000_000_000 })
  const span = fc.integer({ min: 0, max: 10 * 365 * 86_400_000 })
  fc.assert(
    fc.property(price, span, (perHour, ms) => {
      const exact = (BigInt(perHour) * BigInt(ms) * 2n + 3_600_000n) / 7_200_000n
      assert.equal(BigInt(costOf(perHour, ms)), exact)
    }),
  )
})
