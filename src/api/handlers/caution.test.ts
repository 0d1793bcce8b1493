/** What is told beside a plan: who does not answer, and chips that stand for another. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { job, type Stage, stage } from '../stage.test.ts'

const supplier = (more = '') => `kind: Supplier
name: acme
url: https://acme.example
token: { env: ACME_TOKEN }
class: A
${more}`
interface Told {
  readonly facts: { readonly quoted: { readonly offer: string; readonly pricePerHour: number } }
}
const policy = (suppliers: string) => `kind: Policy\nname: house\nsuppliers: ${suppliers}\n`

async function planned({ ask }: Stage, text: string) {
  return (await ask('POST /v1/plan', { body: { documents: [{ file: 'a.yaml', text }] } })).body
}

describe('[AP65] who does not answer', () => {
  async function silent(stageOf: Stage, submitted: string): Promise<readonly string[]> {
    stageOf.acme.away = true
    await stageOf.apply(supplier())
    stageOf.run()
    await stageOf.clock.until('an outage', 60_000, async () => {
      return (await stageOf.ledger.read()).rows.outage.length > 0
    })
    const { reasons } = await planned(stageOf, submitted)
    return reasons.map(({ why }: Record<string, string>) => why)
  }

  it('is named where it might have sold, in a plan and by `why`', async (t) => {
    const home = await stage(t)
    assert.deepEqual(await silent(home, job('train')), ['not-offered', 'unreachable'])
    await home.apply(job('train'))
    const why = async () => (await home.ask('GET /v1/workloads/train/why')).body.reasons
    await home.clock.until('a plan', 60_000, async () => (await why()).length > 0)
    assert.match((await why())[1].text, /^acme cannot be used for .*; it would have to answer$/)
  })

  for (const [where, submitted] of [
    ['its workload', job('train', 'suppliers: [bolt]')],
    ['the policy', `${policy('{ deny: [acme] }')}---\n${job('train')}`],
    ['the list of the policy', `${policy('{ allow: [bolt] }')}---\n${job('train')}`],
    ['its supplier', `${supplier('buying: false\n')}---\n${job('train')}`],
  ] as const) {
    it(`is not named where ${where} would not let it sell`, async (t) => {
      assert.deepEqual(await silent(await stage(t), submitted), ['not-offered'])
    })
  }

  for (const [what, wish, quoted] of [
    ['what would have done', job('train'), ['acme/h100x8', 10_000_000]],
    ['nothing that is too dear', job('train', 'max_price: 9.00\n'), null],
    ['nothing on another market', job('train', 'market: spot\n'), null],
    ['nothing of another shape', job('train').replace(':8', ':4'), null],
    ['nothing joined otherwise', job('train').replace(':8', ':8, fabric: ib'), null],
  ] as const) {
    it(`is named with ${what}, by what it quoted last`, async (t) => {
      const home = await stage(t)
      await home.apply(supplier())
      home.run()
      await home.clock.until('an offer', 60_000, () => home.operator.offers().length > 0)
      home.acme.away = true
      const isOut = async () => (await home.ledger.read()).rows.outage.length > 0
      await home.clock.until('an outage', 60_000, isOut)
      const { reasons } = await planned(home, wish)
      const told = reasons.filter(({ why }: Record<string, string>) => why === 'unreachable')
      assert.deepEqual(
        told.map(({ facts: { quoted: last } }: Told) => [last.offer, last.pricePerHour]),
        quoted ? [quoted] : [],
      )
    })
  }

  it('is not named to what has its place', async (t) => {
    const home = await stage(t)
    await home.apply(`${supplier()}---\n${job('train')}`)
    home.run()
    const rows = async () => (await home.ledger.read()).rows
    await home.clock.until('a lease', 60_000, async () => {
      return (await rows()).lease.some(({ body }) => body.state === 'held')
    })
    home.acme.away = true
    await home.clock.until('an outage', 60_000, async () => (await rows()).outage.length > 0)
    const { reasons } = await planned(home, policy('{ deny: [bolt] }'))
    assert.deepEqual(
      reasons.map(({ why }: Record<string, string>) => why),
      ['buying'],
    )
  })
})

describe('[AP66] a chip that no table knows', () => {
  const choice = (throughput: string) => `kind: Job
name: train
resources:
  - { accelerators: H100:8${throughput} }
  - { accelerators: Zeta:4${throughput} }
run: exec train
`
  const warnings = async (home: Stage, text: string) => (await planned(home, text)).warnings

  it('is told to stand for another where that decides, and what to do', async (t) => {
    assert.deepEqual(await warnings(await stage(t), choice('')), [
      'no table knows Zeta, so a chip counts as one H100 wherever train is placed; ' +
        'state the throughput of its alternatives',
    ])
  })

  it('is nothing to warn of where work was stated, or where there is no choice', async (t) => {
    const home = await stage(t)
    assert.deepEqual(await warnings(home, choice(', throughput: 8')), [])
    const alone = 'kind: Job\nname: train\nresources: { accelerators: Zeta:4 }\nrun: exec train\n'
    assert.deepEqual(await warnings(home, alone), [])
  })
})

it('[AP68] a chip that the table cannot tell from the chosen one is named so', async (t) => {
  const home = await stage(t)
  const [h100] = await home.acme.offers()
  assert.ok(h100)
  const h200 = { ...h100, id: 'h200x8', accelerator: 'H200', pricePerHour: 12_000_000 }
  home.acme.offers = async () => [h100, h200]
  await home.apply(supplier())
  home.run()
  await home.clock.until('offers', 60_000, () => home.operator.offers().length > 0)
  const either = job('train').replace(
    '{ accelerators: H100:8 }',
    '\n  - { accelerators: H100:8 }\n  - { accelerators: H200:8 }',
  )
  const said = (reasons: readonly Record<string, string>[]) => {
    return reasons.find(({ why }) => why === 'dearer')?.text ?? ''
  }
  const rough = /h200x8 fits but costs more than .*; the table of chips may be off by 15% between/
  assert.match(said((await planned(home, either)).reasons), rough)
  await home.apply(either)
  const why = async () => (await home.ask('GET /v1/workloads/train/why')).body.reasons
  assert.match(said(await why()), rough)
})
