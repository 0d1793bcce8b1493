/** `calumet supplier suspend` and its kind, over a server that answers from a script. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { type Answers, fakeServer, loggedIn, run } from '../stage.test.ts'

const answers: Answers = {
  decideStanding: ({ params, body }) => ({
    name: params.name ?? '',
    state: String((body as { readonly state?: string }).state),
  }),
}

it('sends the state that the verb means, with its reason', async (t) => {
  const server = await fakeServer(t, answers)
  const env = loggedIn(server)
  const suspended = await run(['supplier', 'suspend', 'rival', '--reason', 'audit'], { env })
  const more = 'nothing new is bought there, what is held is kept'
  assert.equal(suspended.stdout, `supplier rival is suspended; ${more}\n`)
  assert.deepEqual(server.asked.at(-1)?.body, { state: 'suspended', reason: 'audit' })
  const active = await run(['supplier', 'activate', 'rival', '--reason', 'passed'], { env })
  assert.equal(active.stdout, 'supplier rival is active\n')
})

it('asks for a reason', async (t) => {
  const server = await fakeServer(t, answers)
  const ended = await run(['supplier', 'retire', 'rival'], { env: loggedIn(server) })
  assert.equal(ended.exitCode, 2)
  assert.match(ended.stderr, /--reason/)
  assert.deepEqual(server.calls, [])
})
