/** What would differ if a supplier were gone or sold otherwise; nothing is changed by asking. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { contractText, job, type Stage, stage } from '../stage.test.ts'

const supplier = `kind: Supplier
name: acme
url: https://acme.example
token: { env: ACME_TOKEN }
class: A
`

async function ready(home: Stage): Promise<Stage> {
  await home.apply(supplier)
  home.run()
  await home.clock.until('an offer', 60_000, () => home.operator.offers().length > 0)
  return home
}

const documents = [{ file: 'a.yaml', text: job('train') }]

it('[AP29] says who would be elsewhere or wait, why, and what it comes to', async (t) => {
  const home = await ready(await stage(t))
  const suppositions = [{ suppose: 'stock', offer: 'acme/h100x8', nodes: 0 }]
  const told = await home.ask('POST /v1/what-if', { body: { documents, suppositions } })
  assert.deepEqual(told.body.before, {
    pricePerHour: 10_000_000,
    addedPerHour: 10_000_000,
    waiting: [],
  })
  assert.deepEqual(told.body.after, { pricePerHour: 0, addedPerHour: 0, waiting: ['train.0'] })
  assert.deepEqual(
    told.body.shifts.map(({ run, before, after }: Record<string, { offer: string }>) => [
      run,
      before?.offer,
      after,
    ]),
    [['train.0', 'h100x8', null]],
  )
  assert.match(told.body.reasons[0].text, /acme\/h100x8 has no node left/)
  assert.deepEqual(await home.ledger.list('workload', { all: true }), [])
  assert.deepEqual(home.acme.orders, [])
})

const contract = contractText(
  'bolt',
  `  - { kind: exclusivity, id: alone }
`,
)

it('[AP29] plans under a contract that is only supposed, and keeps nothing of it', async (t) => {
  const home = await ready(await stage(t))
  assert.deepEqual((await home.ask('POST /v1/plan', { body: { documents } })).body.unmet, [])
  const signed = [...documents, { file: 'msa.yaml', text: contract }]
  const told = await home.ask('POST /v1/plan', { body: { documents: signed } })
  assert.deepEqual(told.body.unmet, ['train.0'])
  assert.match(JSON.stringify(told.body), /msa\/alone/)
  assert.deepEqual(await home.ledger.list('contract', { all: true }), [])
  assert.deepEqual(home.acme.orders, [])
})

const commitment = contractText(
  'acme',
  `  - kind: take_or_pay
    id: use
    quantity: 16 accelerators
    accelerator: H100
    interval: month
    price_per_hour: 1.25
    make_up_intervals: 0
`,
)

it('[AP29] tells what a contract would change, beside what is committed', async (t) => {
  const home = await ready(await stage(t))
  const supposed = [{ file: 'msa.yaml', text: contract }]
  const barred = await home.ask('POST /v1/what-if', { body: { documents, supposed } })
  assert.deepEqual(barred.body.before.waiting, [])
  assert.deepEqual(barred.body.after, { pricePerHour: 0, addedPerHour: 0, waiting: ['train.0'] })
  assert.match(JSON.stringify(barred.body.reasons), /msa\/alone/)
  const committed = [{ file: 'msa.yaml', text: commitment }]
  const paid = await home.ask('POST /v1/what-if', { body: { documents, supposed: committed } })
  assert.deepEqual(paid.body.after, { pricePerHour: 10_000_000, addedPerHour: 0, waiting: [] })
  const wish = [{ file: 'b.yaml', text: job('tune') }]
  const more = await home.ask('POST /v1/what-if', { body: { documents, supposed: wish } })
  assert.deepEqual(
    more.body.shifts.map(({ run, before }: Record<string, unknown>) => [run, before]),
    [['tune.0', null]],
  )
  assert.deepEqual(await home.ledger.list('contract', { all: true }), [])
  assert.equal((await home.ask('POST /v1/what-if', { body: { documents } })).status, 400)
})

it('[AP29] refuses what makes no sense, and names all of it', async (t) => {
  const home = await ready(await stage(t))
  const suppositions = [
    { suppose: 'without', supplier: 'acne' },
    { suppose: 'price', offer: 'acme/h1', pricePerHour: 1 },
  ]
  const { status, body } = await home.ask('POST /v1/what-if', { body: { suppositions } })
  assert.equal(status, 400)
  assert.match(body.message, /there is no supplier acne .* are: acme; nobody sells acme\/h1 now/)
})
