/** What comes, how late, how good, and what follows from it. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { dayMs, formatDay } from '../../domain/day.ts'
import { formatAmount } from '../amount.ts'
import { clauseOf, contract, day } from '../draw.test.ts'
import { type Excuse, type Rented, slaMonths } from './claims.ts'
import { expected, ladder, schedulable } from './ladder.ts'
import { lateness } from './late.ts'
import { measure, type Outage } from './sla.ts'
import { acceptedAt, acceptedBy, learnt, slipPrior } from './slip.ts'
import { acceptance } from './substitution.ts'
import { vesting } from './vesting.ts'

const delivery = `- kind: ramp
  grace: 10 days
  tranches:
    - {id: one, quantity: 100 accelerators, accelerator: H100, due: 2025-03-01,
       energised: 2025-02-01, delivered: 2025-02-20, accepted: 2025-03-05}
    - {id: two, quantity: 1 MW, accelerator: H100, due: 2025-06-01}
- kind: late_delivery
  ramp: ramp
  credits: [{after: 0 days, share: 10%}, {after: 30 days, share: 50%}]
  terminate_after: 90 days
  cure: 30 days`
const conversions = 'conversions: [{from: MW, accelerator: H100, accelerators: 700}]'
const ramp = clauseOf('ramp', delivery, conversions)
const [one, two] = ramp.tranches
assert.ok(one && two)

it('[CL40] a tranche climbs rung by rung, and what does not bind stays announced', () => {
  const rungs = (at: string, frame = conversions) => {
    return ladder([contract(delivery, frame)], day(at), () => slipPrior).map(({ rung }) => rung)
  }
  assert.deepEqual(rungs('2025-01-15'), ['contracted', 'contracted'])
  assert.deepEqual(rungs('2025-02-21'), ['delivered', 'contracted'])
  assert.deepEqual(rungs('2025-03-05'), ['accepted', 'contracted'])
  const letter = { ...contract(delivery, conversions), bindingness: 'announced' } as const
  const [row] = ladder([letter], day('2025-03-05'), () => slipPrior)
  assert.equal(row?.rung, 'announced')
})

it('[CL41] a scheduler counts what is accepted, a planner what is likely', () => {
  assert.equal(schedulable(ramp, day('2025-03-04')), 0)
  assert.equal(schedulable(ramp, day('2025-12-31')), 100)
  const [now, later] = [day('2025-03-10'), day('2026-06-01')]
  const likely = expected(ramp, later, now, slipPrior)
  assert.ok(likely > 100 && likely < 800)
  assert.equal(expected(ramp, now, now, slipPrior), 100)
})

it('[CL42] a date is a first guess: the longer it is missed, the longer it may still take', () => {
  const median = (at: string) => acceptedAt(two, 0.5, day(at), slipPrior)
  assert.equal(formatDay(median('2025-03-01')), '2025-06-21')
  const waits = ['2025-07-01', '2025-09-01', '2026-01-01'].map((at) => median(at) - day(at))
  assert.ok(waits.every((wait, index) => index === 0 || wait > (waits[index - 1] ?? 0)))
})

it('[CL42] probabilities grow with time, and agree with the dates that they name', () => {
  const days = fc.integer({ min: 0, max: 2_000 })
  fc.assert(
    fc.property(days, days, fc.integer({ min: 1, max: 99 }), (elapsed, ahead, percent) => {
      const now = day('2025-01-15') + elapsed * dayMs
      const at = now + ahead * dayMs
      const chance = acceptedBy(two, at, now, slipPrior)
      assert.ok(chance >= 0 && chance <= 1)
      assert.ok(chance <= acceptedBy(two, at + dayMs, now, slipPrior))
      const named = acceptedAt(two, percent / 100, now, slipPrior)
      assert.ok(named >= now && acceptedBy(two, named, now, slipPrior) >= percent / 100 - 1e-9)
    }),
  )
})

it('[CL42] suppliers are known by what they did before', () => {
  const good = learnt([0, 0, 0, 0, 0, 0])
  const bad = learnt([200, 300, 150, 400])
  const median = (law: typeof good) => acceptedAt(two, 0.5, day('2025-03-01'), law)
  assert.equal(median(good), two.dueAt)
  assert.ok(median(bad) > median(slipPrior))
})

it('[CL43] lateness is credited by the day, and gives a right to leave', () => {
  const clause = clauseOf('late_delivery', delivery, conversions)
  const late = (at: string) => {
    const result = lateness(clause, ramp, { tranche: two, pricePerHour: 1_000_000, now: day(at) })
    if (!result) return null
    const { days, credit, mayTerminateFrom, endsAtEarliest } = result
    const dates = [mayTerminateFrom, endsAtEarliest].map((each) => formatDay(each))
    return [days, formatAmount(credit), ...dates].join(' ')
  }
  assert.equal(late('2025-06-11'), null)
  // 700 accelerators at a dollar are $16,800 a day.
  assert.equal(late('2025-06-12'), '1 $1,680.00 2025-09-09 2025-10-09')
  assert.equal(late('2025-07-21'), '40 $134,400.00 2025-09-09 2025-10-09')
  assert.equal(late('2025-12-01'), '173 $1,251,600.00 2025-09-09 2025-12-31')
})

const sla = clauseOf(
  'sla_credit',
  `- kind: sla_credit
  bands: [{below: 99.9%, credit: 10%}, {below: 99%, credit: 25%}]
  excluded: [maintenance]
  claim: 30 days
  cap: 20%`,
)
const period = { from: day('2025-03-01'), to: day('2025-03-31') }
const outage = (from: string, hours: number, cause: Outage['cause'] = 'supplier'): Outage => {
  return { from: day(from), to: day(from) + hours * 3_600_000, cause, evidence: `log ${from}` }
}

it('[CL44] an outage counts once, and what is excluded is no part of the period', () => {
  const down = [outage('2025-03-10', 6), outage('2025-03-10T03:00Z', 6)]
  assert.equal(measure(sla, period, down).downMs, 9 * 3_600_000)
  const upkeep = [...down, outage('2025-03-10', 4, 'maintenance')]
  assert.deepEqual(measure(sla, period, upkeep), {
    countedMs: (720 - 4) * 3_600_000,
    downMs: 5 * 3_600_000,
    availabilityPpm: 993_016,
  })
})

it('[CL44] however outages overlap, what is counted is within the period', () => {
  const cause = fc.constantFrom('supplier', 'maintenance', 'our-fault')
  const any = fc.record({ start: fc.integer({ min: -50, max: 750 }), hours: fc.nat(100), cause })
  fc.assert(
    fc.property(fc.array(any, { maxLength: 6 }), (drawn) => {
      const outages = drawn.map(({ start, hours, cause: why }): Outage => {
        const from = period.from + start * 3_600_000
        const to = from + hours * 3_600_000
        return { from, to, cause: why as Outage['cause'], evidence: 'x' }
      })
      const hour = (index: number) => period.from + index * 3_600_000
      const during = (at: number) => outages.filter(({ from, to }) => from <= at && at < to)
      const hours = Array.from({ length: 720 }, (_, index) => during(hour(index)))
      const counted = hours.filter((all) => !all.some((each) => each.cause === 'maintenance'))
      assert.equal(measure(sla, period, outages).countedMs, counted.length * 3_600_000)
      const down = counted.filter((all) => all.length > 0)
      assert.equal(measure(sla, period, outages).downMs, down.length * 3_600_000)
    }),
  )
})

/** Ten machines in March, at $1 an hour each, of which `failing` failed for so long at its end. */
const rented = (failing: number, hours: number, more: Partial<Rented> = {}): Rented => ({
  ...{ id: 'acme/r1@0', rental: 'r1', supplier: sla.with, from: period.from, to: period.to },
  ...{ accelerator: 'H100', accelerators: 80, amount: 7_200_000_000, workload: 'train' },
  ...{ market: 'on-demand', nodes: 10, why: 'it is mute' },
  failed: { since: period.to - hours * 3_600_000, nodes: failing },
  ...more,
})
const march = (rentals: readonly Rented[], now = '2025-04-15', excuses: readonly Excuse[] = []) =>
  slaMonths([sla], rentals, { excuses, now: day(now) })

it('[CL45] a claim takes the band that was missed, at most the cap, and has its last day', () => {
  const credit = (failing: number, hours: number) => {
    const [month] = march([rented(failing, hours)])
    return month?.credit === null ? null : formatAmount(month?.credit ?? -1n)
  }
  assert.equal(credit(1, 7), null)
  assert.equal(credit(1, 8), '$720.00')
  assert.equal(credit(1, 73), '$1,440.00')
  assert.equal(credit(10, 7.3), '$1,440.00')
  const [claim] = march([rented(1, 8)])
  assert.equal(formatDay(claim?.deadline ?? 0), '2025-04-30')
  assert.deepEqual(claim?.evidence, [
    'r1: 1 of 10 machines did not do from 2025-03-30T16:00:00Z to 2025-03-31T00:00:00Z: it is mute',
  ])
})

it('[CL45] somebody is warned while there is still time to claim', () => {
  const isNear = (now: string) => march([rented(1, 8)], now)[0]?.isNear
  assert.deepEqual(['2025-03-31', '2025-04-19', '2025-04-22', '2025-05-01'].map(isNear), [
    false,
    false,
    true,
    false,
  ])
  assert.deepEqual(march([rented(1, 8)], '2025-07-01'), [])
})

it('[CL63] what nobody promised does not count, nor what was excused', () => {
  const excuse = { from: period.to - 7_200_000, to: period.to, supplier: sla.with }
  const downMs = (more: Partial<Rented>, excuses: readonly Excuse[] = []) =>
    march([rented(1, 8, more)], '2025-04-15', excuses)[0]?.measured.downMs
  assert.equal(downMs({}), 8 * 3_600_000)
  assert.equal(downMs({ market: 'spot' }), undefined)
  assert.equal(downMs({ supplier: 'bolt' }), undefined)
  assert.equal(downMs({}, [{ ...excuse, cause: 'maintenance' }]), 6 * 3_600_000)
  assert.equal(downMs({}, [{ ...excuse, cause: 'force-majeure' }]), 8 * 3_600_000)
  assert.equal(downMs({}, [{ ...excuse, cause: 'maintenance', supplier: 'bolt' }]), 8 * 3_600_000)
})

it('[CL46] a substitute is accepted, discussed or refused by the figures that were agreed', () => {
  const verdict = (consent: string, hbm: number, network = 'infiniband') => {
    const text = `- {kind: substitution, consent: ${consent}, meeting: 10 days,
  floor: {hbm_gb: 80, network: infiniband}}`
    const delivered = { hbm_gb: hbm, network }
    return acceptance(clauseOf('substitution', text), delivered, day('2025-03-01'))
  }
  assert.equal(verdict('like-kind', 141).verdict, 'accept')
  assert.equal(verdict('written', 141).verdict, 'consent')
  assert.deepEqual(verdict('like-kind', 141, 'ethernet'), {
    verdict: 'consent',
    differences: [{ figure: 'network', agreed: 'infiniband', delivered: 'ethernet' }],
    meetBy: day('2025-03-11'),
  })
  assert.equal(verdict('written', 40).verdict, 'refuse')
})

it('[CL47] shares vest as milestones are reached, in units that convert', () => {
  const text = `- kind: equity_vesting
  accelerator: H100
  milestones: [{quantity: 1 MW, shares: 10}, {quantity: 2 MW, shares: 30}]`
  const clause = clauseOf('equity_vesting', text, conversions)
  assert.deepEqual(vesting(clause, 699), { vestedShares: 0, missing: 1 })
  assert.deepEqual(vesting(clause, 800), { vestedShares: 10, missing: 600 })
  assert.deepEqual(vesting(clause, 1_400), { vestedShares: 40, missing: null })
  assert.equal(vesting(clauseOf('equity_vesting', text), 1), null)
})
