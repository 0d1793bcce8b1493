/** `calumet supplier clearance` and the public list, over a server that answers from a script. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { type Answers, fakeServer, loggedIn, now, run } from '../stage.test.ts'

const because = 'public is not told the existence of order'
const prices = {
  ...({ fact: 'prices', about: null, isScoped: false, source: 'policy house' } as const),
  because: 'rival (rival) is not told the prices of others',
  remedy: 'leave it out, or have policy house withhold less',
} as const
const existence = {
  ...({ fact: 'existence', about: 'bolt', isScoped: true, source: 'order/nda' } as const),
  ...{ because, remedy: 'obtain the consent of bolt, or leave it out' },
} as const

const answers: Answers = {
  clearance: ({ params }) => ({
    ...{ to: params.name ?? '', at: now, relations: ['rival', 'investor'] },
    withheld: [prices, existence],
  }),
  publicSuppliers: () => ({
    suppliers: [{ name: 'acme', since: null, products: null, regions: null, jurisdictions: [] }],
  }),
}

it('shows what is kept from a supplier, why, and what is not', async (t) => {
  const server = await fakeServer(t, answers)
  const args = ['supplier', 'clearance', 'rival', '--at', '2026-11-01']
  const { stdout } = await run(args, { env: loggedIn(server) })
  assert.deepEqual(
    stdout.split('\n').map((line) => line.trim().replace(/ {2,}/g, ' | ')),
    [
      'KEPT | OF | BY | WHY',
      'prices | all others | policy house | rival (rival) is not told the prices of others',
      `existence | bolt | order/nda | ${because}, in deals that it is about`,
      'not kept from rival (rival, investor), of anybody: terms, forecast, notices',
      '',
    ],
  )
  assert.equal(server.asked.at(-1)?.query.at, `${Date.parse('2026-11-01')}`)
})

it('tells us, and nobody who reads the public list, whom it leaves out', async (t) => {
  const env = loggedIn(await fakeServer(t, answers))
  const { stdout, stderr } = await run(['supplier', 'list', '--public'], { env })
  assert.match(stdout, /^NAME.*\nacme/)
  assert.doesNotMatch(stdout, /order|bolt/)
  assert.equal(stderr, `left out: ${because} (order/nda)\n`)
  const json = await run(['supplier', 'list', '--public', '--json'], { env })
  assert.doesNotMatch(`${json.stdout}${json.stderr}`, /order|bolt/)
})
