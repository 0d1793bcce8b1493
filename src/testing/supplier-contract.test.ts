/**
 * The measure itself: it must find out what a supplier does, whatever it says.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { driver, order, serve, shopFloor } from '../../test/supplier-stage.ts'
import { measureClass, overPromised } from './supplier-contract.ts'

describe('the class of a supplier', () => {
  for (const named of ['A', 'B', 'C'] as const) {
    it(`is measured to be ${named} where it is ${named}`, async (t) => {
      const floor = shopFloor()
      const server = await serve(floor, `class: ${named}\nlist_lag: 60ms\nboot_delay: 1h`)
      t.after(async () => {
        await server.close()
        await floor.clear()
      })
      const supplier = driver(server)
      const measured = await measureClass(supplier, order)
      assert.equal(measured.class, named)
      assert.ok(measured.listLagMs >= 60)
      const { rentals } = await supplier.list(order.installation)
      assert.ok(rentals.every(({ state }) => state === 'ended'))
    })
  }

  it('is over-promised only where the supplier showed a worse one', () => {
    const shown = { class: 'B', listLagMs: 3_000 } as const
    assert.equal(overPromised({ class: 'B', listLagMs: 3_000 }, shown), null)
    assert.equal(overPromised({ class: 'C', listLagMs: 60_000 }, shown), null)
    assert.match(
      overPromised({ class: 'A', listLagMs: 3_000 }, shown) ?? '',
      /behaves like class B/,
    )
    assert.match(overPromised({ class: 'B', listLagMs: 0 }, shown) ?? '', /showed after 3000 ms/)
  })
})
