/**
 * The package as a stranger gets it: packed, installed into an empty folder, and started there.
 *
 * Needs the registry for the dependencies. What the command does is tested elsewhere.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { freePort, stage, until } from '../../examples/story/stage.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const execute = promisify(execFile)

interface Packed {
  readonly filename: string
  readonly files: readonly { readonly path: string }[]
}

describe('the package', () => {
  let folder = ''
  let packed: Packed = { filename: '', files: [] }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'calumet-pack-'))
    packed = await pack(folder)
    await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
    await run('npm', ['install', ...options, join(folder, packed.filename)], folder)
  })
  after(() => rm(folder, { recursive: true, force: true }))

  it('holds the command, what the sources were built to, the docs and the examples', () => {
    const paths = packed.files.map(({ path }) => path)
    assert.ok(paths.includes('bin/calumet.js') && paths.includes('LICENSE'), paths.join('\n'))
    assert.deepEqual(paths.filter(isStray), [])
  })

  it('prints its usage', async () => {
    const { stdout } = await run('npx', ['--no-install', 'calumet', '--help'], folder)
    assert.match(stdout, /usage: calumet/i)
  })

  it('sells, and plans what it would buy', async (t) => {
    const installed = join(folder, 'node_modules', 'calumet')
    const { start, clear, remove, folder: data } = stage(join(installed, 'bin', 'calumet.js'))
    t.after(async () => {
      await clear()
      remove()
    })
    const goods = join(installed, 'examples', 'story', 'suppliers', 'rival.yaml')
    const sold = ['-f', goods, '--port', '0', '--data', join(data, 'rival')]
    const shop = start('rival', ['supplier', 'serve', ...sold], {
      CALUMET_SUPPLIER_TOKEN: 'secret',
    })
    const url = await until('a supplier', 20, () => / on (http:\S+)/.exec(shop.log())?.[1])
    const serverArgs = ['server', '--port', String(await freePort(0)), '--no-gateway']
    const quick = ['--list-every', '200ms', '--tick', '200ms', '--data', join(data, 'server')]
    const server = start('server', [...serverArgs, ...quick], { RIVAL_TOKEN: 'secret' })
    const token = await until('a token', 20, () => /(cal_[\w-]{20,})/.exec(server.log())?.[1])
    const at = await until('a server', 20, () => /on (http:[^",\s]+)/.exec(server.log())?.[1])
    const supplier = await readFile(join(installed, 'examples', 'tour', 'supplier.yaml'), 'utf8')
    await writeFile(join(data, 'supplier.yaml'), supplier.replace(/http:\S+/, url))
    const ask = async (...args: string[]) => {
      const env = { CALUMET_SERVER: at, CALUMET_TOKEN: token }
      const actor = start(`ask-${args[0]}`, args, env)
      return { code: await actor.ended, output: actor.log() }
    }
    const applied = await ask('apply', '-y', '-f', join(data, 'supplier.yaml'))
    assert.equal(applied.code, 0, applied.output)
    await until('offers', 20, async () => (await ask('offers')).output.includes('l40s'))
    const hello = join(installed, 'examples', 'tour', 'hello.yaml')
    const { code, output } = await ask('plan', '-f', hello)
    assert.equal(code, 0, output)
    assert.match(output, /buy +hello\.0 +L40S:1 x2 +rival\/l40s +\$3\.20\/h/)
  })

  it('gives every published subpath to an import', async () => {
    const { exports: published } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
    const code = Object.keys(published)
      .filter((subpath) => !subpath.endsWith('.json'))
      .map((subpath) => `await import('calumet${subpath.slice(1)}')`)
      .join('\n')
    await run(process.execPath, ['--input-type=module', '--eval', code], folder)
  })
})

/** Packs the sources as they are; `prepack` builds them first. */
async function pack(to: string): Promise<Packed> {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', to], root)
  // What prepack prints comes before the list.
  const [packed] = JSON.parse(stdout.slice(stdout.search(/^\[/m)))
  return packed
}

/** Whether a packed file is not meant for others, or was built from a source that is gone. */
function isStray(path: string): boolean {
  if (/^(?:bin\/calumet\.js|docs\/.*|examples\/.*|schema\/.*|[^/]+)$/.test(path)) return false
  const source = path.replace(/^dist\//, 'src/').replace(/\.(?:d\.ts|js)$/, '.ts')
  return path === source || !existsSync(join(root, source))
}

/** What starts `node` gets the one that runs this test. */
const env = {
  ...process.env,
  PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`,
}

async function run(command: string, args: readonly string[], cwd: string) {
  try {
    return await execute(command, args, { cwd, env, maxBuffer: 16 * 1024 * 1024 })
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    return assert.fail(`${command} ${args.join(' ')} failed\n${stdout}${stderr}`)
  }
}
