/**
 * For each invariant histories that break it, each beside the nearest one that does not.
 */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { post } from '../meter/journal.ts'
import { journalHolds, spansAreKept } from './books.ts'
import { check, invariants } from './check.ts'
import { promisesAreKept } from './clauses.ts'
import { breaks, evidenceOf, holds } from './drawing.test.ts'
import { nothingCountsTwice } from './draws.ts'
import type { Told } from './evidence.ts'

const bought = `
  1s  intend w.0.1
  2s  ask w.0.1
  2s  sell r1 w.0.1
  3s  hold w.0.1 r1`

const released = `
  9s  end r1
  9s  give w.0.1 as released`

describe('purchases', () => {
  it('[AU1] what runs belongs to a lease in force', () => {
    const copy = `${bought}
      2s  sell r2 w.0.1 copied
      0s  class C`
    breaks('I1', `${copy}\n 2h look`)
    holds(`${copy}\n 1h look`)
    holds(`${copy}\n 10s out\n 70m back\n 2h look`)
    holds(`${copy}\n 10s out\n 9h look`)
    breaks('I1', `${copy}\n 10s out\n 50m back\n 2h look`)
    breaks('I1 I12', `${bought}\n 1h look settled`)
    holds(`${bought}${released}\n 1h look settled`)
  })

  it('[AU2] a run buys one lease at a time', () => {
    breaks('I2', `${bought}\n 4s intend w.0.2`)
    holds(`${bought}\n 4s intend w.0.2 for w.0.1`)
    holds(`${bought}\n 4s drop w.0.1\n 4s intend w.0.2`)
    holds(`${bought}\n 4s intend w.1.1`)
  })

  it('[AU2] what was settled as never bought was never bought', () => {
    const refused = `
      1s  intend w.0.1
      2s  ask w.0.1
      3s  refuse w.0.1`
    breaks('I2', `${refused}\n 3s sell r1 w.0.1`)
    holds(`${refused}\n 3s sell r1 w.0.1 copied`)
    holds(refused)
  })

  it('[AU2] no lease is given up while its rental goes on', () => {
    breaks('I2', `${bought}\n 8s give w.0.1 as released\n 9s end r1`)
    holds(`${bought}${released}`)
  })

  it('[AU3] a sale is intended and announced before', () => {
    breaks('I3', bought.replace('2s  sell', '1s  sell'))
    breaks('I3', bought.replace('1s  intend', '3s  intend'))
    breaks('I3', `${bought}\n 4s sell r9 unheard-of`)
    holds(bought)
  })

  it('[AU3] nothing is sold more often than it was announced', () => {
    const twice = `${bought}
      2m  sell r2 w.0.1
      3m  end r2
      0s  class C`
    breaks('I3', twice)
    holds(`${twice}\n 2m ask w.0.1`)
  })

  it('[AU4] one key buys once', () => {
    const again = `${bought}\n 4s ask w.0.1`
    breaks('I4', `${again}\n 5s sell r2 w.0.1`)
    breaks('I4', `${again}\n 4s end r1\n 5s sell r2 w.0.1`)
    breaks('I4', `${again}\n 6s end r1\n 5s sell r2 w.0.1\n 0s class B`)
    holds(`${again}\n 4s end r1\n 5s sell r2 w.0.1\n 0s class B`)
    holds(again)
  })

  it('[AU5] a call without an outcome is alone while it may take effect', () => {
    const asked = `
      0s  class C
      1s  intend w.0.1
      2s  ask w.0.1`
    breaks('I5', `${asked}\n 61s ask w.0.1`)
    holds(`${asked}\n 62s ask w.0.1`)
    holds(`${asked}\n 61s ask w.0.1\n 0s class A`)
  })

  it('[AU11] nothing is swept away that is owned, or that we never ordered', () => {
    breaks('I11', `${bought}\n 8s sweep r1 w.0.1`)
    holds(`${bought}${released}\n 9s sweep r1 w.0.1`)
    breaks('I11', `${bought}\n 8s sweep r9`)
    holds(`${bought}\n 8s sweep r9 w.0.1`)
  })
})

describe('work', () => {
  const ran = `
    3s  start w.0 1
    4s  work w.0 1 0 9s
    4s  work w.0 1 1 9s
    9s  start w.0 2`

  it('[AU6] epochs of a gang never overlap, nor does a rank with itself', () => {
    breaks('I6', `${ran}\n 8s work w.0 2 0 12s`.replace('9s  start', '8s  start'))
    holds(`${ran}\n 9s work w.0 2 0 12s`)
    breaks('I6', `${ran}\n 8s work w.0 1 1 12s`)
    holds(`${ran}\n 9s work w.0 1 1 12s`)
    holds(`${ran}\n 4s work w.0 1 2 12s`)
  })

  it('[AU6] replicas may overlap', () => {
    const replica = `
      3s  start w.0 1
      4s  work w.0 1 0 9s service
      5s  start w.0 2
      5s  work w.0 2 0 9s service`
    breaks('I6', replica.replaceAll('service', ''))
    holds(replica)
  })

  it('[AU7] epochs rise, and nothing runs before its start', () => {
    breaks('I7', `${ran}\n 10s start w.0 2`)
    breaks('I7', `${ran}\n 10s start w.0 1`)
    holds(`${ran}\n 10s start w.0 3`)
    breaks('I7', `${ran}\n 10s work w.0 3 0 12s`)
    breaks('I7', `${ran}\n 10s work w.0 3 0 12s\n 11s start w.0 3`)
    holds(`${ran}\n 10s start w.0 3\n 10s work w.0 3 0 12s`)
  })

  it('[AU8] a checkpoint is never taken from an epoch before the last', () => {
    breaks('I8', '1s save w.0 2\n 2s save w.0 1')
    holds('1s save w.0 1\n 2s save w.0 2\n 3s save w.0 2')
    holds('1s save w.0 2\n 2s save v.0 1')
  })

  it('[AU26] what counts as done was done by every rank', () => {
    const begun = '1s gang w.0.1 2\n 1s start w.0 1\n 2s work w.0 1 0 5s well'
    breaks('E4', `${begun}\n 2s work w.0 1 1 6s ill\n 5s done w.0.1 1`)
    breaks('E4', `${begun}\n 5s done w.0.1 1`)
    holds(`${begun}\n 2s work w.0 1 1 6s well\n 7s done w.0.1 1`)
    holds('1s gang w.0.1 2\n 1s start w.0 1\n 2s work w.0 1 0 5s\n 5s done w.0.1 1')
  })

  it('[AU16] a rank ends once in each epoch', () => {
    breaks('E1', '5s exit w.0 1 0\n 5s exit w.0 1 0')
    holds('5s exit w.0 1 0\n 5s exit w.0 1 1\n 9s exit w.0 2 0')
  })
})

describe('books', () => {
  it('[AU9] every leader has an epoch of its own', () => {
    breaks('I9', '1s lead 1\n 2s lead 1')
    breaks('I9', '1s lead 2\n 2s lead 1')
    holds('1s lead 1\n 2s lead 2')
  })

  it('[AU10] what was said to be taken is there', () => {
    breaks('I10', '1s taken w')
    breaks('I10', '1s submit w\n 1s taken w 2')
    breaks('I10', '1s submit w 2\n 1s taken w 1')
    breaks('I10', '1s submit w\n 1s taken w\n 1h look settled')
    holds('1s submit w\n 1s taken w')
    holds('1s submit w\n 1s submit w 2\n 2s taken w 1')
  })

  it('[AU10] what was deleted holds nothing', () => {
    breaks('I10', `${bought}\n 10s delete w`)
    holds(`${bought}${released}\n 10s delete w`)
    holds(`${bought}\n 10s delete v`)
  })

  it('[AU12] a charge has the times and the price of the supplier', () => {
    const sold = `${bought}${released}`
    breaks('I12', `${sold}\n 1s charge r1 9s`)
    breaks('I12', `${sold}\n 2s charge r1 8s`)
    breaks('I12', `${sold}\n 2s charge r1 9s 20.00`)
    holds(`${sold}\n 2s charge r1 9s`)
    holds(`${sold}\n 2s charge r1`)
    breaks('I12', `${sold}\n 2s charge r1\n 1h look settled`)
  })

  it('[AU13] a charge opens and closes once, as its row says', () => {
    const sold = `${bought}${released}\n 3s open r1\n 9s close r1 0.038889`
    breaks('I13', `${sold}\n 9s open r1`)
    breaks('I13', `${sold}\n 9s close r1 0.038889`)
    breaks('I13', sold.replace('0.038889', '0.038888'))
    holds(sold)
    const { events, ...rest } = evidenceOf(sold)
    const ids = check({ ...rest, events: [...events, ...events.slice(0, 1)] })
    assert.ok(ids.some(({ invariant }) => invariant === 'I13'))
  })

  it('[AU14] all that may be held fits below the ceiling', () => {
    const two = `${bought}\n 4s intend v.0.1\n 5s ask v.0.1`
    holds(`${bought}\n 4s intend v.0.1\n 0s ceiling 39.99`)
    breaks('I14', `${two}\n 0s ceiling 39.99`)
    holds(`${two}\n 0s ceiling 40.00`)
    holds(`${two.replace('hold w.0.1 r1', 'hold w.0.1 r1 15')}\n 0s ceiling 35.00`)
    breaks('I14', `${two.replace('hold w.0.1 r1', 'hold w.0.1 r1 25')}\n 0s ceiling 44.99`)
    holds(`${bought}${released}\n 9s intend v.0.1\n 9s ask v.0.1\n 0s ceiling 39.99`)
  })
})

describe('placement', () => {
  const ruled = `
    0s  submit w
    0s  rule wish
    0s  rule buying on`

  it('[AU15] a call keeps the rules in force just then', () => {
    const intended = `${ruled}\n 1s intend w.0.1`
    const asked = '\n 2s ask w.0.1'
    breaks('I15', `${intended}\n 1s rule deny acme${asked}`)
    holds(`${intended}${asked}\n 2s rule deny acme`)
    breaks('I15', `${intended}\n 1s rule buying off${asked}`)
    holds(`${intended}\n 1s rule buying off\n 1s rule buying on${asked}`)
    breaks('I15', `${intended}\n 1s rule standing suspended${asked}`)
    holds(`${intended}\n 1s rule standing active${asked}`)
    breaks('I15', `${ruled}\n 1s intend v.0.1\n 2s ask v.0.1`)
  })

  it('[AU21] data goes where its class may be, by what is proven just then', () => {
    const asked = '1s intend w.0.1\n 3s ask w.0.1'
    const trusting = `${ruled}\n 0s rule trust`
    breaks('I15', `${trusting}\n 0s rule rival 2s\n ${asked}`)
    holds(`${trusting}\n 0s rule rival 4s\n ${asked}`)
    holds(`${trusting}\n 0s rule rival 2s\n 1s waive 4s trust/C2-rival\n ${asked}`)
    breaks('I15', `${trusting}\n 0s rule rival 4s\n ${asked}\n 5s start w.0 1`)
  })

  it('[AU40] each class that comes along is asked, once saved under it for ever', () => {
    const asked = '1s intend w.0.1\n 3s ask w.0.1'
    const trusting = `${ruled}\n 0s rule trust\n 0s rule rival 2s`
    holds(`${trusting}\n 0s rule wish C1\n ${asked}`)
    holds(`${trusting}\n 0s rule wish C1 C1\n ${asked}`)
    breaks('I15', `${trusting}\n 0s rule wish C1 C2\n ${asked}`)
    const saved = (first: string) => `0s rule wish ${first}\n 0s save w.0 1\n 0s rule wish C1`
    holds(`${trusting}\n ${saved('C1')}\n ${asked}`)
    breaks('I15', `${trusting}\n ${saved('C2')}\n ${asked}`)
    holds(`${trusting}\n ${saved('C2')}\n 1s waive 4s trust/C2-rival\n ${asked}`)
  })

  it('[AU23] the journal has every entry, each after the one before it', () => {
    const digest = (text: string) => `#${text.length}${text.slice(0, 40)}`
    const sold = '0s intend w.0.1\n 0s ask w.0.1\n 0s sell r1 w.0.1\n 60s end r1'
    const evidence = evidenceOf(`${sold}\n 60s give w.0.1 because released`)
    const [charge] = evidence.charges
    assert.ok(charge)
    const { entry, head } = post({ entries: 0, hash: '' }, charge, digest)
    const faults = (changed: object, last = head) => {
      const charges = [{ ...charge, entry, ...changed }]
      return journalHolds({ ...evidence, charges, journal: { head: last, digest } }).length
    }
    assert.equal(faults({}), 0)
    assert.equal(faults({ amount: 1 }), 1)
    assert.equal(faults({ entry: { ...entry, credit: 'payable:bolt' } }), 1)
    assert.equal(faults({}, { ...head, entries: 2 }), 1)
    assert.equal(faults({ entry: undefined }), 1)
  })

  it('[AU22] nothing is bought on a budget that is used up', () => {
    const sold = '0s intend w.1.1\n 0s ask w.1.1\n 0s sell r1 w.1.1\n 1800s end r1'
    const spent = `${sold}\n 1800s give w.1.1 because released\n 1801s intend w.0.1`
    breaks('I14', `${ruled}\n 0s rule budget $10\n ${spent}`)
    breaks('I14', `${ruled}\n 0s rule budget $29.99\n ${spent}`)
    holds(`${ruled}\n 0s rule budget $30\n ${spent}`)
    holds(`${ruled}\n ${spent}\n 1802s rule budget $10`)
  })

  it('[AU22] what is bought counts once, though its supplier says it began before', () => {
    const bought = `0s rule budget $20\n 1s intend w.0.1\n 1s ask w.0.1\n 1s sell r1 w.0.1`
    const evidence = evidenceOf(`${ruled}\n ${bought}`)
    const begun = (lease: string) => {
      const charges = evidence.charges.map((each) => ({ ...each, lease, from: 0 }))
      return spansAreKept({ ...evidence, charges }).length
    }
    assert.deepEqual([begun('w.0.1'), begun('w.1.1')], [0, 1])
  })

  it('[AU20] a call keeps what was promised to others alone', () => {
    const asked = '1s intend w.0.1\n 3s ask w.0.1'
    breaks('I17', `${ruled}\n 0s sign bolt\n ${asked}`)
    holds(`${ruled}\n 0s sign acme\n ${asked}`)
    holds(`${ruled}\n ${asked}\n 4s sign bolt`)
    holds(`${ruled}\n 0s sign bolt 2s\n ${asked}`)
    holds(`${ruled}\n 0s sign bolt\n 1s sign acme\n ${asked}`)
    holds(`${ruled}\n 0s sign bolt\n 1s waive 4s\n ${asked}`)
    breaks('I17', `${ruled}\n 0s sign bolt\n 1s waive 2s\n ${asked}`)
  })

  it('[AU20] of several versions of a promise the one that was known last counts', () => {
    const evidence = evidenceOf(`${ruled}\n 0s sign bolt\n 1s intend w.0.1\n 3s ask w.0.1`)
    const [contract] = evidence.contracts ?? []
    const [alone] = contract?.clauses ?? []
    assert.ok(contract && alone?.kind === 'exclusivity')
    const faults = (recordedAt: number) => {
      const except = [[{ dimension: 'supplier', operator: 'In', values: ['acme'] } as const]]
      const clauses = [alone, { ...alone, recordedAt, except }]
      return promisesAreKept({ ...evidence, contracts: [{ ...contract, clauses }] }).length
    }
    assert.deepEqual([2_000, 4_000].map(faults), [0, 1])
  })

  it('[AU25] what is told of commitments adds up', () => {
    const sold = '0s intend w.0.1\n 0s ask w.0.1\n 0s sell r1 w.0.1\n 60s end r1'
    const evidence = evidenceOf(`0s sign acme - prepay\n ${sold}`)
    const [charge] = evidence.charges
    assert.ok(charge)
    const one: Told = {
      ...{ clause: 'msa/alone', charge: charge.id, part: `${charge.id}@0` },
      ...{ partAmount: 9_000_000n, at: 0, to: 60_000, amount: 5_000_000n },
      ...{ hours: 0, isMadeUp: false },
      of: 'prepayment',
    }
    const faults = (...draws: readonly Told[]) => nothingCountsTwice({ ...evidence, draws }).length
    assert.equal(faults(one), 0)
    assert.equal(faults(one, { ...one, part: 'other' }), 0)
    assert.equal(faults(one, one), 1)
    assert.equal(faults(one, { ...one, of: 'commitment' }), 0)
    assert.equal(faults(one, { ...one, part: 'other' }, { ...one, part: 'third' }), 1)
    assert.equal(faults({ ...one, clause: 'msa/none' }), 1)
    assert.equal(faults({ ...one, at: -1 }), 1)
  })

  it('[AU24] a call keeps what was promised first, and runs where it must', () => {
    const asked = '1s intend w.0.1\n 3s ask w.0.1'
    const launch = `${ruled}\n 0s sign bolt - launch_first`
    breaks('I17', `${launch}\n ${asked}`)
    breaks('I17', `${launch}\n 1s note launch chat bolt\n ${asked}`)
    breaks('I17', `${launch}\n 1s note inability other bolt\n ${asked}`)
    holds(`${launch}\n 1s note inability chat bolt\n ${asked}`)
    const offer = `${ruled}\n 0s sign bolt - rofo`
    breaks('I17', `${offer}\n ${asked}`)
    breaks('I17', `${offer}\n 1s note first-look msa/alone bolt\n ${asked}`)
    holds(`${offer}\n 1s note first-look msa/alone bolt 2s\n ${asked}`)
    const place = `${ruled}\n 0s sign acme - residency`
    breaks('I17', `${place}\n ${asked}`)
    breaks('I17', `${place}\n 1s rule region us\n ${asked}`)
    holds(`${place}\n 1s rule region eu\n ${asked}`)
    const abroad = `${ruled}\n 0s sign acme - export`
    breaks('I17', `${abroad}\n ${asked}`)
    breaks('I17', `${abroad}\n 1s rule region us\n ${asked}`)
    holds(`${abroad}\n 1s rule region eu\n ${asked}`)
    const proof = `${ruled}\n 0s sign acme - security`
    breaks('I17', `${proof}\n 1s waive 9s\n ${asked}`)
    breaks('I17', `${proof}\n 1s rule rival 2s\n ${asked}`)
    holds(`${proof}\n 1s rule rival 4s\n ${asked}`)
  })

  it('[AU15] nobody asks for what nobody wants', () => {
    breaks('I15', '1s intend w.0.1\n 2s drop w.0.1\n 3s ask w.0.1')
    holds('1s intend w.0.1\n 2s ask w.0.1\n 3s drop w.0.1')
  })

  it('[AU30] what is held back leaves when its moment has come', () => {
    breaks('I15', '1s intend w.0.1 until 5s\n 4s ask w.0.1')
    holds('1s intend w.0.1 until 5s\n 5s ask w.0.1\n 6s intend w.1.1\n 6s ask w.1.1')
  })

  it('[AU17] nothing above its ceiling is used', () => {
    breaks('E2', `${bought}\n 4s use w.0.1 20.01`)
    holds(`${bought}\n 4s use w.0.1 20.00`)
  })

  it('[AU18] nothing is planned where a supplier is out', () => {
    breaks('E3', '0s out\n 1s intend w.0.1')
    holds('0s out\n 1s back\n 1s intend w.0.1')
    holds('1s intend w.0.1\n 2s out\n 3s ask w.0.1')
  })
})

describe('witnesses', () => {
  it('[AU19] nothing is concluded from the silence of those who are not there', () => {
    const alone = { rentals: null, works: null, acknowledged: null, rulings: null }
    const bad = evidenceOf(`${bought}\n 1s taken v\n 2h look settled`)
    assert.deepEqual(
      check(bad).map(({ invariant }) => invariant),
      ['I1', 'I10', 'I12'],
    )
    assert.deepEqual(check({ ...bad, ...alone }), [])
    for (const { id, needs, faults } of invariants) {
      if (needs.length > 0) assert.deepEqual(faults({ ...bad, ...alone }), [], id)
    }
  })

  it('[AU19] what others bought is none of our business', () => {
    const bad = evidenceOf(`${bought}\n 4s sell r9 unheard-of\n 2h look settled`)
    assert.deepEqual(check({ ...bad, installation: 'others' }), [])
  })
})
