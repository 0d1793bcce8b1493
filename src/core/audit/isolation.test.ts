/**
 * Who hears what: for each way to tell too much a history, beside the nearest one that does not.
 */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { breaks, evidenceOf, holds } from './drawing.test.ts'
import { keysNameNobody } from './isolation.ts'

describe('what is told', () => {
  const known = '0s submit w\n 0s submit w-2\n 0s sign bolt - rofo'

  it('[AU27] a supplier hears of itself alone, and of no work of ours', () => {
    holds(`${known}\n 1s hear acme kx1 h100 1 us http://plant acme-3`)
    breaks('I19', `${known}\n 1s hear acme kx1 bolt`)
    breaks('I19', `${known}\n 1s hear acme http://plant/?for=w.0.1`)
    breaks('I19', `${known}\n 1s hear acme msa/alone`)
    holds(`${known}\n 1s hear acme w3 bolted kmsa`)
  })

  it('[AU27] a machine hears of its own work', () => {
    holds(`${known}\n 1s hear w w.0 step-8 acme-1-0`)
    holds(`${known}\n 1s hear w-2 w-2.0 acme-1-0`)
    breaks('I19', `${known}\n 1s hear w w.0 w-2.0`)
    breaks('I19', `${known}\n 1s hear w-2 w-2.0 w`)
    breaks('I19', `${known}\n 1s hear w-2 w-2.0 bolt-1-0`)
  })

  it('[AU27] a supplier hears of no price but its own', () => {
    const quoted = `${known}\n 0s quote 20\n 0s quote 22`
    holds(`${quoted}\n 1s order 2 40`)
    holds(`${quoted}\n 1s order 2 44`)
    breaks('I19', `${quoted}\n 1s order 2 42`)
    holds(`${known}\n 1s order 2 42`)
  })

  it('[AU28] the key of a lease names nobody', () => {
    const bought = evidenceOf(`${known}\n 1s intend w.0.1`)
    const [lease] = bought.leases
    assert.ok(lease)
    const faults = (key: string) => keysNameNobody({ ...bought, leases: [{ ...lease, key }] })
    assert.deepEqual(faults('cw0b3x'), [])
    assert.equal(faults('c-us-w-0-1').length, 1)
    assert.equal(faults('bolt-8').length, 1)
    assert.deepEqual(faults('us-acme-8'), [])
  })
})
