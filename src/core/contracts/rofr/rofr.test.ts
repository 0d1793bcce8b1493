/** The life of a right of first refusal. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { it } from 'node:test'
import fc from 'fast-check'
import type { Rofr } from '../../domain/clause.ts'
import type { Deal } from '../../domain/contract.ts'
import { type RofrCase, rofrMoves } from '../../domain/contract.ts'
import { dayMs, formatDay } from '../../domain/day.ts'
import { clauseOf, day } from '../draw.test.ts'
import { advance, mayBind } from './advance.ts'
import { bundle, isWhole } from './bundle.ts'
import type { RofrEvent } from './case.ts'
import { notice, reveals } from './notice.ts'
import { openCase, opening, type Proposal } from './open.ts'
import { nextTurn } from './queue.ts'

const rofr = clauseOf(
  'rofr',
  `- kind: rofr
  window: 10 business days
  tail: 30 days
  tolerance: {share: 2%, start: 5 days}
  partial: true
  aggregate: 90 days
  at_least: 1000
  long_stop: 20 days
  disclose: [price_per_hour, accelerators]`,
)
const deal: Deal = {
  accelerator: 'GB200',
  accelerators: 4_000,
  pricePerHour: 3_000_000,
  startAt: day('2025-09-01'),
  termDays: 365,
  region: 'us-central',
  controls: ['dedicated-hosts', 'external-kms'],
}
const proposal: Proposal = {
  id: 'p1',
  at: day('2025-03-03'),
  supplier: 'rival',
  deal,
  facts: { supplier: ['rival'] },
  firmness: 'binding-offer',
}

function opened(clause: Rofr = rofr, offer: Proposal = proposal): RofrCase {
  const found = opening(clause, offer, [])
  assert.ok(found)
  return openCase(clause, offer, found)
}

type Told = RofrEvent extends infer Each
  ? Each extends RofrEvent
    ? Omit<Each, 'at' | 'actor'>
    : never
  : never

/** The case after these events; each may be refused only where it says so. */
function after(events: readonly (readonly [string, Told])[], from = opened()): RofrCase {
  return events.reduce((now, [at, event]) => {
    const answer = advance(now, { ...event, at: day(at), actor: 'ann' } as RofrEvent)
    assert.equal(answer.refused, null)
    return answer.case
  }, from)
}

const deliver: Told = { event: 'deliver', digest: 'd1', proof: 'receipt 7' }
const noticed = () => after([['2025-03-03', deliver]])
const freed = () => after([['2025-03-10', { event: 'decline' }]], noticed())

it('[CL11] an offer triggers once it is firm, in scope and large enough', () => {
  assert.equal(opening(rofr, { ...proposal, firmness: 'accepted-loi' }, []), null)
  assert.equal(opening(rofr, { ...proposal, supplier: 'incumbent' }, []), null)
  const small = { ...proposal, deal: { ...deal, accelerators: 999 } }
  assert.equal(opening(rofr, small, []), null)
  const elsewhere = clauseOf('rofr', '- {kind: rofr, at_least: 1, scope: {region: eu-west}}')
  assert.equal(opening(elsewhere, { ...proposal, facts: { region: ['us'] } }, []), null)
  // A place that nobody told may well be the one that the clause is about.
  assert.ok(opening(elsewhere, proposal, []))
})

it('[CL12] purchases that were split are counted together within the window of the clause', () => {
  const half = { ...deal, accelerators: 600 }
  const first = { ...proposal, id: 'p0', at: day('2025-02-01'), deal: half }
  const second = { ...proposal, deal: half }
  assert.equal(opening(rofr, second, []), null)
  assert.deepEqual(opening(rofr, second, [first]), { accelerators: 1_200, added: ['p0'] })
  assert.equal(opening(rofr, second, [{ ...first, at: day('2024-12-01') }]), null)
  const [found] = [opening(rofr, second, [first])]
  assert.ok(found)
  assert.equal(openCase(rofr, second, found).deal.accelerators, 1_200)
})

it('[CL13] the holder has its window; silence lapses strictly after the deadline', () => {
  const now = noticed()
  assert.equal(formatDay(now.deadline ?? 0), '2025-03-17')
  const deadline = now.deadline ?? 0
  const tick = (at: number) => advance(now, { event: 'tick', at, actor: 'time' }).case
  assert.equal(tick(deadline).step, 'noticed')
  assert.equal(tick(deadline + 1).step, 'free')
  assert.equal(tick(deadline + 1).freedom, 'lapsed')
  // A decision that comes too late meets a case that lapsed.
  const late = advance(now, { event: 'match', deal, at: deadline + 1, actor: 'holder' })
  assert.equal(late.refused, 'what is free cannot be matched')
})

it('[CL14] a match must match; who matched and does not sign in time has declined', () => {
  const dearer = { ...deal, pricePerHour: deal.pricePerHour + 1 }
  const weak = advance(noticed(), {
    event: 'match',
    deal: dearer,
    at: day('2025-03-05'),
    actor: 'holder',
  })
  assert.equal(weak.refused, 'it does not match: price per hour $3.00 instead of $3.00')
  const matched = after([['2025-03-05', { event: 'match', deal }]], noticed())
  assert.equal(mayBind(matched, deal, day('2025-03-20')), 'the right of incumbent is matched')
  assert.equal(after([['2025-04-20', { event: 'tick' }]], matched).freedom, 'failed-match')
})

it('[CL15] who is free may sign only within the tail, and only what the holder was told', () => {
  const now = freed()
  assert.equal(mayBind(now, deal, day('2025-04-09')), null)
  assert.equal(mayBind(now, deal, day('2025-04-10')), 'the right of incumbent is expired')
  const within = { ...deal, pricePerHour: 3_060_000, startAt: day('2025-09-06') }
  assert.equal(mayBind(now, within, day('2025-03-20')), null)
  const beyond = { ...deal, pricePerHour: 3_060_001 }
  assert.equal(
    mayBind(now, beyond, day('2025-03-20')),
    'better for rival than what incumbent was told: price per hour $3.06 instead of $3.00',
  )
  const asked = after([['2025-03-20', { event: 'revise', deal: beyond }]], now)
  assert.equal(asked.step, 'triggered')
  assert.equal(asked.digest, null)
})

it('[CL16] the holder may take a part where the clause allows it; the rest is free', () => {
  const part = after([['2025-03-05', { event: 'take', accelerators: 1_000 }]], noticed())
  assert.deepEqual(
    [part.step, part.acceleratorsTaken, part.acceleratorsFree],
    ['free', 1_000, 3_000],
  )
  assert.match(mayBind(part, deal, day('2025-03-06')) ?? '', /only 3000 accelerators are free/)
  const rest = { ...deal, accelerators: 2_000 }
  const bound = after([['2025-03-06', { event: 'bind', purchase: 'p1', deal: rest }]], part)
  assert.deepEqual([bound.step, bound.acceleratorsFree], ['free', 1_000])
  const failed = after([['2025-03-07', { event: 'fail', why: 'no space' }]], bound)
  assert.equal(failed.acceleratorsFree, 2_000)
})

it('[CL17] the same notice once more changes nothing; another one is refused', () => {
  const now = noticed()
  const again = advance(now, { ...deliver, at: day('2025-03-06'), actor: 'ann' } as RofrEvent)
  assert.deepEqual(again, { case: now, refused: null })
  const other = { ...deliver, digest: 'd2', at: day('2025-03-06'), actor: 'ann' } as RofrEvent
  assert.equal(advance(now, other).refused, 'what is noticed cannot be noticed')
})

it('[CL17] the same answer once more changes nothing, and another one is refused', () => {
  const matched: Told = { event: 'match', deal }
  const waived: Told = { event: 'waive', digest: 'letter 9' }
  const disputed: Told = { event: 'dispute', why: 'not these terms' }
  const asked: readonly (readonly [Told, ...Told[]])[] = [
    [{ event: 'decline' }],
    [matched],
    [{ event: 'take', accelerators: 1_000 }],
    [waived],
    [disputed],
    [{ event: 'withdraw', why: 'too dear' }],
    [{ event: 'sign-with-holder', digest: 'order 3' }, matched],
    [{ event: 'fail', why: 'it does not sign' }, matched],
    ...(['declined', 'waived', 'upheld'] as const).map((as) => {
      return [{ event: 'settle', as }, disputed] as const
    }),
  ]
  for (const [said, ...before] of asked) {
    const events = [...before, said].map((each) => ['2025-03-05', each] as const)
    const now = after(events, noticed())
    const again = advance(now, { ...said, at: day('2025-03-06'), actor: 'ben' } as RofrEvent)
    assert.deepEqual(again, { case: now, refused: null }, said.event)
  }
  const refusal = (told: Told, said: Told) => {
    const now = after([['2025-03-05', told]], noticed())
    return advance(now, { ...said, at: day('2025-03-06'), actor: 'ben' } as RofrEvent).refused
  }
  assert.equal(refusal({ event: 'decline' }, matched), 'what is free cannot be matched')
  assert.equal(refusal(matched, { event: 'decline' }), 'what is matched cannot be declined')
  assert.notEqual(
    refusal({ event: 'take', accelerators: 9 }, { event: 'take', accelerators: 8 }),
    null,
  )
  assert.notEqual(refusal(disputed, { ...disputed, why: 'too late' }), null)
  // Silence is no answer: whoever declines after that is told that it lapsed.
  const late = advance(noticed(), { event: 'decline', at: day('2025-03-19'), actor: 'holder' })
  assert.equal(late.refused, 'what is free cannot be declined')
})

it('[CL18] a repeal ends no case that was opened before', () => {
  const repeal = { by: 'peace', at: day('2025-03-04'), recordedAt: day('2025-03-04') }
  const now = after([['2025-03-03', deliver]], opened({ ...rofr, repeal }))
  assert.equal(mayBind(now, deal, day('2025-03-06')), 'the right of incumbent is noticed')
})

it('[CL19] overlapping rights are served in the priority that they declare', () => {
  const first = opened()
  const second = opened({ ...rofr, contract: 'other', priority: 2 })
  const turn = (...cases: readonly RofrCase[]) => {
    const next = nextTurn(cases)
    return next.turn === 'free' ? 'free' : `${next.turn} ${next.case.clause.contract}`
  }
  assert.equal(turn(second, first), 'notify deal')
  assert.equal(turn(second, noticed()), 'wait deal')
  assert.equal(turn(second, freed()), 'notify other')
  assert.equal(
    turn(after([['2025-03-05', { event: 'match', deal }]], noticed()), second),
    'stop deal',
  )
})

const hash = (text: string) => createHash('sha256').update(text).digest('hex')

it('[CL20] a notice tells what the clause obliges us to, and commits us to the rest', () => {
  const told = notice(opened(), 'n1', hash)
  assert.deepEqual(told.terms, { price_per_hour: '$3.00', accelerators: '4000' })
  assert.ok(!/rival|us-central|GB200/.test(JSON.stringify(told)))
  assert.ok(reveals(told.digest, { deal, thirdParty: 'rival', nonce: 'n1' }, hash))
  const other = { ...deal, region: 'eu-west' }
  assert.ok(!reveals(told.digest, { deal: other, thirdParty: 'rival', nonce: 'n1' }, hash))
})

it('[CL20] a notice tells in words what is bought by the hour, and how secure it is', () => {
  const disclose = ['term', 'security_class', 'start'] as const
  const hourly = { ...deal, termDays: 0, controls: [] }
  const told = notice({ ...opened({ ...rofr, disclose }), deal: hourly }, 'n1', hash)
  const security_class = 'no control is proven'
  assert.deepEqual(told.terms, {
    term: 'until it is given back',
    security_class,
    start: '2025-09-01',
  })
  const secure = notice(opened({ ...rofr, disclose }), 'n1', hash)
  assert.equal(secure.terms.security_class, 'dedicated-hosts, external-kms')
})

it('[CL15] less security than the holder was told of asks it anew', () => {
  const now = freed()
  const { controls = [], ...old } = deal
  const bar = (proven: readonly string[]) => {
    return mayBind(now, { ...deal, controls: proven }, day('2025-03-20'))
  }
  assert.deepEqual([bar(controls), bar([...controls, 'egress-cap'])], [null, null])
  const told = 'dedicated-hosts, external-kms'
  const better = 'better for rival than what incumbent was told: security class'
  assert.equal(bar(['external-kms']), `${better} external-kms instead of ${told}`)
  assert.equal(bar([]), `${better} no control is proven instead of ${told}`)
  const weak = { ...deal, controls: ['external-kms'] }
  const match = { event: 'match', deal: weak, at: day('2025-03-05'), actor: 'holder' } as const
  assert.match(advance(noticed(), match).refused ?? '', /^it does not match: security class ext/)
  // A case of before that was compared told nothing of it, so nothing of it can become better.
  assert.equal(mayBind({ ...now, deal: old }, deal, day('2025-03-20')), null)
})

it('[CL21] the evidence of a case is one bundle that shows when it was touched', () => {
  const whole = bundle(freed(), hash)
  assert.equal(whole.summary, 'free since 2025-03-10: the holder declines')
  assert.deepEqual(
    whole.entries.map(({ to, actor, proof }) => [to, actor, proof]),
    [
      ['triggered', 'us', null],
      ['noticed', 'ann', 'receipt 7'],
      ['free', 'ann', null],
    ],
  )
  assert.ok(isWhole(whole, hash))
  const [one, two, three] = whole.entries
  assert.ok(one && two && three)
  assert.ok(!isWhole({ ...whole, entries: [one, { ...two, at: two.at - 1 }, three] }, hash))
  assert.ok(!isWhole({ ...whole, entries: [one, three] }, hash))
})

const anyDeal = fc
  .record({
    price: fc.integer({ min: 1, max: 5 }),
    accelerators: fc.integer({ min: 1, max: 6_000 }),
  })
  .map(({ price, accelerators }) => ({ ...deal, accelerators, pricePerHour: price * 1_000_000 }))
const anyEvent: fc.Arbitrary<Told> = fc.oneof(
  fc.constantFrom<Told>(
    deliver,
    { event: 'deliver', digest: 'd2', proof: 'p' },
    { event: 'decline' },
    { event: 'waive', digest: 'w' },
    { event: 'dispute', why: 'no' },
    { event: 'settle', as: 'declined' },
    { event: 'settle', as: 'waived' },
    { event: 'settle', as: 'upheld' },
    { event: 'withdraw', why: 'off' },
    { event: 'sign-with-holder', digest: 's' },
    { event: 'fail', why: 'no' },
    { event: 'tick' },
    { event: 'match', deal },
    { event: 'take', accelerators: 100 },
  ),
  anyDeal.map((revised): Told => ({ event: 'revise', deal: revised })),
  anyDeal.map(
    (signed): Told => ({ event: 'bind', purchase: `p${signed.accelerators}`, deal: signed }),
  ),
)
const anyStory = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), anyEvent), { maxLength: 25 })

function tell(story: readonly (readonly [number, Told])[], see: (now: RofrCase) => void): RofrCase {
  let [now, at] = [opened(), day('2025-03-03')]
  for (const [days, event] of story) {
    at += days * dayMs
    now = advance(now, { ...event, at, actor: 'x' } as RofrEvent).case
    see(now)
  }
  return now
}

it('[CL22] no story signs with a third party before the holder let us go', () => {
  fc.assert(
    fc.property(anyStory, (story) => {
      const { evidence } = tell(story, () => {})
      evidence.forEach(({ why }, index) => {
        if (!why.startsWith('signed with rival')) return
        const before = evidence.slice(0, index)
        const freedAt = before.findLastIndex(({ from, to }) => {
          return (to === 'free' || to === 'waived') && from !== to
        })
        assert.ok(freedAt > before.findLastIndex(({ to }) => to === 'triggered'))
      })
    }),
  )
})

it('[CL22] every move of every story stands in the table, and time never runs backwards', () => {
  fc.assert(
    fc.property(anyStory, (story) => {
      const { evidence } = tell(story, () => {})
      for (const [index, { from, to, at, why }] of evidence.entries()) {
        assert.ok(from === null || rofrMoves[from].includes(to))
        assert.ok(at >= (evidence[index - 1]?.at ?? 0))
        if (/silent/.test(why)) assert.ok(at > (evidence[index - 1]?.at ?? at))
      }
    }),
  )
})

it('[CL23] what is disputed is free for nobody, and what was signed is not free again', () => {
  const disputed = advance(freed(), { event: 'dispute', why: 'no', ...told2 }).case
  assert.equal(disputed.acceleratorsFree, 0)
  const part = { event: 'bind', purchase: 'p1', deal: { ...deal, accelerators: 1_000 } } as const
  const signed = advance(freed(), { ...part, ...told2 }).case
  const again = advance(signed, { event: 'dispute', why: 'no', ...told2 }).case
  const settled = advance(again, { event: 'settle', as: 'declined', ...told2 }).case
  assert.equal(settled.acceleratorsFree, 3_000)
})

const told2 = { at: day('2025-03-11'), actor: 'ann' }

it('[CL23] no story signs for more accelerators than were free', () => {
  fc.assert(
    fc.property(anyStory, (story) => {
      tell(story, ({ acceleratorsFree, acceleratorsTaken, acceleratorsSigned, deal: told }) => {
        assert.ok(acceleratorsFree >= 0)
        const given = acceleratorsFree + acceleratorsTaken + acceleratorsSigned
        assert.ok(given <= told.accelerators)
      })
    }),
  )
})
