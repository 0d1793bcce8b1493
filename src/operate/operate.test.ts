/**
 * The rules of the loop, on a real ledger, with suppliers on paper and a clock that jumps.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Spec } from '../core/domain/spec.ts'
import type { AcquireRequest } from '../ports/supplier.ts'
import { buys, house, job, minute, remove, states, supplier } from './stage.test.ts'
import { withdraw } from './withdraw.ts'

describe('the loop', () => {
  it('[OP1] buys what is demanded, starts it, and gives it back', async () => {
    const home = await house()
    home.lead()
    await home.apply(job('train'))
    await home.until('a ready lease', buys(home, 'train.0.1 acme ready'))
    await home.until('a running gang', async () => {
      const run = await home.ledger.get('run', 'train.0')
      return run?.body.state === 'running' && run.body.epoch === 1
    })
    assert.deepEqual([home.acme.orders.length, home.acme.stock], [1, 2])
    await remove(home, 'train')
    await home.until('the end', async () => {
      const row = await home.ledger.get('workload', 'train')
      return row?.body.state === 'deleted'
    })
    assert.equal(await states(home), 'train.0.1 acme gone')
    assert.equal(home.acme.stock, 4)
  })

  it('[OP2] sends the same key again after a lost answer', async () => {
    const home = await house()
    home.acme.mishaps.push({ kind: 'reply-lost' }, { kind: 'request-lost' })
    home.lead()
    await home.apply(job('train'))
    await home.until('a ready lease', buys(home, 'train.0.1 acme ready'))
    assert.equal(new Set(home.acme.orders).size, 1)
    assert.equal(home.acme.rentals.length, 1)
  })

  it('[OP2] outlives a call that never ends', async () => {
    const home = await house()
    home.acme.mishaps.push({ kind: 'never-answers' })
    home.lead()
    await home.apply(job('train'))
    await home.until('a ready lease', buys(home, 'train.0.1 acme ready'))
    assert.equal(home.acme.rentals.length, 1)
  })

  it('[OP3] waits for listings where keys mean nothing', async () => {
    const home = await house('C')
    home.acme.mishaps.push({ kind: 'request-lost' })
    home.lead()
    const from = home.clock.wallMs()
    await home.apply(job('train'))
    await home.until('a second attempt', buys(home, 'train.0.1 acme gone, train.0.2 acme ready'))
    assert.ok(home.clock.wallMs() - from > 25_000, 'not before the first could have shown')
    assert.equal(home.acme.orders.length, 2)
    assert.equal((await home.leases())[0]?.end, 'absent')
  })

  it('[OP4] adopts what a dead control plane bought', async () => {
    const home = await house()
    home.acme.mishaps.push({ kind: 'never-answers' })
    const first = home.lead()
    await home.apply(job('train'))
    await home.until('a purchase under way', () => home.acme.rentals.length === 1)
    first.kill()
    home.lead('second')
    await home.until('a ready lease', buys(home, 'train.0.1 acme ready'))
    assert.equal(home.acme.rentals.length, 1)
  })

  it('[OP5] goes elsewhere when it is refused', async () => {
    const home = await house()
    home.acme.mishaps.push({ kind: 'refuse', as: 'no-stock' })
    home.lead()
    await home.apply(job('train'))
    await home.until('a lease', buys(home, 'train.0.1 acme gone, train.0.2 bolt ready'))
    const pool = await home.ledger.get('pool', 'acme/h100x8')
    assert.equal(pool?.body.refusals, 1)
    const refusals = (await home.ledger.events({})).filter(({ kind }) => kind === 'lease.refused')
    assert.equal(refusals[0]?.facts.kind, 'no-stock')
  })

  it('[OP8] is led by one control plane at a time', async () => {
    const home = await house()
    const first = home.lead('first')
    home.lead('second')
    await home.apply(job('train'))
    await home.until('a ready lease', buys(home, 'train.0.1 acme ready'))
    first.kill()
    await home.apply(job('more', 1))
    const both = 'more.0.1 acme ready, train.0.1 acme ready'
    await home.until('a second lease', buys(home, both))
    const events = await home.ledger.events({ limit: 1_000 })
    assert.equal(events.filter(({ kind }) => kind === 'lease.asked').length, 2)
  })

  it('[OP9] buys around a supplier that went away in a call', async () => {
    const home = await house()
    home.acme.mishaps.push({ kind: 'reply-lost' })
    home.lead()
    await home.apply(job('train'))
    await home.until('an unsure lease', buys(home, 'train.0.1 acme unsure'))
    home.acme.away = true
    await home.until('a lease elsewhere', buys(home, 'train.0.1 acme unsure, train.0.2 bolt ready'))
    home.acme.away = false
    await home.until('its return', buys(home, 'train.0.1 acme gone, train.0.2 bolt ready'))
    assert.equal(home.acme.rentals[0]?.state, 'ended')
  })

  it('[OP14] goes on when what was over comes back: an outage, an offer that rests', async () => {
    const home = await house()
    home.lead()
    for (const round of [1, 2]) {
      home.acme.away = true
      await home.until(`outage ${round}`, async () => {
        return (await home.ledger.get('outage', 'acme'))?.live === true
      })
      home.acme.away = false
      await home.until(`its end ${round}`, async () => {
        return (await home.ledger.get('outage', 'acme'))?.live === false
      })
      home.acme.mishaps.push({ kind: 'refuse', as: 'no-stock' })
      home.bolt.mishaps.push({ kind: 'refuse', as: 'no-stock' })
      await home.apply(job(`train-${round}`))
      await home.until('a lease', async () => (await states(home)).includes(' ready'))
      await remove(home, `train-${round}`)
      await home.until('its end', async () => !(await states(home)).includes(' ready'))
    }
  })

  it('[OP15] takes a workload back once', async () => {
    const home = await house()
    await home.apply(job('train'))
    await remove(home, 'train')
    await remove(home, 'train')
    const told = (await home.ledger.events({})).filter(({ kind }) => kind === 'workload.deleting')
    assert.equal(told.length, 1)
    assert.deepEqual(await withdraw(home.ledger, 'nobody'), { outcome: 'not-found' })
  })

  it('[OP10] asks nobody whom a new rule forbids', async () => {
    const home = await house()
    home.acme.mishaps.push({ kind: 'request-lost' })
    home.lead()
    await home.apply(job('train'))
    await home.until('an unsure lease', buys(home, 'train.0.1 acme unsure'))
    const deny = { pricePerHourMax: null, suppliersAllowed: null, suppliersDenied: ['acme'] }
    const policy = { name: 'no-acme', generation: 0, ...deny, moveWhenCheaperBy: 0.25 }
    await home.apply({ kind: 'Policy', spec: policy })
    const orders = home.acme.orders.length
    await home.until('a lease elsewhere', async () =>
      (await states(home)).includes('train.0.2 bolt ready'),
    )
    assert.equal(home.acme.orders.length, orders)
  })

  it('[OP11] charges every rental once', async () => {
    const home = await house()
    home.lead()
    await home.apply(job('train'))
    await home.until('a ready lease', buys(home, 'train.0.1 acme ready'))
    await home.until('an open charge', async () => {
      const charge = await home.ledger.get('charge', 'acme/acme-0')
      return charge?.body.to === null && charge.body.account === 'usage'
    })
    home.acme.end('acme-0')
    await home.until('a closed charge', async () => {
      const charge = await home.ledger.get('charge', 'acme/acme-0')
      return charge?.body.to === home.acme.rentals[0]?.endedAt
    })
    const kinds = (await home.ledger.events({ limit: 1_000 })).map(({ kind }) => kind)
    const first = kinds.filter((kind) => kind === 'charge.closed')
    assert.equal(first.length, 1)
  })

  for (const heard of ['its answer', 'a listing'] as const) {
    it(`[OP31] decides anew after ${heard} told a price above the agreed one`, async () => {
      const home = await house()
      const { acquire } = home.acme
      home.acme.acquire = async (order) => ({ ...(await acquire(order)), pricePerHour: 99_000_000 })
      home.acme.distort = ({ complete, rentals }) => ({
        complete,
        rentals: rentals.map((each) => ({ ...each, pricePerHour: 99_000_000 })),
      })
      if (heard === 'a listing') home.acme.mishaps.push({ kind: 'reply-lost' })
      home.lead()
      await home.apply(job('train'))
      await home.until('a mark', async () => {
        return (await home.ledger.get('law', 'law'))?.body.changes === 1
      })
      assert.equal((await home.leases())[0]?.why, 'its price is above what was agreed')
    })
  }

  for (const aheadHours of [-5, 5]) {
    it(`[OP43] dates quotes by the ledger, with a supplier ${aheadHours} h ahead`, async () => {
      const home = await house()
      const quote = home.acme.offers
      const aheadMs = aheadHours * 60 * minute
      home.acme.offers = async () =>
        (await quote()).map((each) => {
          return 'fault' in each ? each : { ...each, observedAt: each.observedAt + aheadMs }
        })
      const { preview } = home.lead()
      const seen = async () => (await preview([])).world
      await home.until('its quote', async () => {
        return (await seen()).offers.some((offer) => offer.supplier === 'acme')
      })
      const { now, offers } = await seen()
      for (const { observedAt } of offers) {
        // It came in a moment ago.
        assert.ok(observedAt <= now && observedAt > now - minute, `${now - observedAt} ms ago`)
      }
      await home.apply(job('train'))
      await home.until('a ready lease', buys(home, 'train.0.1 acme ready'))
    })
  }

  it('[OP44] asks a supplier no more often than it allows, and gives back at once', async () => {
    const home = await house()
    const limited = supplier('acme', 'A')
    const requestsPerMinute = 12
    await home.apply({ ...limited, spec: { ...limited.spec, requestsPerMinute } } as Spec)
    const sentAtMs: number[] = []
    const released: number[] = []
    const { acquire, list, offers, release } = home.acme
    const at = <T>(times: number[], send: () => Promise<T>) => {
      times.push(home.clock.wallMs())
      return send()
    }
    Object.assign(home.acme, {
      acquire: (order: AcquireRequest) => at(sentAtMs, () => acquire(order)),
      list: (owner: string) => at(sentAtMs, () => list(owner)),
      offers: () => at(sentAtMs, () => offers()),
      release: (rental: string) => at(released, () => release(rental)),
    })
    home.lead()
    const names = ['a', 'b', 'c', 'd']
    await home.apply(...names.map((name) => job(name, 1)))
    await home.until(
      'all four',
      buys(home, names.map((name) => `${name}.0.1 acme ready`).join(', ')),
    )
    const within = sentAtMs.map((from) => sentAtMs.filter((to) => to >= from && to < from + minute))
    assert.ok(Math.max(...within.map(({ length }) => length)) <= requestsPerMinute)
    assert.ok(Math.max(...sentAtMs) - Math.min(...sentAtMs) > minute / 2, 'it took its time')
    for (const name of names) await remove(home, name)
    await home.until('four releases', () => released.length >= names.length)
    assert.ok(Math.max(...released) - Math.min(...released) < 5_000)
  })

  it('[OP12] previews without a trace', async () => {
    const home = await house()
    const { preview } = home.lead()
    await home.until('quotes', async () => {
      const { plan } = await preview([job('train')])
      return plan.actions.some((action) => action.do === 'acquire')
    })
    assert.deepEqual(await home.leases(), [])
    assert.equal(await home.ledger.get('workload', 'train'), null)
    assert.equal(home.acme.orders.length, 0)
  })
})
