/** What left for a supplier, asked over HTTP. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { refused, type Stage, stage } from '../stage.test.ts'
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
