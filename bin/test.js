/**
 * What `npm test` runs: the type check, Biome, and every test, in that order; all of them, whatever
 * fails. `npm test -- src/core` runs only the tests whose path begins so, and no check.
 *
 * End-to-end tests (`*.e2e.ts`) run where they are named in full. Prints a line for each file,
 * failures in full, and last the counts.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, globSync, statSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
process.chdir(root)

const wanted = process.argv.slice(2).map((path) => relative(root, resolve(root, path)))
const failedChecks = wanted.length > 0 ? [] : runChecks()
runTests(filesToRun())

function runChecks() {
  const checks = [
    ['type check', ['node_modules/typescript/bin/tsc', '-b']],
    ['Biome', ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.']],
  ]
  return checks.flatMap(([name, command]) => {
    const passed = spawnSync(process.execPath, command, { stdio: 'inherit' }).status === 0
    process.stdout.write(`${passed ? '✔' : '✖'} ${name}\n`)
    return passed ? [] : [name]
  })
}

function filesToRun() {
  const tests = globSync('{src,test,bench,examples}/**/*.test.ts').sort()
  if (wanted.length === 0) return tests
  const files = tests.filter((test) => wanted.some((path) => test.startsWith(path)))
  for (const path of wanted) {
    if (files.some((test) => test.startsWith(path))) continue
    if (existsSync(path) && statSync(path).isFile()) files.push(path)
    else fail(`no test is called ${path} or stands below it`)
  }
  return files
}

function runTests(files) {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort())
  const events = run({
    files: files.map((path) => join(root, path)),
    concurrency: 2,
    // A test that hangs fails; the longest end-to-end test takes minutes.
    timeout: 15 * 60_000,
    signal: stop.signal,
  })
  events.on('test:summary', ({ file, success }) => {
    if (file === undefined && (!success || failedChecks.length > 0)) process.exitCode = 1
  })
  events.compose(compact).compose(new spec()).pipe(process.stdout)
}

/** One line for each file instead of one for each test that passed; all else as it comes. */
async function* compact(events) {
  for await (const event of events) {
    const { type, data } = event
    if (type === 'test:pass' && data.skip === undefined && data.todo === undefined) continue
    if (type === 'test:summary' && data.file) yield line(lineOf(data))
    else if (type !== 'test:start') yield event
  }
  if (failedChecks.length > 0) yield line(`✖ failed before the tests: ${failedChecks.join(', ')}`)
}

function lineOf({ file, success, counts, duration_ms: durationMs }) {
  const mark = success ? '✔' : '✖'
  return `${mark} ${relative(root, file)} ${counts.tests} in ${Math.round(durationMs)} ms`
}

function line(message) {
  return { type: 'test:stdout', data: { message: `${message}\n` } }
}

function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
