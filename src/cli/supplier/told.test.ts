/** `calumet supplier told`, over a server that answers from a script. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { type Answers, fakeServer, loggedIn, now, run } from '../stage.test.ts'

const answers: Answers = {
  told: ({ params }) => ({
    ...{ supplier: params.name ?? '', as: 'us-1', isWhole: false },
    told: [
      {
        ...{ at: now, what: 'ask', key: 'ck7', call: 2, offer: 'gpu-h100' },
        ...{ accelerators: 'H100:8 x2', region: 'eu-1', market: 'on-demand' },
        pricePerHourMax: 40_000_000,
      },
      { at: now + 1_000, what: 'release', rental: 'r-77' },
      {
        ...{ at: now + 2_000, what: 'notice', clause: 'msa/first', channel: 'letter' },
        ...{ terms: { accelerators: '8' }, answerWithin: '10 days', digest: 'abc' },
      },
    ],
  }),
}

it('shows what left, line by line, and under which name', async (t) => {
  const server = await fakeServer(t, answers)
  const env = loggedIn(server)
  const { stdout } = await run(['supplier', 'told', 'rival', '--since', '2026-01-31'], { env })
  assert.deepEqual(
    stdout.split('\n').map((line) => line.trim().replace(/ {2,}/g, ' | ')),
    [
      'AT | TOLD | ABOUT | TERMS',
      '2026-01-31 12:00:00 | asked | ck7 | ' +
        'H100:8 x2 of gpu-h100, on-demand, eu-1, at most $40.00/h, call 2',
      '2026-01-31 12:00:01 | gave back | r-77 | -',
      '2026-01-31 12:00:02 | gave notice | msa/first | ' +
        'accelerators 8, answer within 10 days, sha256 abc',
      'rival knows this installation as us-1',
      'there was more before; ask for it with an earlier --since',
      '',
    ],
  )
  assert.equal(server.asked.at(-1)?.query.since, `${Date.parse('2026-01-31')}`)
})

it('says so where nothing left', async (t) => {
  const told: Answers['told'] = () => ({ supplier: 'rival', as: 'us', told: [], isWhole: true })
  const env = loggedIn(await fakeServer(t, { told }))
  const { stdout } = await run(['supplier', 'told', 'rival'], { env })
  assert.equal(stdout, 'nothing has left for rival\n')
  const json = await run(['supplier', 'told', 'rival', '--json'], { env })
  assert.deepEqual(JSON.parse(json.stdout).told, [])
})
