/**
 * Where the hunter asks next, as drawings of pools and hours, and what must hold for any trace.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type Belief, noBelief } from '../domain/world.ts'
import { observe } from './belief.ts'
import type { Priced } from './course.ts'
import { type Hunt, type Hunted, hunt, type Situation } from './hunt.ts'

const hourMs = 3_600_000
const tickMs = hourMs / 6

/** One pool a line: `name region spot on-demand`, in dollars an hour; `-` for not sold. */
function pools(drawing: string): readonly Priced[] {
  return drawing
    .trim()
    .split('\n')
    .map((line) => {
      const [id = '', region = '', spot, sure] = line.trim().split(/\s+/)
      const onDemandPerHour = sure === '-' ? null : Number(sure) * 1_000_000
      return { id, region, spotPerHour: Number(spot) * 1_000_000, onDemandPerHour }
    })
}

const three = pools(`
  cheap  north  10 80
  middle south  11 80
  dear   east   40 90`)

interface Drawn {
  readonly work: number
  readonly hours: number
  readonly on?: string
  readonly at?: string
  readonly belief?: Belief
  readonly nowMs?: number
  readonly from?: readonly Priced[]
  readonly asks?: number
}

function situation({ work, hours, on, at = on, nowMs = 0, ...rest }: Drawn): Situation {
  const job: Hunted = {
    workLeftMs: work * hourMs,
    deadlineMs: nowMs + hours * hourMs,
    restartMs: 0.2 * hourMs,
    lossMs: 0,
    held: on ? { pool: on, market: 'spot', overheadMs: 0 } : null,
    checkpointAt: at ?? null,
    egress: { 'south>north': 1_000_000, 'east>north': 1_000_000 },
  }
  const { belief = noBelief, from = three, asks = 9 } = rest
  const nextMs = nowMs + tickMs
  return { nowMs, nextMs, pools: from, belief, job, requestsMax: asks }
}

/** `try a b, else stay`. */
function drawn({ tries, otherwise }: Hunt): string {
  const ask = tries.length > 0 ? `try ${tries.join(' ')}, else ` : ''
  const last = otherwise.kind === 'on-demand' ? `buy ${otherwise.pool}` : otherwise.kind
  return `${ask}${last}`
}

const seen = (id: string, outcome: 'refused' | 'available', atMs: number, belief = noBelief) =>
  observe(belief, three.find((pool) => pool.id === id) ?? { id, region: '' }, {
    pool: id,
    atMs,
    outcome,
  })

describe('the hunter', () => {
  it('[HU4] tries the cheap before the dear', () => {
    assert.equal(drawn(hunt(situation({ work: 20, hours: 24 }))), 'try cheap, else wait')
  })

  it('[HU5] waits for the cheap with time to spare, and buys what is sure with none', () => {
    const refused = seen('cheap', 'refused', 0)
    const only = three.slice(0, 1)
    const rich = { work: 5, hours: 60, at: 'cheap', belief: refused, from: only }
    assert.equal(drawn(hunt(situation(rich))), 'wait')
    assert.equal(drawn(hunt(situation({ ...rich, hours: 5.2 }))), 'buy cheap')
  })

  it('[HU6] moves for a price only where the saving outweighs the move', () => {
    const long = drawn(hunt(situation({ work: 40, hours: 60, on: 'dear' })))
    assert.match(long, /^try cheap middle, else stay/)
    assert.match(drawn(hunt(situation({ work: 0.2, hours: 9, on: 'middle' }))), /^stay/)
  })

  it('[HU11] does not ask again where it was just refused', () => {
    const belief = seen('cheap', 'refused', 0)
    const { tries } = hunt(situation({ work: 20, hours: 24, belief }))
    assert.equal(tries[0], 'middle')
  })

  it('tries no pool whose spot may not be had, and still buys what is sure there', () => {
    const from = three.slice(0, 1).map((pool) => ({ ...pool, spotPerHour: null }))
    assert.equal(drawn(hunt(situation({ work: 5, hours: 5.3, from }))), 'buy cheap')
  })

  it('tries everything when nothing is for sale for sure and the deadline is lost', () => {
    const from = pools('a north 10 -\nb south 12 -')
    assert.deepEqual(hunt(situation({ work: 9, hours: 3, from })).tries, ['a', 'b'])
  })
})

/** A world: how long a tick, a restart and a loss take, and which pools are up when. */
const worlds = fc.record({
  tickMs: fc.integer({ min: 60_000, max: hourMs }),
  restartMs: fc.integer({ min: 0, max: hourMs }),
  workTicks: fc.integer({ min: 1, max: 10 }),
  spareMs: fc.integer({ min: 0, max: 3 * hourMs }),
  seed: fc.array(fc.nat(7), { minLength: 64, maxLength: 64 }),
})

/** Carrying from one region to another takes so long. */
interface Trace {
  readonly tickMs: number
  readonly restartMs: number
  readonly workTicks: number
  readonly spareMs: number
  readonly seed: readonly number[]
  readonly carryMs: number
}

const regionOf = (id: string | null) => three.find((pool) => pool.id === id)?.region
const isFar = (from: string | null, to: string) => from !== null && regionOf(from) !== regionOf(to)

function keepsDeadline({ tickMs: turnMs, restartMs, workTicks, spareMs, seed, carryMs }: Trace) {
  const deadlineMs = workTicks * turnMs + restartMs + carryMs + spareMs
  let left = workTicks * turnMs
  let belief = noBelief
  let held: { pool: string; market: 'spot' | 'on-demand'; overheadMs: number } | null = null
  let checkpointAt: string | null = null
  for (let tick = 0; left > 0; tick++) {
    const nowMs = tick * turnMs
    const isUp = (id: string) =>
      (((seed[tick % 64] ?? 0) >> three.findIndex((pool) => pool.id === id)) & 1) === 1
    if (held?.market === 'spot' && !isUp(held.pool)) held = null
    const job = {
      workLeftMs: left,
      deadlineMs,
      restartMs,
      lossMs: 0,
      held,
      checkpointAt,
      egress: {},
      ...(carryMs > 0 && { carryMs }),
    }
    const base = { nowMs, nextMs: nowMs + turnMs, pools: three, belief, job }
    const { tries, otherwise } = hunt({ ...base, requestsMax: 3 })
    const taken = tries.find(isUp)
    for (const id of tries) {
      const pool = three.find((each) => each.id === id)
      if (pool)
        belief = observe(belief, pool, {
          pool: id,
          atMs: nowMs,
          outcome: isUp(id) ? 'available' : 'refused',
        })
      if (id === taken) break
    }
    const launchAt = (id: string) => restartMs + (isFar(checkpointAt, id) ? carryMs : 0)
    if (taken) held = { pool: taken, market: 'spot', overheadMs: launchAt(taken) }
    else if (otherwise.kind === 'on-demand') {
      const { pool } = otherwise
      held = { pool, market: 'on-demand', overheadMs: launchAt(pool) }
    }
    checkpointAt = held?.pool ?? checkpointAt
    const worked = held ? Math.max(0, turnMs - held.overheadMs) : 0
    const overheadMs = held?.overheadMs ?? 0
    // Where the work ends within this turn, it ends so long after the turn began.
    if (held && worked >= left) {
      assert.ok(
        nowMs + overheadMs + left <= deadlineMs,
        `late by ${nowMs + overheadMs + left - deadlineMs}`,
      )
    }
    left -= worked
    if (held) held = { ...held, overheadMs: Math.max(0, held.overheadMs - turnMs) }
    assert.ok(left <= 0 || nowMs < deadlineMs, 'it is late')
  }
}

describe('whatever the trace', () => {
  it('[HU1] the deadline is kept', () => {
    fc.assert(
      fc.property(worlds, (world) => keepsDeadline({ ...world, carryMs: 0 })),
      { numRuns: 12 },
    )
  })

  it('[HU16] the deadline is kept where carrying takes time', () => {
    const carries = fc.integer({ min: 60_000, max: 3 * hourMs })
    fc.assert(
      fc.property(worlds, carries, (world, carryMs) => keepsDeadline({ ...world, carryMs })),
      { numRuns: 12 },
    )
  })

  const situations = fc
    .record({
      work: fc.double({ min: 0.1, max: 30, noNaN: true }),
      spare: fc.double({ min: 0, max: 30, noNaN: true }),
      on: fc.constantFrom(undefined, 'cheap', 'middle', 'dear'),
      asks: fc.nat(4),
      refused: fc.subarray(['cheap', 'middle', 'dear']),
    })
    .map(({ work, spare, on, asks, refused }) => {
      const belief = refused.reduce((sum, id) => seen(id, 'refused', 0, sum), noBelief)
      const nowMs = hourMs
      return situation({
        work,
        hours: work + 0.4 + spare,
        asks,
        belief,
        nowMs,
        ...(on ? { on } : {}),
      })
    })

  it('[HU2] no more pools are asked than the budget allows', () => {
    fc.assert(
      fc.property(situations, (each) => {
        const { tries } = hunt(each)
        assert.ok(tries.length <= each.requestsMax)
        assert.equal(new Set(tries).size, tries.length)
      }),
      { numRuns: 20 },
    )
  })

  it('[HU3] the order of the pools does not matter', () => {
    fc.assert(
      fc.property(situations, (each) => {
        assert.deepEqual(hunt({ ...each, pools: each.pools.toReversed() }), hunt(each))
      }),
      { numRuns: 20 },
    )
  })

  for (const [spot, sure, does] of [
    [26, 20, 'buy one'],
    [20, 20, 'buy one'],
    [19, 20, 'try one, else wait'],
  ] as const) {
    it(`[HU19] with spot at ${spot} and ${sure} for sure it does: ${does}`, () => {
      const from = pools(`one north ${spot} ${sure}`)
      assert.equal(drawn(hunt(situation({ work: 30, hours: 48, from }))), does)
    })
  }

  it('[HU15] a little work that may begin now is not put off', () => {
    const past = fc.array(fc.tuple(fc.boolean(), fc.double({ min: 0.1, max: 3, noNaN: true })), {
      maxLength: 12,
    })
    const little = fc.record({
      past,
      work: fc.double({ min: 0.02, max: 0.5, noNaN: true }),
      spare: fc.double({ min: 1, max: 40, noNaN: true }),
    })
    fc.assert(
      fc.property(little, ({ past, work, spare }) => {
        let nowMs = 0
        let belief = noBelief
        for (const [isUp, hours] of [...past, [true, 0] as const]) {
          belief = seen('cheap', isUp ? 'available' : 'refused', nowMs, belief)
          nowMs += hours * hourMs
        }
        const from = three.slice(0, 1)
        const base = situation({ work, hours: work + spare, belief, nowMs, from })
        const { tries } = hunt({ ...base, worthwhileMs: hourMs / 20 })
        assert.deepEqual(tries, ['cheap'])
      }),
      { numRuns: 60 },
    )
  })

  it('[HU12] a belief can be written down and read back', () => {
    fc.assert(
      fc.property(situations, (each) => {
        const belief: Belief = JSON.parse(JSON.stringify(each.belief))
        assert.deepEqual(hunt({ ...each, belief }), hunt(each))
      }),
      { numRuns: 20 },
    )
  })
})
