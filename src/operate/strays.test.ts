/**
 * The rules of what suppliers list and no lease of ours owns.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LedgerError } from '../ports/ledger.ts'
import { buys, house, job } from './stage.test.ts'

describe('strays', () => {
  it('[OP6] gives back what nobody owns', async () => {
    const home = await house('C')
    home.acme.mishaps.push({ kind: 'reply-lost' })
    // Its rental stays out of sight until the attempt was given up for good.
    home.acme.distort = ({ complete }) => ({ complete, rentals: [] })
    home.lead()
    await home.apply(job('train'))
    await home.until('a given-up attempt', async () => (await home.leases())[0]?.end === 'absent')
    home.acme.distort = (listing) => listing
    await home.until('its end', () => home.acme.rentals[0]?.state === 'ended')
    await home.until('its charge', async () => {
      const charge = await home.ledger.get('charge', 'acme/acme-0')
      return charge?.body.account === 'waste' && charge.body.to !== null
    })
  })

  it('[OP7] keeps its hands off foreign rentals and buys nothing there', async () => {
    const home = await house()
    await home.acme.acquire({
      installation: 'us',
      key: 'never-issued',
      offer: 'h100x8',
      nodes: 1,
      pricePerHourMax: 10,
      bootstrap: { server: '', key: '', secret: '', deadManMs: 0 },
    })
    home.lead()
    await home.until('a quarantine', async () => {
      const outage = await home.ledger.get('outage', 'acme')
      return outage?.body.cause === 'foreign-rentals'
    })
    await home.apply(job('train'))
    await home.until('a lease elsewhere', buys(home, 'train.0.1 bolt ready'))
    assert.equal(home.acme.rentals[0]?.state, 'running')
  })

  it('[OP26] buys nothing of whoever has never listed everything', async () => {
    const home = await house()
    home.acme.distort = () => ({ complete: false, rentals: [] })
    await home.apply(job('train'))
    home.lead()
    await home.until('a lease elsewhere', buys(home, 'train.0.1 bolt ready'))
  })

  for (const next of ['whole', 'cut short'] as const) {
    it(`[OP26] acts on what a lost turn read, where the next listing is ${next}`, async () => {
      const home = await house()
      await home.acme.acquire({
        installation: 'us',
        key: 'never-issued',
        offer: 'h100x8',
        nodes: 1,
        pricePerHourMax: 10,
        bootstrap: { server: '', key: '', secret: '', deadManMs: 0 },
      })
      const lost: string[] = []
      const { commit } = home.ledger
      home.ledger.commit = async (draft) => {
        const isQuarantine = draft.puts.some(({ kind, id }) => kind === 'outage' && id === 'acme')
        if (!isQuarantine || lost.push('acme') > 1) return commit(draft)
        if (next === 'cut short') home.acme.distort = () => ({ complete: false, rentals: [] })
        throw new LedgerError('unavailable', 'it is away')
      }
      await home.apply(job('train'))
      home.lead()
      await home.until('a lease elsewhere', buys(home, 'train.0.1 bolt ready'))
      assert.ok(lost.length > 0)
    })
  }
})
