/** What contracts do to plans: one drawing, and what was signed beside it. */
import { it } from 'node:test'
import { planChecker } from '../../testing/plan.ts'
import { drawnNow } from '../../testing/world.ts'
import { lawAt } from '../contracts/law.ts'
import { noRecords } from '../contracts/rights/act.ts'
import type { SupplierSpec } from '../domain/supplier.ts'
import type { World } from '../domain/world.ts'
import { readContracts } from '../spec/read.ts'
import { lint } from './lint.ts'
import { plan } from './plan.ts'

const signed = (clauses: string) => `
kind: Contract
name: msa
with: acme
form: MSA
bindingness: definitive
signed: 1970-01-02
from: 1970-01-02
source: letter
clauses:
${clauses}`

function checkUnder(clauses: string) {
  const sources = [{ file: 'msa.yaml', text: signed(clauses) }]
  const { contracts } = readContracts(sources, { canonical: (name) => name, knownAccelerators: [] })
  const law = lawAt(contracts, drawnNow)
  return planChecker(
    (world) => plan(world, law),
    (world, made) => lint(world, made, law),
  )
}

/** Under the usual rules, with all that two persons set aside. */
function checkTrusting(suppliers: Readonly<Record<string, Partial<SupplierSpec>>>, waived = '') {
  const lawOf = ({ suppliers: drawn }: World) => {
    const all = drawn.map((each) => ({ ...each, ...suppliers[each.name] }))
    const trust = { rules: [], isUsual: true, unclassified: 'C4' } as const
    const house = { trust, policy: 'house', suppliers: all }
    const waiver = {
      ...{ id: 'w1', clause: waived, by: ['ann', 'bob'] },
      ...{ kind: 'override' as const, from: 0, until: drawnNow + 1, reason: 'no space' },
    }
    const law = lawAt([], drawnNow, { house, records: { ...noRecords, waivers: [waiver] } })
    return { law, all }
  }
  return planChecker(
    (world) => {
      const { law, all } = lawOf(world)
      return plan({ ...world, suppliers: all }, law)
    },
    (world, made) => {
      const { law, all } = lawOf(world)
      return lint({ ...world, suppliers: all }, made, law)
    },
  )
}

const rival = { relations: [{ relation: 'rival', from: null, to: null }] } as const
const nearby = {
  relations: [{ relation: 'owned', from: null, to: null }],
  controls: [{ control: 'sl3', until: drawnNow + 1, document: 'audit' }],
} as const

it('[PL45] asks others in the order that a clause prefers while its party is full', () => {
  const overflow = '  - { kind: preferred_overflow, id: order, order: [coil, bolt] }'
  const others = `
     offer bolt/h100 H100:8 us $20 stock 1
     offer coil/h100 H100:8 us $30 stock 1
     offer dell/h100 H100:8 us $10 stock 9`
  const check = checkUnder(overflow)
  check(
    `offer acme/h100 H100:8 us $40 stock 1${others}
     job train H100:8`,
    'acquire train.0.1 dell/h100 x1 $10.00',
  )
  check(
    `offer acme/h100 H100:8 us $40 stock none${others}
     job a H100:8
     job b H100:8
     job c H100:8`,
    `acquire a.0.1 coil/h100 x1 $30.00
     acquire b.0.1 bolt/h100 x1 $20.00
     acquire c.0.1 dell/h100 x1 $10.00`,
  )
  const running = `job a H100:8
     lease a.0.1 ready at coil/h100 for $30
     run a.0 running on a.0.1
     checkpoint a`
  check(
    `offer acme/h100 H100:8 us $40 stock none${others}\n${running}`,
    'why a.0: kept a.0.1 $30.00',
  )
})

it('[PL38] sends data only where trust allows it, or two persons do', () => {
  const world = `
    offer bolt/h100 H100:8 us $20
    offer acme/h100 H100:8 us $40
    job train H100:8`
  checkTrusting({ acme: nearby, bolt: rival })(
    world,
    `acquire train.0.1 acme/h100 x1 $40.00
     why train.0: chosen acme/h100 $40.00 of 1
     why train.0: clause bolt/h100 by trust/C4-rival`,
  )
  checkTrusting({ acme: nearby, bolt: rival }, 'trust/C4-rival')(
    world,
    'acquire train.0.1 bolt/h100 x1 $20.00',
  )
})

it('[PL38] asks for proofs again before work starts, and leaves where they expired', () => {
  const held = `
    offer acme/h100 H100:8 us $40
    offer bolt/h100 H100:8 us $20
    job train H100:8
    lease train.0.1 ready at bolt/h100 for $20`
  checkTrusting({ acme: nearby, bolt: rival })(
    `${held}
    run train.0 waiting epoch 1`,
    `release train.0.1: data of class C4 does not go to bolt (rival) (no data_class is named)
     acquire train.0.2 acme/h100 x1 $40.00
     why train.0: chosen acme/h100 $40.00 of 1
     why train.0: clause bolt/h100 by trust/C4-rival`,
  )
  checkTrusting({ acme: nearby, bolt: rival })(
    `${held}
    run train.0 running epoch 1 on train.0.1`,
    `acquire train.0.2 acme/h100 x1 $40.00 replaces train.0.1
     why train.0: chosen acme/h100 $40.00 of 1
     why train.0: clause bolt/h100 by trust/C4-rival`,
  )
})

it('[PL38] tells workloads of different classes apart that wish the same', () => {
  const trust = { rules: [], isUsual: true, unclassified: 'C4' } as const
  const house = (world: World) => ({ trust, policy: 'house', suppliers: world.suppliers })
  const classed = (world: World): World => {
    const demands = world.demands.map((demand) => {
      const dataClass = demand.workload.name === 'open' ? 'C0' : 'C4'
      return { ...demand, workload: { ...demand.workload, dataClass } as const }
    })
    return { ...world, demands }
  }
  const lawFor = (world: World) => lawAt([], drawnNow, { house: house(world) })
  planChecker(
    (world) => plan(classed(world), lawFor(world)),
    (world, made) => lint(classed(world), made, lawFor(world)),
  )(
    `offer acme/h100 H100:8 us $40
     job closed H100:8
     job open H100:8`,
    `acquire open.0.1 acme/h100 x1 $40.00
     why closed.0: clause acme/h100 by trust/C4-neutral
     why open.0: chosen acme/h100 $40.00 of 1`,
  )
})

it('[PL38] uses a supplier for what it is on the list for', () =>
  checkTrusting({ acme: nearby, bolt: { ...nearby, scope: { regions: ['eu'] } } })(
    `offer bolt/h100 H100:8 us $20
     offer bolt/h100eu H100:8 eu $30
     offer acme/h100 H100:8 us $40
     job train H100:8`,
    `acquire train.0.1 bolt/h100eu x1 $30.00
     why train.0: chosen bolt/h100eu $30.00 of 2
     why train.0: dearer acme/h100 $40.00 than bolt/h100eu
     why train.0: clause bolt/h100 by list/bolt`,
  ))

it('[PL38] refuses what nobody knows of, and products that a supplier is not listed for', () => {
  for (const scope of [{ regions: null }, { products: null }, { products: ['chat'] }]) {
    checkTrusting({ acme: nearby, bolt: { ...nearby, scope } })(
      `offer bolt/h100 H100:8 us $20
       offer acme/h100 H100:8 us $40
       job train H100:8`,
      `acquire train.0.1 acme/h100 x1 $40.00
       why train.0: chosen acme/h100 $40.00 of 1
       why train.0: clause bolt/h100 by list/bolt`,
    )
  }
})

const offers = `
  offer acme/h100 H100:8 us $40 stock 0
  offer bolt/h100 H100:8 us $20
  offer bolt/tpu TPU-v6e:8 eu $10`

it('[PL37] buys nothing where a clause forbids it, and names the clause', () =>
  checkUnder('  - { kind: exclusivity, id: alone }')(
    `${offers}
     job train H100:8 or TPU-v6e:8`,
    `why train.0: clause bolt/tpu by msa/alone
     why train.0: clause bolt/h100 by msa/alone
     why train.0: no-stock acme/h100 0 of 1`,
  ))

it('[PL37] tells workloads apart as the scope of a clause does', () =>
  checkUnder('  - { kind: exclusivity, id: alone, scope: { workload: train } }')(
    `${offers}
     job other H100:8
     job train H100:8`,
    `acquire other.0.1 bolt/h100 x1 $20.00
     why other.0: chosen bolt/h100 $20.00 of 1
     why other.0: no-stock acme/h100 0 of 1
     why train.0: clause bolt/h100 by msa/alone
     why train.0: no-stock acme/h100 0 of 1`,
  ))

it('[PL37] asks for each quantity anew where a right begins at one', () =>
  checkUnder('  - { kind: rofr, id: first, at_least: 16 }')(
    `offer bolt/h100 H100:8 us $20
     job train H100:8 x4 gives 8 or H100:8 x1 gives 1`,
    `acquire train.0.1 bolt/h100 x1 $20.00
     why train.0: chosen bolt/h100 $20.00 of 1
     why train.0: clause bolt/h100 by msa/first`,
  ))

it('[PL37] places work where a contract asks for controls only once they are proven', () => {
  const text = signed('  - { kind: security, id: safe, controls: [kms] }')
  const read = readContracts([{ file: 'msa.yaml', text }], {
    canonical: (name) => name,
    knownAccelerators: [],
  })
  const under = (until: number) => {
    const controls = [{ control: 'kms', until, document: 'a letter' }]
    const suppliers = (world: World) => world.suppliers.map((each) => ({ ...each, controls }))
    const lawFor = (world: World) => {
      const house = { trust: null, policy: '', suppliers: suppliers(world) }
      return lawAt(read.contracts, drawnNow, { house })
    }
    return planChecker(
      (world) => plan(world, lawFor(world)),
      (world, made) => lint(world, made, lawFor(world)),
    )
  }
  const world = `offer acme/h100 H100:8 us $40
    job train H100:8`
  under(drawnNow)(world, 'why train.0: clause acme/h100 by msa/safe')
  under(drawnNow + 1)(world, 'acquire train.0.1 acme/h100 x1 $40.00')
})

it('[PL37] buys where an exception allows it', () =>
  checkUnder('  - { kind: exclusivity, id: alone, except: [{ accelerator: TPU-v6e }] }')(
    `${offers}
     job train H100:8 or TPU-v6e:8`,
    'acquire train.0.1 bolt/tpu x1 $10.00',
  ))

it('[PL53] leaves time for what is held back before its supplier is asked', () => {
  const checkHolding = (jitterMs: number) => {
    const shaping = [{ relations: ['neutral'], jitterMs }] as const
    const lawOf = ({ suppliers }: World) => {
      return lawAt([], drawnNow, { house: { trust: null, policy: 'house', suppliers, shaping } })
    }
    return planChecker(
      (world) => plan(world, lawOf(world)),
      (world, made) => lint(world, made, lawOf(world)),
    )
  }
  const world = `
    offer acme/sure H100:8 us $20
    offer acme/spot H100:8 us $8 spot
    job train H100:8 deadline 4h25m work 4h saves 5m`
  checkHolding(0)(world, 'acquire train.0.1 acme/spot x1 $8.00')
  checkHolding(10 * 60_000)(world, 'acquire train.0.1 acme/sure x1 $20.00')
})
