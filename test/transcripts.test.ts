/**
 * Sessions at the command line, word for word: each file in `transcripts/` has commands behind `$`
 * and, below each, what they print; `[exit N]` stands where a command does not end with 0.
 *
 * The server answers from one small world; faults come from the real reader of specs. With
 * CALUMET_TRANSCRIPTS=write the files are written anew, to be read before they are committed. Those
 * in `transcripts/live/` are played against real processes, see `live`.
 */
import assert from 'node:assert/strict'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { freePort, stage, until } from '../examples/story/stage.ts'
import type { ApplyRequest } from '../src/api/wire.ts'
import { type Answers, fakeServer, refuse, run, temporaryFolder } from '../src/cli/stage.test.ts'
import { world } from '../src/cli/world.test.ts'
import { canonical, nearest, throughputs } from '../src/core/catalog/accelerators.ts'
import { readSubmission } from '../src/core/spec/read.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
process.chdir(root)
const isWriting = process.env.CALUMET_TRANSCRIPTS === 'write'
const catalog = { canonical, nearest, knownAccelerators: Object.keys(throughputs) }

const answers: Answers = {
  ...world,
  plan: (asked) => {
    const { faults } = readSubmission((asked.body as ApplyRequest).documents, catalog)
    if (faults.length > 0) return refuse('invalid', 'these files have faults', [...faults])
    return world.plan?.(asked) ?? refuse('internal', 'this world has no plan')
  },
}

for (const file of globSync('test/transcripts/*.txt', { cwd: root }).sort()) {
  it(`${basename(file, '.txt')} goes as it is written`, async (t) => {
    const written = readFileSync(file, 'utf8')
    const played = await play(t, written)
    if (isWriting) writeFileSync(file, played)
    else assert.equal(played, written)
  })
}

for (const file of globSync('test/transcripts/live/*.txt', { cwd: root }).sort()) {
  it(`${basename(file, '.txt')} goes as it is written, live`, (t) => live(t, file))
}

/** The same session with what is printed today. Lines before the first command are kept. */
async function play(t: TestContext, written: string): Promise<string> {
  const server = await fakeServer(t, answers)
  const env = { XDG_CONFIG_HOME: temporaryFolder(t) }
  const { title, commands } = partsOf(written)
  let played = title
  for (const { line } of commands) {
    played += `\n${line}\n${await typed(line, { env, names: { SERVER: server.url } })}`
  }
  return played
}

/** Against a control plane and a supplier; one that only looks is typed until it sees it. */
async function live(t: TestContext, file: string): Promise<void> {
  const theatre = stage()
  t.after(async () => {
    await theatre.clear()
    theatre.remove()
  })
  const [port, sellerPort] = [await freePort(0), await freePort(0)]
  const names = { SERVER: `http://127.0.0.1:${port}`, SELLER: `http://127.0.0.1:${sellerPort}` }
  const tokens = { CALUMET_SUPPLIER_TOKEN: 'sk-seller', RIVAL_TOKEN: 'sk-seller' }
  const seller = ['-f', 'examples/story/suppliers/rival.yaml', '--port', String(sellerPort)]
  const data = (name: string) => ['--data', join(theatre.folder, name)]
  theatre.start('seller', ['supplier', 'serve', ...seller, ...data('seller')], tokens)
  const server = ['server', '--port', String(port), '--no-gateway', ...data('server')]
  const control = theatre.start('server', server, tokens)
  const token = await until('the first token', 30, () => /cal_[\w-]+/.exec(control.log())?.[0])
  const env = { ...tokens, XDG_CONFIG_HOME: theatre.folder }
  for (const { line, printed } of partsOf(readFileSync(file, 'utf8')).commands) {
    let said = ''
    const isSaid = async () => {
      said = await typed(line, { env, names: { ...names, SECRET: token } })
      return said === printed || !/ calumet (get|offers|plan|logs)/.test(line)
    }
    await until(line, 20, isSaid).catch(() => {})
    assert.equal(said, printed, line)
  }
}

interface Command {
  readonly line: string
  readonly printed: string
}

function partsOf(written: string): { title: string; commands: readonly Command[] } {
  const [title = '', ...parts] = written.split(/\n(?=\$ )/)
  const commands = parts.map((part) => {
    const [line = '', ...rest] = part.trimEnd().split('\n')
    return { line, printed: rest.map((each) => `${each}\n`).join('') }
  })
  return { title, commands }
}

interface Typing {
  readonly env: Readonly<Record<string, string>>
  /** Words of the transcript that stand for what differs each time. */
  readonly names: Readonly<Record<string, string>>
}

/** What a command prints, as a transcript has it. */
async function typed(line: string, { env, names }: Typing): Promise<string> {
  const actual = (text: string) =>
    Object.entries(names).reduce((all, [name, value]) => all.replaceAll(name, value), text)
  const [, said, command] = /^\$ (?:echo (.*) \| )?calumet ?(.*)$/.exec(line) ?? []
  assert.ok(command !== undefined, `${line}: expected $ calumet … or $ echo … | calumet …`)
  const argv = actual(command).split(' ').filter(Boolean)
  const stdin = said === undefined ? '' : `${actual(said)}\n`
  const { stdout, stderr, exitCode } = await run(argv, { env, stdin })
  const exit = exitCode === 0 ? '' : `[exit ${exitCode}]\n`
  const home: readonly (readonly [string, string])[] = [
    ['~/.config', env.XDG_CONFIG_HOME ?? ''],
    ...Object.entries(names),
  ]
  const shown = home.reduce((text, [name, value]) => text.replaceAll(value, name), stdout + stderr)
  return `${shown}${exit}`
}
