/**
 * The rules of acquisition, one drawing each: a lease, what is heard, what becomes of it.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { noLaw } from '../contracts/law.ts'
import type { Lease } from '../domain/lease.ts'
import type { Rental } from '../domain/rental.ts'
import { defaultPolicy, type SupplierSpec } from '../domain/supplier.ts'
import type { WorkloadStatus } from '../domain/workload.ts'
import type { NodeSight } from '../domain/world.ts'
import { type Answer, announced, answered, mayAsk, mayAskAgain } from './answer.ts'
import { cooled } from './cool.ts'
import { foreign, strays } from './orphans.ts'
import { forbids, outOfMoney } from './permit.ts'
import { type SettleInput, settle } from './settle.ts'

const promises = { class: 'A', lateEffectMs: 100, listLagMs: 10 } as const

function lease(changes: Partial<Lease> = {}): Lease {
  return {
    id: 'train.0.1',
    key: 'k1',
    workload: 'train',
    run: 'train.0',
    attempt: 1,
    supplier: 'acme',
    offer: 'h100x8',
    accelerator: 'H100',
    perNode: 8,
    region: 'us',
    market: 'on-demand',
    nodes: 2,
    pricePerHourMax: 200,
    replaces: null,
    state: 'intended',
    wanted: true,
    calls: 0,
    calledAt: null,
    refusedUnsettled: false,
    absentCount: 0,
    rental: null,
    pricePerHour: null,
    intendedAt: 0,
    heldAt: null,
    readyAt: null,
    goneAt: null,
    end: null,
    why: null,
    noticeUntil: null,
    ...changes,
  }
}

const unsure = (changes: Partial<Lease> = {}) =>
  lease({ state: 'unsure', calls: 1, calledAt: 1_000, ...changes })
const held = (changes: Partial<Lease> = {}) =>
  lease({ state: 'held', calls: 1, calledAt: 0, heldAt: 1_000, rental: 'r1', ...changes })

function rental(changes: Partial<Rental> = {}): Rental {
  return {
    id: 'r1',
    owner: 'us',
    key: 'k1',
    offer: 'h100x8',
    state: 'running',
    nodes: [],
    pricePerHour: 200,
    startedAt: 900,
    endedAt: null,
    noticeUntil: null,
    ...changes,
  }
}

function sight(index: number, heardAgoMs = 0): NodeSight {
  const node = { id: `train.0.1/${index}`, lease: 'train.0.1', index, machine: `m${index}` }
  return {
    node: { ...node, address: '127.0.0.1', ports: null, firstSeenAt: 0, ranks: [] },
    heardAgoMs,
  }
}

/** Settles a lease at 5,000 against a listing asked for at `askedAt`; no rentals means: absent. */
function settled(
  before: Lease,
  rentals: readonly Rental[] | null,
  rest: Partial<SettleInput> & { askedAt?: number; complete?: boolean } = {},
): Lease {
  const { askedAt = 4_000, complete = true, ...input } = rest
  const sighting = rentals && { supplier: 'acme', askedAt, listing: { complete, rentals } }
  const common = { now: 5_000, promises, sights: [], inFlight: false }
  const patience = { bootTimeoutMs: 60_000, silentMs: 60_000 }
  return settle({ lease: before, sighting, ...common, ...patience, ...input }).lease
}

const refused: Answer = { outcome: 'refused', kind: 'no-stock', said: 'none left' }
const lost: Answer = { outcome: 'unknown', said: 'connection reset' }

function heard(before: Lease, answer: Answer, supplierClass: 'A' | 'B' | 'C' = 'A', call = 1) {
  return answered(before, call, answer, supplierClass, 2_000)?.lease ?? null
}

describe('an answer', () => {
  const asked = announced(lease(), 1_000).lease

  it('[AC1] that is lost makes the lease unsure', () => {
    assert.equal(asked.calls, 1)
    assert.equal(heard(asked, lost)?.state, 'unsure')
    assert.equal(settled(asked, null).state, 'unsure', 'nobody waits for the answer any more')
  })

  it('[AC2] that refuses settles only the only call, and only at class A or B', () => {
    const again = announced(unsure(), 1_500).lease
    assert.equal(heard(asked, refused, 'A')?.state, 'gone')
    assert.equal(heard(asked, refused, 'B')?.end, 'refused')
    assert.equal(heard(asked, refused, 'C')?.state, 'unsure')
    const unsettled = heard(again, refused, 'A', 2)
    assert.equal(unsettled?.state, 'unsure')
    assert.equal(unsettled?.refusedUnsettled, true)
  })

  it('[AC7] to an older call changes nothing', () => {
    const again = announced(unsure(), 1_500).lease
    assert.equal(heard(again, refused, 'A', 1), null)
    assert.equal(heard(held(), refused), null)
  })

  it('[AC8] with a price above the ceiling is given back', () => {
    const ok: Answer = { outcome: 'ok', rental: rental({ pricePerHour: 201 }) }
    const bound = heard(asked, ok)
    assert.equal(bound?.state, 'held')
    assert.equal(bound?.wanted, false)
    assert.equal(settled(bound ?? lease(), null).state, 'releasing')
    const told = answered(asked, 1, ok, 'A', 1_000)?.events.map(({ kind }) => kind)
    assert.deepEqual(told, ['lease.held', 'lease.unwanted'])
  })
})

describe('a listing', () => {
  it('[AC3] that shows an unsure lease makes it held', () => {
    const found = settled(unsure({ wanted: false }), [rental()])
    assert.equal(found.rental, 'r1')
    assert.equal(settled(found, null).state, 'releasing', 'and gives back what nobody wants')
    assert.equal(settled(unsure(), [rental()]).state, 'held')
  })

  it('[AC4] proves absence the second time, if it began late enough', () => {
    const once = settled(unsure(), [], { askedAt: 6_111 })
    assert.deepEqual([once.state, once.absentCount], ['unsure', 1])
    const twice = settled(once, [], { askedAt: 6_112 })
    assert.deepEqual([twice.state, twice.end], ['gone', 'absent'])
    assert.equal(settled(unsure(), [], { askedAt: 6_110 }).absentCount, 0, 'too early')
    const shown = settled({ ...held(), absentCount: 1 }, [rental()])
    assert.equal(shown.absentCount, 0, 'and a sighting starts the count again')
  })

  it('[AC5] that is incomplete proves nothing', () => {
    assert.equal(settled(unsure(), [], { complete: false }).absentCount, 0)
    assert.equal(settled(held({ absentCount: 1 }), [], { complete: false }).state, 'held')
  })

  it('[AC17] that shows the end ends the lease', () => {
    const over = [rental({ state: 'ended', endedAt: 3_000 })]
    assert.equal(settled(held(), over).end, 'lost')
    assert.equal(settled(held({ state: 'releasing', wanted: false }), over).end, 'released')
    assert.equal(settled(unsure(), over).end, 'lost')
  })

  it('[AC17] that shows the end proves those machines off that it names, and no others', () => {
    const nodes = [0, 1].map((index) => ({ index, machine: `m${index}`, up: false }))
    const over = [rental({ state: 'ended', endedAt: 3_000, nodes })]
    const off = (sights: readonly NodeSight[]) => settled(held(), over, { sights }).machinesOff
    assert.equal(off([sight(0), sight(1)]), true)
    const copy = sight(1)
    assert.equal(off([sight(0), { ...copy, node: { ...copy.node, machine: 'copy-1' } }]), false)
    assert.equal(off([]), false)
    const absent = held({ absentCount: 1 })
    const gone = settled(absent, [], { askedAt: 99_000, now: 100_000, sights: [sight(0)] })
    assert.deepEqual([gone.end, gone.machinesOff], ['lost', undefined])
  })

  it('[AC12] leaves a lease alone whose answer is still to come', () => {
    const asked = announced(lease(), 1_000).lease
    assert.equal(settled(asked, [rental()], { inFlight: true }), asked)
  })
})

describe('the same key', () => {
  it('[AC6] is sent again after a pause, where that is safe', () => {
    assert.equal(mayAskAgain(unsure(), 'A', 1_999), false)
    assert.equal(mayAskAgain(unsure(), 'A', 2_000), true)
    assert.equal(mayAskAgain(unsure({ calls: 2 }), 'B', 2_999), false)
    assert.equal(mayAskAgain(unsure(), 'C', 99_000), false)
    assert.equal(mayAskAgain(unsure({ refusedUnsettled: true }), 'A', 99_000), false)
    assert.equal(mayAskAgain(unsure({ wanted: false }), 'A', 99_000), false)
  })
})

describe('machines', () => {
  it('[AC9] make a lease ready when all have come, and lose it when they never do', () => {
    assert.equal(settled(held(), null, { sights: [sight(0)] }).state, 'held')
    assert.equal(settled(held(), null, { sights: [sight(0), sight(1)] }).state, 'ready')
    const late = settled(held(), null, { now: 61_001, sights: [sight(0)] })
    assert.equal(late.state, 'releasing')
    assert.equal(late.why, '1 of its 2 machines never reported')
    assert.deepEqual(late.failed, { since: late.heldAt, nodes: 1 })
  })

  it('[AC10] that fall silent lose the lease', () => {
    const ready = held({ state: 'ready' })
    assert.equal(settled(ready, null, { sights: [sight(0), sight(1, 60_000)] }), ready)
    const silent = settled(ready, null, { sights: [sight(0), sight(1, 60_001)] })
    assert.equal(silent.state, 'releasing')
    assert.deepEqual(silent.failed, { since: 5_000 - 60_001, nodes: 1 })
  })

  it('[AC10] that the supplier says are off lose the lease', () => {
    const nodes = [
      { index: 0, machine: 'm0', up: true },
      { index: 1, machine: 'm1', up: false },
    ]
    const broken = settled(held({ state: 'ready' }), [rental({ nodes })])
    assert.deepEqual([broken.state, broken.why], ['releasing', 'its machine m1 is off'])
    const booting = settled(held(), [rental({ nodes, state: 'pending' })])
    assert.equal(booting.wanted, true)
  })
})

describe('what nobody wants', () => {
  it('[AC11] is dropped unasked or released', () => {
    assert.equal(settled(lease({ wanted: false }), null).end, 'void')
    assert.equal(settled(held({ wanted: false }), null).state, 'releasing')
    assert.equal(settled(unsure({ wanted: false }), null).state, 'unsure', 'it must settle first')
  })

  it('[AC19] is asked for from its moment on, and dropped unasked before', () => {
    const heldBack = lease({ notBefore: 3_000 })
    assert.equal(mayAsk(heldBack, 2_999), false)
    assert.equal(mayAsk(heldBack, 3_000), true)
    assert.equal(mayAsk(lease(), 0), true)
    assert.equal(mayAsk({ ...heldBack, wanted: false }, 3_000), false)
    assert.equal(mayAsk(unsure({ notBefore: 3_000 }), 3_000), false)
    assert.equal(settled(heldBack, []), heldBack, 'no listing settles it')
    assert.equal(settled({ ...heldBack, wanted: false }, null).end, 'void')
  })

  it('[AC13] is a stray once no lease may own it', () => {
    const issued = (key: string) => key === 'k1'
    assert.deepEqual(strays([rental()], [held()], issued), [])
    assert.deepEqual(strays([rental()], [unsure()], issued), [])
    assert.equal(strays([rental()], [], issued).length, 1)
    assert.equal(strays([rental({ id: 'r2' })], [held()], issued).length, 1, 'a second of one key')
    assert.deepEqual(strays([rental({ state: 'ended' })], [], issued), [])
  })

  it('[AC14] is foreign where we never issued its key', () => {
    const issued = (key: string) => key === 'k1'
    const ours = rental()
    const theirs = rental({ id: 'r9', key: 'k9' })
    const untagged = rental({ id: 'r8', key: null })
    assert.deepEqual(foreign([ours, theirs, untagged], issued), [theirs, untagged])
    assert.deepEqual(strays([theirs, untagged], [], issued), [])
  })
})

describe('the rules in force', () => {
  const supplier: SupplierSpec = {
    name: 'acme',
    generation: 1,
    driver: 'remote',
    url: 'http://127.0.0.1:1',
    tokenFrom: null,
    promises,
    buying: true,
  }
  const workload = {
    state: 'active',
    spec: { suppliers: null, pricePerHourMax: null },
  } as unknown as WorkloadStatus
  const rules = { policy: defaultPolicy, supplier, workload, law: noLaw }

  it('[AC15] are asked before every call', () => {
    const denied = { ...defaultPolicy, suppliersDenied: ['acme'] }
    const others = { ...defaultPolicy, suppliersAllowed: ['other'] }
    const over: WorkloadStatus = { ...workload, state: 'deleting' }
    const cheap = { ...workload, spec: { ...workload.spec, pricePerHourMax: 199 } }
    assert.equal(forbids(lease(), rules), null)
    assert.match(forbids(lease(), { ...rules, policy: denied }) ?? '', /denies acme/)
    assert.match(forbids(lease(), { ...rules, policy: others }) ?? '', /does not allow acme/)
    assert.match(forbids(lease(), { ...rules, workload: over }) ?? '', /no longer wants/)
    assert.match(forbids(lease(), { ...rules, workload: cheap }) ?? '', /at most/)
    assert.match(forbids(lease(), { ...rules, supplier: null }) ?? '', /no longer a supplier/)
    const ends = (endsAt: number) => forbids(lease({ endsAt }), rules)
    assert.deepEqual([ends(rules.law.at), ends(rules.law.at + 1)], ['its block is over', null])
    const standing = { state: 'suspended', reason: 'audit', by: 'ann', since: 0 } as const
    const set = { ...supplier, standing }
    assert.match(forbids(lease(), { ...rules, supplier: set }) ?? '', /acme is suspended/)
    const closed = { ...supplier, buying: false }
    assert.match(forbids(lease(), { ...rules, supplier: closed }) ?? '', /switched off/)
  })

  it('[AC18] nothing is asked for once the money for it went elsewhere', () => {
    const policy = { ...defaultPolicy, pricePerHourMax: 400 }
    const wish = lease({ id: 'b' })
    const other = (changes: Partial<Lease>) => held({ id: 'a', pricePerHour: 200, ...changes })
    const told = (...all: readonly Lease[]) => outOfMoney(wish, [...all, wish], policy)
    assert.equal(told(other({})), null)
    assert.match(told(other({ pricePerHour: 201 })) ?? '', /at most \$0.000400 an hour/)
    assert.equal(told(other({ pricePerHour: 201, state: 'gone' })), null)
    const [before, after] = [lease({ id: 'a' }), lease({ id: 'c' })]
    assert.equal(told(before, after), null)
    assert.match(told(before, other({ id: 'd' })) ?? '', /for everything/)
    assert.equal(outOfMoney(held(), [held(), other({ pricePerHour: 900 })], policy), null)
  })

  it('[AC16] let a refused offer rest, longer each time', () => {
    const once = cooled('acme/h100x8', null, 'no-stock', 'none left', 1_000)
    const twice = cooled('acme/h100x8', once, 'no-stock', 'none left', 1_000)
    const quota = cooled('acme/h100x8', null, 'quota', 'limit reached', 1_000)
    assert.equal(once.until - 1_000, 5_000)
    assert.equal(twice.until - 1_000, 10_000)
    assert.ok(quota.until > twice.until)
    const often = cooled('acme/h100x8', { ...once, refusals: 1_000 }, 'no-stock', '', 1_000)
    assert.equal(often.until - 1_000, 300_000)
  })
})
