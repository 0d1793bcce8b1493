/**
 * `npm run mutants`: injects bugs of which simulated days tell nothing, one at a time, and runs the
 * tests that have to fail then. Whatever no test notices is named, and the command fails.
 */
import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { type ClauseMutant, clauseMutants } from '../test/clause-mutants.ts'
import { copyMutants } from '../test/copy-mutants.ts'
import { rareMutants } from '../test/rare-mutants.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const all = [...clauseMutants, ...copyMutants, ...rareMutants]
const left = [...all]
const unnoticed: string[] = []

/** Whether this test file passes, with a bug injected where one is named. */
function passes(test: string, mutant: string): Promise<boolean> {
  const args = ['--import', './test/mutated.ts', '--test', '--test-isolation=none', test]
  const env = { ...process.env, CALUMET_MUTANT: mutant }
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'ignore', env })
  return new Promise((resolve) => child.once('exit', (code) => resolve(code === 0)))
}

/** Tests that fail without a bug would notice everything. */
async function sound(): Promise<void> {
  for (const test of new Set(all.map((each) => each.test))) {
    if (!(await passes(test, ''))) throw new Error(`${test} fails without any bug`)
  }
}

async function hunt({ name, breaks, test }: ClauseMutant): Promise<void> {
  const isNoticed = !(await passes(test, name))
  process.stdout.write(`${isNoticed ? '✔' : '✖'} ${name}: ${breaks}\n`)
  if (!isNoticed) unnoticed.push(`${test} does not notice ${name}: ${breaks}`)
}

async function work(): Promise<void> {
  for (let next = left.shift(); next; next = left.shift()) await hunt(next)
}

await sound()
await Promise.all(Array.from({ length: availableParallelism() }, work))
for (const each of unnoticed) process.stderr.write(`${each}\n`)
process.exitCode = unnoticed.length > 0 ? 1 : 0
