/** `contract delivery`, `contingent` and `substitute`, over a scripted server. */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { type Answers, fakeServer, loggedIn, run } from '../stage.test.ts'

const day = (text: string) => Date.parse(text)

const answers: Answers = {
  delivery: () => ({
    tranches: [
      {
        ...{ tranche: 'build/steps/two', with: 'rival', accelerator: 'GB200', accelerators: 4_000 },
        ...{ rung: 'contracted', dueAt: day('2026-06-01'), likelyAt: day('2027-01-15') },
        lateAt: day('2028-03-01'),
        late: {
          ...{ clause: 'build/late', days: 120, credit: '5600000000', ends: 'tranche' },
          mayEndFrom: day('2026-09-15'),
        },
      },
    ],
    ramps: [
      {
        ...{ clause: 'build/steps', with: 'rival', promised: 5_000, accepted: 1_000 },
        expected: [30, 90, 365].map((days) => ({ days, accelerators: 1_000 + days })),
      },
    ],
    vesting: [],
  }),
  contingent: () => ({
    options: [
      {
        ...{ clause: 'build/more', with: 'rival', accelerator: 'GB200', accelerators: 1_000 },
        ...{ strikePerHour: 2_500_000, marketPerHour: 3_000_000, termDays: 365, until: null },
        ...{ marketOffer: 'bolt/gb200', breakEvenPerHour: 2_500_000 },
        forecast: {
          from: day('2027-01-01'),
          least: { value: '0', breakEvenPerHour: null },
          likely: { value: '2190000000000', breakEvenPerHour: 5_000_000 },
          most: { value: '8760000000000', breakEvenPerHour: 2_500_000 },
        },
        ...{ value: '4380000000000', assumed: ['term'] },
        asked: [{ quantity: 500, dueAt: day('2027-03-01'), paper: 'letter 9', by: ['ann'] }],
      },
    ],
    backstops: [
      {
        ...{ clause: 'build/unsold', with: 'rival', accelerators: null, until: day('2032-04-01') },
        ...{ worst: '6300000000000000', assumed: [] },
        ...{ expected: null, expectedAccelerators: null },
      },
      {
        ...{ clause: 'build/rest', with: 'rival', accelerators: 500, until: day('2032-04-01') },
        ...{ worst: '2000000000000', assumed: ['expected'] },
        ...{ expected: '500000000000', expectedAccelerators: 125 },
      },
    ],
  }),
  exposure: () => ({
    exposure: [
      {
        ...{ supplier: 'rival', held: '5000000', supported: '0', atRisk: '5000000', limit: null },
        mayCome: {
          ...{ worst: '8000000', expected: '2000000', until: day('2027-01-01') },
          capacity: [
            { accelerator: 'H100', accelerators: 1_000, expectedAccelerators: 250 },
            { accelerator: 'TPU', accelerators: 8, expectedAccelerators: null },
          ],
        },
      },
      {
        ...{ supplier: 'ally', held: '5000000', supported: '0', atRisk: '5000000', limit: null },
        mayCome: { worst: '8000000', expected: null, until: null, capacity: [] },
      },
    ],
  }),
  exercise: ({ body }) => {
    const order = body as { clause: string; quantity: number; dueAt: number; paper: string }
    const isFirst = order.quantity === 500
    const by = isFirst ? ['ann'] : ['ann', 'ben']
    return { exercise: { id: 'o1', ...order, by, takenAt: isFirst ? null : day('2026-11-30') } }
  },
  substitute: ({ body }) => ({
    ...{ clause: (body as { clause: string }).clause, with: 'rival', verdict: 'consent' },
    differences: [{ figure: 'fabric', agreed: 'infiniband', delivered: null }],
    meetBy: day('2026-12-04'),
  }),
}

async function says(t: TestContext, ...args: string[]) {
  const server = await fakeServer(t, answers)
  const done = await run(['contract', ...args], { env: loggedIn(server) })
  return { ...done, asked: server.asked.at(-1) }
}

describe('what comes', () => {
  it('tells of tranches, and of all of a ramp', async (t) => {
    const { stdout } = await says(t, 'delivery')
    assert.match(stdout, /4,000 GB200 +contracted +2026-06-01 +2027-01-15 +2028-03-01/)
    assert.match(stdout, /120 days +\$5,600\.00 +2026-09-15/)
    assert.match(stdout, /build\/steps +rival +1,000 +1,030 +1,090 +1,365 +5,000/)
    const other = await says(t, 'delivery', 'msa')
    assert.equal(other.stdout, 'nothing was promised to come\n')
  })

  it('tells what may come and may not', async (t) => {
    const { stdout } = await says(t, 'contingent')
    assert.match(stdout, /1,000 GB200 +\$2\.50 +\$3\.00 +365 +\$4\.38M +- +ann: 500, due 2027-/)
    assert.match(stdout, /build\/unsold +rival +- +\$6\.3B +not known +- +2032-04-01/)
    assert.match(stdout, /build\/rest +rival +500 +\$2M +\$500,000\.00 +125 +2032-04-01 +expected/)
    const worth = stdout
      .split('\n')
      .filter((line) => /PAYS FROM|, least|, likely|the market/.test(line))
    assert.deepEqual(
      worth.map((line) => line.trim().split(/ {2,}/)),
      [
        ['OPTION', 'WHERE', 'SAVES', 'PAYS FROM $/H'],
        ['build/more', 'all is used, and the market stays at bolt/gb200', '$4.38M', '$2.50'],
        ['build/more', 'the market costs $2.50', '$0.00', '$2.50'],
        ['build/more', 'our forecast from 2027-01-01, least', '$0.00', '-'],
        ['build/more', 'our forecast from 2027-01-01, likely', '$2.19M', '$5.00'],
      ],
    )
  })

  it('tells what may come to a supplier beside what is at risk there', async (t) => {
    const { stdout } = await says(t, 'exposure')
    const [, rival, ally] = stdout.split('\n').map((line) => line.trim().split(/ {2,}/).slice(3))
    const capacity = '250 of 1,000 H100, ? of 8 TPU'
    assert.deepEqual(rival, ['$5.00', '-', '$2.00', '$8.00', capacity, '2027-01-01'])
    assert.deepEqual(ally, ['$5.00', '-', 'not known', '$8.00', '-', '-'])
  })

  it('takes an option, for which two have to say the same', async (t) => {
    const terms = ['--due', '2027-03-01', '--paper', 'letter 9']
    const taken = (quantity: string) => {
      return says(t, 'exercise', 'build/more', '--quantity', quantity, ...terms)
    }
    const { stdout, asked } = await taken('500')
    const whole = '500 of build/more, due 2027-03-01,'
    assert.equal(stdout, `o1: ${whole} once somebody beside ann says the same\n`)
    const body = { clause: 'build/more', quantity: 500, paper: 'letter 9' }
    assert.deepEqual(asked?.body, { ...body, dueAt: day('2027-03-01') })
    const both = await taken('0.5')
    assert.equal(both.stdout, 'o1: 0.5 of build/more, due 2027-03-01, are taken, say ann and ben\n')
    const none = await taken('0')
    assert.deepEqual([none.exitCode, none.asked], [2, undefined])
    assert.match(none.stderr, /Expected a number above 0/)
  })

  it('holds figures against what was agreed', async (t) => {
    const figures = ['memory_gb=141', 'fabric=ethernet']
    const { stdout, asked } = await says(t, 'substitute', 'build/like-kind', ...figures)
    const delivered = { memory_gb: 141, fabric: 'ethernet' }
    assert.deepEqual(asked?.body, { clause: 'build/like-kind', delivered })
    assert.equal(
      stdout,
      `build/like-kind: it needs our consent in writing; meet rival about it by 2026-12-04
  fabric was not measured, and was agreed as infiniband
`,
    )
    const wrong = await says(t, 'substitute', 'build/like-kind', 'memory')
    assert.deepEqual([wrong.exitCode, wrong.asked], [2, undefined])
    assert.match(wrong.stderr, /memory is no figure; write it as memory_gb=141/)
  })
})
