/** What left for a supplier, asked over HTTP. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { it } from 'node:test'
import { event } from '../../core/domain/event.ts'
import { giveNotice, openRight } from '../../operate/law/rofr.ts'
import { contractText, refused, type Stage, stage } from '../stage.test.ts'
import type { ToldReply } from '../wire/told.ts'

const specs = `kind: Supplier
name: acme
url: http://acme.example
class: A
---
kind: Job
name: train
run: ./train
resources: { accelerators: H100:8, nodes: 2 }
`

async function told(home: Stage, query = ''): Promise<ToldReply> {
  const { status, body } = await home.ask(`GET /v1/suppliers/acme/told${query}`)
  assert.equal(status, 200)
  return body
}

it('[AP41] what left for a supplier is told, and no secret with it', async (t) => {
  const home = await stage(t)
  await home.apply(specs)
  assert.deepEqual(await told(home), { supplier: 'acme', as: 'us', told: [], isWhole: true })
  home.run()
  await home.clock.until('a purchase', 600_000, () => home.acme.rentals.length === 1)
  const boughtAt = home.clock.wallMs()
  await home.clock.until('a while', 600_000, () => home.clock.wallMs() > boughtAt + 10_000)
  await home.ask('DELETE /v1/workloads/train')
  await home.clock.until('its end', 3_600_000, () => home.acme.rentals[0]?.state === 'ended')
  const { told: all, isWhole } = await told(home)
  assert.equal(isWhole, true)
  assert.deepEqual(
    all.map(({ at: _, ...each }) => each),
    [
      {
        ...{ what: 'ask', key: home.acme.orders[0], call: 1, offer: 'h100x8' },
        ...{ accelerators: 'H100:8 x2', region: 'here', market: 'on-demand' },
        pricePerHourMax: 20_000_000,
      },
      { what: 'release', rental: home.acme.rentals[0]?.id },
    ],
  )
  assert.doesNotMatch(JSON.stringify(all), /train|secret|127\.0\.0\.1/)
  const [first, last] = all
  const later = (await told(home, `?since=${(first?.at ?? 0) + 1}`)).told
  assert.deepEqual(later, [last])
})

it('[AP41] of nobody, or of one whom nobody asked, nothing is told', async (t) => {
  const home = await stage(t)
  await home.apply(specs)
  assert.deepEqual((await told(home)).told, [])
  const nobody = await home.ask('GET /v1/suppliers/nobody/told')
  refused(nobody, 404, 'not-found', /^there is no supplier nobody$/)
})

/** Gives back so many rentals that nobody ordered, in one moment. */
async function giveBack({ ledger }: Stage, count: number, first = 0): Promise<void> {
  const events = Array.from({ length: count }, (_, index) => {
    return event('orphan.releasing', { supplier: 'acme' }, { rental: `r${first + index}` })
  })
  assert.equal((await ledger.commit({ puts: [], events })).outcome, 'done')
}

it('[AP41] goes back page by page, to where one reply would be too long', async (t) => {
  const home = await stage(t)
  await home.apply(specs)
  await giveBack(home, 1_200)
  const whole = await told(home)
  assert.deepEqual([whole.told.length, whole.isWhole], [1_200, true])
  const rentals = whole.told.map((each) => each.what === 'release' && each.rental)
  assert.deepEqual([rentals[0], rentals[199], rentals.at(-1)], ['r0', 'r199', 'r1199'])
  await giveBack(home, 4_900, 1_200)
  const cut = await told(home)
  assert.equal(cut.isWhole, false)
  assert.ok(cut.told.length >= 5_000 && cut.told.length < 6_100, `${cut.told.length} lines`)
  assert.deepEqual(cut.told.at(-1), { ...cut.told.at(-1), what: 'release', rental: 'r6099' })
})

it('[AP41] tells a holder of its notices, from when on it is asked', async (t) => {
  const home = await stage(t)
  const right =
    '  - { kind: rofr, id: first, window: 30 days, channel: letter, disclose: [accelerators] }\n'
  assert.equal((await home.apply(`${specs}---\n${contractText('acme', right)}`)).status, 200)
  const bolt = { supplier: 'bolt', id: 'h100x8', accelerator: 'H100', perNode: 8, region: 'us' }
  const market = { market: 'on-demand', stock: { kind: 'unknown' }, observedAt: 0 } as const
  const offers = [{ ...bolt, ...market, pricePerHour: 80_000_000 }]
  const order = { workload: 'train', offer: 'bolt/h100x8', by: 'ann' }
  assert.equal((await openRight(home.ledger, order, offers)).outcome, 'done')
  const id = 'msa/first/train@bolt/h100x8'
  const given = await giveNotice(home.ledger, { id, by: 'ann', proof: 'p', nonce: 'n' }, sha256)
  assert.ok('notice' in given)
  const { told: all } = await told(home)
  const { at = 0, ...notice } = all[0] ?? {}
  const { digest } = given.notice
  assert.deepEqual(notice, {
    ...{ what: 'notice', clause: 'msa/first', channel: 'letter', answerWithin: '30 days' },
    ...{ terms: { accelerators: '16' }, digest },
  })
  assert.equal(digest.length, 64)
  assert.deepEqual((await told(home, `?since=${at}`)).told, all)
  assert.deepEqual((await told(home, `?since=${at + 1}`)).told, [])
  assert.doesNotMatch(JSON.stringify(all), /bolt|train/)
})

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

it('[AP44] what is kept from a supplier is told for any day, with what keeps it', async (t) => {
  const home = await stage(t)
  const nda = '  - { kind: confidentiality, id: nda, secrets: [prices], from: 2030-01-01 }\n'
  const policy = `---
kind: Policy
name: house
withhold: [{ relations: [neutral], facts: [forecast] }]
`
  await home.apply(`${specs}---\n${contractText('bolt', nda)}${policy}`)
  const kept = async (query: string) => {
    const { body } = await home.ask(`GET /v1/suppliers/acme/clearance${query}`)
    return body.withheld.map((each: { fact: string; about: string | null; source: string }) => {
      return `${each.fact} of ${each.about ?? 'others'}: ${each.source}`
    })
  }
  const at = `?at=${Date.parse('2030-01-01')}`
  assert.deepEqual(await kept(''), ['forecast of others: policy house'])
  assert.deepEqual(await kept(at), ['forecast of others: policy house', 'prices of bolt: msa/nda'])
})
