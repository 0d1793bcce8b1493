/** What goes wrong, and how it is told. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ask, job, raw, refused, stage } from './stage.test.ts'

const span = (expiresInMs: string) => `{"name":"a","role":"reader","expiresInMs":${expiresInMs}}`

describe('[AP6] a request that is not of its route’s shape is refused', () => {
  it('with the place of what is wrong', async (t) => {
    const { ask } = await stage(t)
    const told = async (request: string, body?: unknown) => {
      const answer = await ask(request, { body })
      refused(answer, 400, 'invalid')
      return answer.body.message
    }
    const document = { file: 'a', text: '', tenant: 'b' }
    assert.match(await told('POST /v1/apply', { documents: [document] }), /^\$\.documents\[0\]: /)
    assert.match(await told('POST /v1/apply', { documents: [], owner: 'b' }), /^\$/)
    assert.match(await told('POST /v1/apply', { documents: Array(51).fill(document) }), /^\$\.doc/)
    assert.match(await told('POST /v1/apply', 'documents:'), /JSON/)
    assert.match(await told('POST /v1/tokens', { ...JSON.parse(span('1')), hash: 'x' }), /hash/)
    assert.match(await told('GET /v1/workloads?limit=0'), /^query \$\.limit: /)
    assert.match(await told('GET /v1/workloads?owner=b'), /^query \$: .*owner/)
    assert.match(await told('GET /v1/events?after=-1'), /^query \$\.after: /)
    assert.match(await told('GET /v1/cost?by=person'), /^query \$\.by: /)
    assert.match(await told(`GET /v1/workloads/${'x'.repeat(64)}`), /^path \$\.name: /)
  })

  it('numbers that are none among them', async (t) => {
    const { ask } = await stage(t)
    for (const number of ['0', '-1', '1.5', '1e400', '9007199254740993', '"8"', '[8]', '{}']) {
      refused(await ask('POST /v1/tokens', { body: span(number) }), 400, 'invalid', /expiresInMs/)
    }
    refused(await ask('POST /v1/tokens', { body: span('NaN') }), 400, 'invalid', /JSON/)
    assert.deepEqual((await ask('GET /v1/tokens')).body.tokens.length, 1)
  })

  it('and numbers in what people write', async (t) => {
    const { apply, ledger } = await stage(t)
    const bad = ['0', '-1', '1.5', '1e400', '9007199254740993', '"x"', '.nan', '[8]', '1000000000']
    for (const nodes of bad) {
      const answer = await apply(job('a').replace('H100:8', `H100:8, nodes: ${nodes}`))
      refused(answer, 400, 'invalid', /^a fault in .* a\.yaml:3:/)
      assert.equal(answer.body.faults[0].path, '$.resources.nodes')
    }
    assert.deepEqual(await ledger.list('workload', { all: true }), [])
  })

  it('keys that reach into an object’s making', async (t) => {
    const { ask, apply } = await stage(t)
    const documents = JSON.stringify([{ file: 'a.yaml', text: job('a') }])
    const bodies = [
      `{"documents":${documents},"__proto__":{"admin":true}}`,
      `{"documents":${documents},"constructor":{"prototype":{"admin":true}}}`,
    ]
    for (const body of bodies) refused(await ask('POST /v1/apply', { body }), 400, 'invalid')
    const load = '{"gateway":"g","services":{"__proto__":{"requestsPerSecond":1}}}'
    refused(await ask('POST /v1/load', { body: load }), 400, 'invalid')
    refused(await ask('GET /v1/workloads?__proto__=x'), 400, 'invalid')
    refused(await apply(job('a', 'envs: { __proto__: { admin: true } }')), 400, 'invalid')
    refused(await apply(job('a', '__proto__: { admin: true }')), 400, 'invalid')
    assert.equal(Reflect.get({}, 'admin'), undefined)
  })
})

describe('[AP7] a text that would hurt is refused', () => {
  const bombs = {
    'aliases that multiply': `a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]`,
    'deep nesting': '['.repeat(20_000),
    'the same key twice': `${job('a')}name: b`,
    'a tag of another program': 'kind: !!js/function "x"',
    'a byte order mark': `\ufeff${job('a')}`,
    'UTF-16': [...job('a')].join('\0'),
    'half of a surrogate pair': job('a', 'setup: "\ud800"'),
    'NUL, escaped': job('a', 'setup: "\\0"'),
    nothing: '# only this\n',
  }
  for (const [name, text] of Object.entries(bombs)) {
    it(name, async (t) => {
      const { apply, ledger } = await stage(t)
      refused(await apply(text), 400, 'invalid')
      assert.deepEqual(await ledger.list('workload', { all: true }), [])
    })
  }

  it('50 MB', async (t) => {
    const { url, admin } = await stage(t)
    const head = `POST /v1/apply HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${admin}\r\n`
    const type = 'content-type: application/json\r\nconnection: close\r\n'
    const answer = await raw(url, `${head}${type}content-length: 50000000\r\n\r\n{`)
    assert.match(answer, /^HTTP\/1.1 413 .*"code":"too-large"/s)
  })

  it('names that are none', async (t) => {
    const { ask, apply, ledger } = await stage(t)
    const names = ['a\0b', 'a\ud800', 'a\u202eb', 'x'.repeat(10_000), '../a', 'ａ', 'a\nb', '']
    for (const name of names) {
      const body = { name, role: 'reader', expiresInMs: null }
      refused(await ask('POST /v1/tokens', { body }), 400, 'invalid')
      refused(await apply(job(JSON.stringify(name))), 400, 'invalid')
    }
    assert.equal((await ledger.list('token', { all: true })).length, 1)
    assert.deepEqual(await ledger.list('workload', { all: true }), [])
  })

  it('signs that no ledger holds, wherever they stand', async (t) => {
    const { ask } = await stage(t)
    const nul = 'found the sign NUL'
    refused(await ask('GET /v1/workloads/a%00'), 400, 'invalid', RegExp(`^path \\$.name: ${nul}`))
    refused(await ask('GET /v1/events?lease=a%00'), 400, 'invalid', RegExp(`^query .*${nul}`))
    refused(await ask('GET /v1/leases?after=%00'), 400, 'invalid', RegExp(nul))
    const body = { documents: [{ file: 'a\0', text: job('a') }] }
    refused(await ask('POST /v1/apply', { body }), 400, 'invalid', /^\$\.documents\[0\]\.file: /)
  })
})

describe('[AP8] what people write reaches the job literally', () => {
  it('and nothing of it is read by a shell on the way', async (t) => {
    const { ask, apply } = await stage(t)
    const text = job('a', 'envs: { X: "$(id)", Y: "; rm -rf /" }').replace(
      'exec train',
      '"a;b $(c)"',
    )
    assert.equal((await apply(text)).status, 200)
    const { spec } = (await ask('GET /v1/workloads/a')).body
    assert.deepEqual([spec.run, spec.envs], ['a;b $(c)', { X: '$(id)', Y: '; rm -rf /' }])
  })

  it('but for names that are ours or the loader’s', async (t) => {
    const { apply } = await stage(t)
    for (const name of ['LD_PRELOAD', 'CALUMET_KEY', 'RANK']) {
      refused(await apply(job('a', `envs: { ${name}: x }`)), 400, 'invalid')
    }
  })
})

describe('[AP9] every failure has one shape', () => {
  it('where there is nothing', async (t) => {
    const { url, ask: asAdmin } = await stage(t)
    refused(await ask(url, 'GET /v2/jobs?token=x'), 404, 'not-found', /^there .* GET \/v2\/jobs$/)
    refused(await asAdmin('PUT /v1/workloads'), 404, 'not-found')
    refused(await asAdmin(`GET /v1/workloads/${'x'.repeat(300)}`), 400, 'invalid')
    refused(await asAdmin('GET /v1/workloads/%ff'), 400, 'invalid')
    for (const path of ['workloads/a', 'workloads/a/why', 'runs/a.0/logs']) {
      refused(await asAdmin(`GET /v1/${path}`), 404, 'not-found', /^there is no .* a/)
    }
  })

  it('where it is no HTTP', async (t) => {
    const { url } = await stage(t)
    const requests = ['hello\r\n\r\n', 'GET / HTTP/1.1\r\na b: c\r\n\r\n']
    requests.push('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n')
    for (const request of requests) {
      const [head, body] = (await raw(url, request)).split('\r\n\r\n')
      assert.match(head ?? '', /^HTTP\/1.1 400 Bad Request\r\n/)
      assert.deepEqual(JSON.parse(body ?? ''), {
        code: 'invalid',
        message: 'this is no HTTP request',
      })
    }
    const long = await raw(url, `GET / HTTP/1.1\r\nx: ${'x'.repeat(100_000)}\r\n\r\n`)
    assert.match(long, /^HTTP\/1.1 431 .*"code":"invalid"/s)
  })

  it('where a body is of no known kind', async (t) => {
    const { ask } = await stage(t)
    const headers = { 'content-type': 'text/xml' }
    refused(
      await ask('POST /v1/apply', { body: '<a/>', headers }),
      400,
      'invalid',
      /text\/xml|Media/,
    )
  })

  it('where the ledger does not answer, and nobody sees what it said', async (t) => {
    const home = await stage(t)
    await home.ask('GET /v1/leases')
    home.ledgerFails = 'unavailable'
    const answer = await home.ask('GET /v1/leases')
    refused(answer, 503, 'unavailable', /^the ledger does not answer; nothing was changed/)
    assert.equal(answer.headers.get('retry-after'), '1')
    home.ledgerFails = 'unknown'
    refused(
      await home.apply(job('a')),
      503,
      'unavailable',
      /did not confirm .* same Idempotency-Key/,
    )
    const [id, other] = [answer.headers.get('x-request-id'), 'the disk with the secrets is full']
    assert.ok(home.logged.includes(`warn ${id} GET /v1/leases: ${other}`), home.logged.join('\n'))
  })

  it('where the server is at fault', async (t) => {
    const home = await stage(t, {
      instead: () => ({
        events() {
          throw new TypeError('undefined is not a function')
        },
      }),
    })
    refused(await home.ask('GET /v1/events'), 500, 'internal', /^this is a fault of the server/)
    assert.match(home.logged.join('\n'), /error .* GET \/v1\/events: TypeError: undefined is not/)
  })
})
