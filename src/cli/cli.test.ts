/**
 * How commands end: exit codes, errors for people and for programs, and what goes where.
 */
import assert from 'node:assert/strict'
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { ServerOptions } from './programs.ts'
import { type Answers, fakeServer, loggedIn, refuse, run, temporaryFolder } from './stage.test.ts'
import { world } from './world.test.ts'

const nowhere = { XDG_CONFIG_HOME: '/nonexistent' }

describe('exit codes', () => {
  const refusals: readonly (readonly [Parameters<typeof refuse>[0], number])[] = [
    ['invalid', 2],
    ['not-found', 3],
    ['unauthorized', 4],
    ['forbidden', 4],
    ['unavailable', 5],
    ['too-many', 5],
    ['conflict', 1],
    ['internal', 1],
  ]
  for (const [code, exitCode] of refusals) {
    it(`${exitCode} where the server says ${code}`, async (t) => {
      const server = await fakeServer(t, { offers: () => refuse(code, 'so it is') })
      const ended = await run(['offers'], { env: loggedIn(server) })
      assert.equal(ended.exitCode, exitCode)
      assert.equal(ended.stdout, '')
      assert.match(ended.stderr, /^calumet: [^\n]+\n$/)
    })
  }

  it('5 where nobody answers, and says who', async () => {
    const env = loggedIn({ url: 'http://127.0.0.1:1' })
    const { exitCode, stderr } = await run(['get'], { env })
    assert.equal(exitCode, 5)
    assert.match(stderr, /^calumet: http:\/\/127\.0\.0\.1:1 does not answer \(.+\); is `calumet/)
  })

  const usages: readonly (readonly [argv: string, says: RegExp])[] = [
    ['gett', /unknown command 'gett'; did you mean get\?/],
    ['get --jsn', /unknown option '--jsn'; did you mean --json\?/],
    ['get lease-s', /there is no kind lease-s; .* did you mean leases\?/],
    ['apply', /required option '-f, --file <file...>' not specified/],
    ['cost --by region', /Allowed choices are supplier, workload, team, accelerator, contract/],
    ['events --since yesterday', /Expected a duration such as 500ms/],
    ['server --port 70707', /Expected a port from 0 to 65535/],
    ['server --ledger mysql://db', /Expected `embedded` or postgres:/],
    ['offers --server ftp://x', /ftp:\/\/x is no address of a server; expected a URL/],
  ]
  for (const [argv, says] of usages) {
    it(`2 for \`calumet ${argv}\``, async () => {
      const { exitCode, stderr, stdout } = await run(argv.split(' '), { env: nowhere })
      assert.deepEqual([exitCode, stdout], [2, ''])
      assert.match(stderr, says)
      assert.equal(stderr.trimEnd().split('\n').length, 1)
    })
  }

  it('0 for help and version', async () => {
    for (const argv of [['--help'], ['get', '--help'], ['--version'], ['version'], ['schema']]) {
      const { exitCode, stdout, stderr } = await run(argv)
      assert.deepEqual([exitCode, stderr], [0, ''])
      assert.notEqual(stdout, '')
    }
  })

  it('0 for an accelerator by any of its names, 3 for one that nobody knows', async () => {
    const all = await run(['accelerators'])
    assert.match(all.stdout, /^NAME +MEMORY +WORK +± +SOURCE\nH100 +80 GB +1\.00/)
    assert.match(all.stdout, /T4\.1: chip-minutes .* MLPerf Training v4\.1/)
    const slice = await run(['accelerators', 'tpu-v5p-8'])
    assert.match(slice.stdout, /^tpu-v5p .*\n\nalso called v5p.*\ntpu-v5p-8 is 4 chips/m)
    const unknown = await run(['accelerators', 'H1000'])
    assert.deepEqual([unknown.exitCode, unknown.stdout], [3, ''])
    assert.match(unknown.stderr, /no accelerator is known as H1000; did you mean H100\?/)
  })

  it('2 and the help where no command was named', async () => {
    const { exitCode, stderr } = await run([])
    assert.equal(exitCode, 2)
    assert.match(stderr, /Usage: calumet[\s\S]*calumet: no command was named\n$/)
  })

  it('1 where a check of the doctor fails', async (t) => {
    const env = loggedIn(await fakeServer(t, world))
    assert.equal((await run(['doctor'], { env })).exitCode, 1)
  })

  it('130 where it was interrupted', async (t) => {
    const interrupt = new AbortController()
    const answers: Answers = {
      ...world,
      workloads: () => {
        interrupt.abort()
        return 'hang up'
      },
    }
    const env = loggedIn(await fakeServer(t, answers))
    const ended = await run(['get'], { env, interruption: interrupt.signal })
    assert.deepEqual([ended.exitCode, ended.stderr], [130, ''])
  })

  it('what a program returns', async () => {
    let options: ServerOptions | null = null
    const argv = ['server', '--no-gateway', '--tick', '200ms', '--dead-man', '1h']
    const server = async (given: ServerOptions) => {
      options = given
      return 7
    }
    const env = { HOME: '/home/me', CALUMET_LEDGER: 'postgres://db/calumet' }
    assert.equal((await run(argv, { programs: { server }, env })).exitCode, 7)
    assert.deepEqual(options, {
      dataDir: '/home/me/.local/share/calumet',
      host: '127.0.0.1',
      port: 7070,
      ledger: 'postgres://db/calumet',
      publicUrl: null,
      gatewayPort: null,
      servedBy: false,
      logLevel: 'info',
      settings: { tickMs: 200, deadManMs: 3_600_000 },
    })
  })
})

describe('errors', () => {
  const faulty: Answers = {
    offers: () => refuse('not-found', 'nothing of \x1b[31mthat\x1b[0m name'),
  }

  it('are escaped', async (t) => {
    const env = loggedIn(await fakeServer(t, faulty))
    const { stderr } = await run(['offers'], { env })
    assert.equal(stderr, 'calumet: nothing of \\x1b[31mthat\\x1b[0m name\n')
  })

  it('are JSON with --json, those of usage too', async (t) => {
    const env = loggedIn(await fakeServer(t, faulty))
    for (const [argv, code] of [
      ['offers', 'not-found'],
      ['get x', 'invalid'],
      ['nothing', 'invalid'],
      ['', 'invalid'],
    ] as const) {
      const { stderr, stdout } = await run([...argv.split(' ').filter(Boolean), '--json'], { env })
      assert.deepEqual([JSON.parse(stderr).code, stdout], [code, ''])
    }
  })

  it('of our own show no stack, but for those who ask', async () => {
    const argv = ['supplier', 'serve', '-f', 'x']
    const programs = { supplierServe: () => Promise.reject(new RangeError('out of it')) }
    const quiet = await run(argv, { programs })
    assert.deepEqual([quiet.exitCode, quiet.stderr], [1, 'calumet: out of it\n'])
    const loud = await run(argv, { programs, env: { CALUMET_DEBUG: '1' } })
    assert.match(loud.stderr, /^calumet: out of it\nRangeError: out of it\n {4}at /)
  })
})

describe('the server and the token', () => {
  it('are asked for in plain words', async () => {
    const none = await run(['get'], { env: nowhere })
    assert.match(none.stderr, /^calumet: no server: run `calumet login --server URL`/)
    const half = await run(['get', '--server', 'http://127.0.0.1:1'], { env: nowhere })
    assert.equal(half.exitCode, 4)
    assert.match(half.stderr, /no token for http:\/\/127\.0\.0\.1:1: run `calumet login --server h/)
  })

  it('are kept by a login, for their owner only', async (t) => {
    const server = await fakeServer(t, world)
    const env = { XDG_CONFIG_HOME: temporaryFolder(t) }
    const login = await run(['login', '--server', `${server.url}/`], { env, stdin: 'sk-test\n' })
    assert.deepEqual([login.exitCode, login.stderr], [0, ''])
    const file = join(env.XDG_CONFIG_HOME, 'calumet', 'config.json')
    assert.equal(statSync(file).mode & 0o777, 0o600)
    assert.equal((await run(['get'], { env })).exitCode, 0)

    const other = await fakeServer(t, world)
    const elsewhere = await run(['get', '--server', other.url], { env })
    assert.match(elsewhere.stderr, /no token for/)
    assert.deepEqual(other.calls, [])
  })

  it('are not kept where the token is not accepted', async (t) => {
    const server = await fakeServer(t, world)
    const env = { XDG_CONFIG_HOME: temporaryFolder(t) }
    const login = await run(['login', '--server', server.url], { env, stdin: 'sk-wrong' })
    assert.equal(login.exitCode, 4)
    assert.match((await run(['get'], { env })).stderr, /no server/)
  })

  it('come from an option before the environment', async (t) => {
    const server = await fakeServer(t, world)
    const file = join(temporaryFolder(t), 'token')
    writeFileSync(file, 'sk-test\n')
    const env = { ...nowhere, CALUMET_SERVER: 'http://127.0.0.1:1', CALUMET_TOKEN: 'sk-wrong' }
    const ended = await run(['get', '--server', server.url, '--token-file', file], { env })
    assert.equal(ended.exitCode, 0)
  })

  it('are told to be wrong where the kept file is', async (t) => {
    const env = { XDG_CONFIG_HOME: temporaryFolder(t) }
    const server = await fakeServer(t, world)
    await run(['login', '--server', server.url], { env, stdin: 'sk-test' })
    writeFileSync(join(env.XDG_CONFIG_HOME, 'calumet', 'config.json'), '{')
    const { exitCode, stderr } = await run(['get'], { env })
    assert.equal(exitCode, 2)
    assert.match(stderr, /config\.json holds no server and token; run `calumet login` again/)
  })
})
