/** Events as they happen, over a connection that stays. */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { event } from '../core/domain/event.ts'
import { LedgerError } from '../ports/ledger.ts'
import { ApiError, client } from './client.ts'
import { refused, type Stage, stage } from './stage.test.ts'
import type { EventView } from './wire.ts'

const accept = 'text/event-stream'

/** What a reader of the stream gets, one event at a time; null once it is let go. */
async function listen(t: TestContext, home: Stage, query = '', headers = {}, token = home.admin) {
  const left = new AbortController()
  t.after(() => left.abort())
  const response = await fetch(`${home.url}/v1/events${query}`, {
    headers: { accept, authorization: `Bearer ${token}`, ...headers },
    signal: left.signal,
  })
  assert.equal(response.headers.get('content-type'), accept)
  assert.ok(response.headers.get('x-request-id'))
  const blocks = blocksOf(response)
  return {
    async next(): Promise<EventView | null> {
      for (;;) {
        const { value, done } = await blocks.next()
        if (done) return null
        const [, id, data] = /^id: (\d+)\ndata: (.*)$/.exec(value) ?? []
        if (!data) continue
        const said = JSON.parse(data)
        assert.equal(said.seq, Number(id))
        return said
      }
    },
  }
}

async function* blocksOf({ body }: Response): AsyncGenerator<string> {
  assert.ok(body)
  let rest = ''
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split('\n\n')
    rest = blocks.pop() ?? ''
    yield* blocks
  }
}

/** Writes events of this workload as another control plane would: nobody is told of them. */
async function happen(home: Stage, count: number, workload: string): Promise<void> {
  const each = event('workload.submitted', { workload, supplier: 'acme', lease: `${workload}.0.1` })
  const events = Array.from({ length: count }, () => each)
  assert.equal((await home.ledger.commit({ puts: [], events })).outcome, 'done')
}

async function numbers(reader: Awaited<ReturnType<typeof listen>>, count: number) {
  const seen: (number | undefined)[] = []
  while (seen.length < count) seen.push((await reader.next())?.seq)
  return seen
}

const upTo = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

describe('[AP11] a stream of events', () => {
  it('misses nothing and tells nothing twice, while others write', async (t) => {
    const home = await stage(t)
    await happen(home, 1_200, 'train')
    const reader = await listen(t, home)
    const writing = (async () => {
      for (let round = 0; round < 20; round += 1) await happen(home, 5, 'train')
    })()
    // The first event of all tells of the admin's token.
    assert.deepEqual(await numbers(reader, 1_301), upTo(1, 1_301))
    await writing
  })

  it('goes on after the last that was seen, whatever the address says', async (t) => {
    const home = await stage(t)
    await happen(home, 5, 'train')
    const reader = await listen(t, home, '?after=1', { 'last-event-id': '4' })
    assert.deepEqual(await numbers(reader, 2), [5, 6])
    assert.deepEqual(await numbers(await listen(t, home, '?after=3'), 3), [4, 5, 6])
  })

  it('leaves out what was not asked for', async (t) => {
    const home = await stage(t)
    await happen(home, 1, 'train')
    await happen(home, 1, 'chat')
    await happen(home, 1, 'train')
    for (const query of ['workload=train', 'lease=train.0.1']) {
      assert.deepEqual(await numbers(await listen(t, home, `?${query}`), 2), [2, 4])
    }
    assert.deepEqual(await numbers(await listen(t, home, '?supplier=acme'), 3), [2, 3, 4])
  })

  it('begins only where it can', async (t) => {
    const { ask } = await stage(t)
    const told = /^headers \$\.last-event-id: /
    const asked = { headers: { accept, 'last-event-id': 'x' } }
    refused(await ask('GET /v1/events', asked), 400, 'invalid', told)
    refused(await ask('GET /v1/events', { ...asked, token: null }), 401, 'unauthorized')
  })

  it('is a list for who asks for no stream, from either end', async (t) => {
    const home = await stage(t)
    await happen(home, 3, 'train')
    const list = async (query: string) =>
      (await home.ask(`GET /v1/events?${query}`)).body.events.map(({ seq }: EventView) => seq)
    assert.deepEqual(await list('after=1&limit=2'), [2, 3])
    assert.deepEqual(await list('before=4&limit=2'), [2, 3])
    assert.deepEqual(await list('workload=nobody'), [])
  })

  it('stays while the ledger is away', async (t) => {
    const missed = Promise.withResolvers<void>()
    let isAway = false
    const home = await stage(t, {
      instead: (ledger) => ({
        async events(query) {
          if (!isAway) return ledger.events(query)
          missed.resolve()
          throw new LedgerError('unavailable', 'away')
        },
      }),
    })
    const reader = await listen(t, home)
    assert.deepEqual(await numbers(reader, 1), [1])
    isAway = true
    await happen(home, 1, 'train')
    await missed.promise
    isAway = false
    assert.deepEqual(await numbers(reader, 1), [2])
  })
})

it('[AP12] a stream ends when its token is revoked', async (t) => {
  const home = await stage(t)
  const token = await home.token('reader')
  const reader = await listen(t, home, '', {}, token)
  await home.ask('DELETE /v1/tokens/reader')
  let count = 0
  while (await reader.next()) count += 1
  assert.ok(count <= 3, 'it hears of its end, at most')
})

describe('[AP13] the client', () => {
  const eventsOf = ({ url, admin: token }: Stage, after: number, signal: AbortSignal) =>
    client({ url, token, fetch }).events({ after, signal })[Symbol.asyncIterator]()

  it('comes back to a stream that broke, even before it heard anything', async (t) => {
    const home = await stage(t)
    const left = new AbortController()
    t.after(() => left.abort())
    const broken = brokenOnce()
    const events = client({ url: home.url, token: home.admin, fetch: broken.fetch })
      .events({ after: 1, signal: left.signal })
      [Symbol.asyncIterator]()
    const next = events.next()
    await broken.isBroken
    await happen(home, 1, 'train')
    assert.equal((await next).value?.seq, 2)
  })

  it('says so where the server says no, or never was there', async (t) => {
    const home = await stage(t)
    const { signal } = new AbortController()
    const wrong = { ...home, admin: 'cal_wrong' }
    await assert.rejects(eventsOf(wrong, 0, signal).next(), (error) => {
      return error instanceof ApiError && error.status === 401
    })
    await assert.rejects(eventsOf({ ...home, url: 'http://127.0.0.1:1' }, 0, signal).next())
  })

  it('says what it heard, and doubts a server that is not ours', async (t) => {
    const home = await stage(t)
    const { call } = client({ url: `${home.url}/`, token: home.admin, fetch })
    const { events } = await call('events', { query: { limit: 1 } })
    assert.equal(events[0]?.kind, 'token.created')
    await assert.rejects(
      call('workload', { params: { name: 'a/b' } }),
      /^ApiError: there is no job/,
    )
    const html = async () => new Response('<html>', { status: 502 })
    const other = client({ url: home.url, token: '', fetch: html })
    await assert.rejects(other.call('leases', {}), /status 502; is this a Calumet server\?$/)
  })
})

/** A network that loses the first stream once it has begun. */
function brokenOnce() {
  const broken = Promise.withResolvers<void>()
  let count = 0
  return {
    isBroken: broken.promise,
    fetch: (async (...args: Parameters<typeof fetch>) => {
      count += 1
      if (count > 1) return fetch(...args)
      const body = new ReadableStream({
        start(controller) {
          controller.error(new TypeError('terminated'))
          broken.resolve()
        },
      })
      return new Response(body)
    }) as typeof fetch,
  }
}
