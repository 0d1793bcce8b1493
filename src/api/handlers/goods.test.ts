/** A supplier that quotes nonsense is told of, and stops nobody from buying what makes sense. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { job, stage } from '../stage.test.ts'

const supplier = `kind: Supplier
name: acme
url: https://acme.example
token: { env: ACME_TOKEN }
class: A
`

it('[AP30] shows which offers were left out and why, and plans with the others', async (t) => {
  const home = await stage(t)
  const [sound] = await home.acme.offers()
  assert.ok(sound)
  const twice = { ...sound, id: 'cheap', pricePerHour: 1 }
  home.acme.offers = async () => [sound, twice, { ...twice, pricePerHour: 2 }]
  await home.apply(supplier)
  home.run()
  await home.clock.until('an offer', 60_000, () => home.operator.offers().length > 0)
  const { body } = await home.ask('GET /v1/suppliers', {})
  assert.deepEqual(
    body.suppliers.map(({ said, offers }: Record<string, unknown>) => [said, offers]),
    [['left out: acme/cheap is quoted 2 ways at once', 1]],
  )
  const checks = (await home.ask('GET /v1/doctor', {})).body.checks
  assert.deepEqual(
    checks.filter(({ name }: { name: string }) => name === 'supplier acme'),
    [
      {
        name: 'supplier acme',
        ok: false,
        text: 'offers left out: 1: acme/cheap is quoted 2 ways at once',
      },
    ],
  )
  const documents = [{ file: 'a.yaml', text: job('train') }]
  const planned = await home.ask('POST /v1/plan', { body: { documents } })
  assert.deepEqual(
    planned.body.actions.map(({ offer }: Record<string, unknown>) => offer),
    ['h100x8'],
  )
})

it('[AP30] names as many as anybody reads, and how many more there are', async (t) => {
  const home = await stage(t)
  const [sound] = await home.acme.offers()
  assert.ok(sound)
  const spoilt = Array.from({ length: 22 }, (_, index) => ({
    ...sound,
    id: `o${index}`,
    perNode: 0,
  }))
  home.acme.offers = async () => spoilt
  await home.apply(supplier)
  home.run()
  const told = () => home.operator.offerFaults('acme').length
  await home.clock.until('all of them', 60_000, () => told() === spoilt.length)
  const [listed] = (await home.ask('GET /v1/suppliers', {})).body.suppliers
  assert.match(listed.said, /^22 left out: acme\/o0 has .*; `calumet doctor` names 20 of them$/)
  const { checks } = (await home.ask('GET /v1/doctor', {})).body
  const { text } = checks.find(({ name }: { name: string }) => name === 'supplier acme')
  assert.match(text, /^offers left out: 22: acme\/o0 has .*; acme\/o19 has [^;]*; and 2 more$/)
})
