/** What is known of suppliers, and for how long it counts. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { SupplierSpec } from '../core/domain/supplier.ts'
import type { Supplier } from '../ports/supplier.ts'
import { virtualClock } from '../testing/virtual-clock.ts'
import { defaultSettings } from './settings.ts'
import { watch } from './watch.ts'

const acme: SupplierSpec = {
  ...{ name: 'acme', generation: 1, driver: 'paper', url: '', tokenFrom: null, buying: true },
  promises: { class: 'A', lateEffectMs: 0, listLagMs: 0 },
}

it('[OP48] a supplier that is known to answer counts as silent once it did not twice', async () => {
  const clock = virtualClock()
  const answers: boolean[] = []
  const socket = {
    async list() {
      if (answers.shift() === false) throw new Error('the connection broke')
      return { complete: true, rentals: [] }
    },
    offers: async () => [],
  } as unknown as Supplier
  const settings = { ...defaultSettings, serverUrl: '' }
  const onNews = () => eyes.poll([acme], 0)
  const eyes = watch({ installation: 'us', open: () => socket, clock, settings, onNews })
  const looked = async (...next: readonly boolean[]) => {
    answers.push(...next)
    eyes.relist('acme')
    eyes.poll([acme], 0)
    const done = () => answers.length === 0 && eyes.knows('acme')
    await clock.until('it was looked at', 60_000, done)
    await new Promise(setImmediate)
    return eyes.outages().map(({ said }) => said)
  }
  assert.deepEqual(await looked(false), ['the connection broke'])
  assert.deepEqual(await looked(true), [])
  assert.deepEqual(await looked(false, true), [])
  assert.deepEqual(await looked(false, false), ['the connection broke'])
  assert.deepEqual(await looked(false), ['the connection broke'])
})

it('[OP26] whoever leads anew has seen nobody, and looks again before it buys', async () => {
  const clock = virtualClock()
  const offer = {
    ...{ id: 'h100', supplier: 'acme', accelerator: 'H100', perNode: 8, region: 'here' },
    ...{ market: 'on-demand', pricePerHour: 8_000_000, stock: { kind: 'unknown' }, observedAt: 0 },
  }
  let news = 0
  const socket = {
    list: async () => ({ complete: true, rentals: [] }),
    offers: async () => [offer],
  } as unknown as Supplier
  const eyes = watch({
    installation: 'us',
    open: () => socket,
    clock,
    settings: { ...defaultSettings, serverUrl: '' },
    onNews: () => {
      news += 1
    },
  })
  const looked = async (times: number) => {
    eyes.poll([acme], 0)
    await clock.until('it was looked at', 60_000, () => news === times)
    return [eyes.knows('acme'), eyes.offers().length]
  }
  assert.deepEqual(await looked(1), [true, 1])
  eyes.forget()
  assert.deepEqual([eyes.knows('acme'), eyes.offers(), eyes.takeSightings()], [false, [], []])
  assert.deepEqual(await looked(2), [true, 1])
})

it('[OP49] what a supplier quoted last is shown while it is silent, and not sold', async () => {
  const clock = virtualClock()
  let isAway = false
  const offer = {
    ...{ id: 'h100', supplier: 'acme', accelerator: 'H100', perNode: 8, region: 'here' },
    ...{ market: 'on-demand', pricePerHour: 8_000_000, stock: { kind: 'unknown' }, observedAt: 0 },
  }
  const socket = {
    async list() {
      if (isAway) throw new Error('the connection broke')
      return { complete: true, rentals: [] }
    },
    offers: async () => [offer],
  } as unknown as Supplier
  const settings = { ...defaultSettings, serverUrl: '' }
  const eyes = watch({ installation: 'us', open: () => socket, clock, settings, onNews: () => {} })
  const shown = async (until: () => boolean, now: number) => {
    await clock.until('it was looked at', 60_000, () => {
      eyes.poll([acme], now)
      return until()
    })
    const both = [eyes.offers(), eyes.staleOffers()]
    return both.map((all) => all.map(({ observedAt }) => observedAt))
  }
  assert.deepEqual(await shown(() => eyes.offers().length > 0, 7), [[7], []])
  isAway = true
  assert.deepEqual(await shown(() => eyes.outages().length > 0, 8), [[], [7]])
  isAway = false
  assert.deepEqual(await shown(() => eyes.outages().length === 0, 9), [[9], []])
  eyes.poll([], 10)
  assert.deepEqual([eyes.offers(), eyes.staleOffers()], [[], []])
})
