/**
 * What `npm run sim` does: simulated days under many seeds, and whether the simulator still notices
 * the bugs that are injected into it. `--help` tells the rest.
 */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { crashPoints } from './crash-points.ts'
import { type Days, days } from './days.ts'
import { fleet } from './fleet.ts'
import { caughtTable, type Hunted, hunts } from './hunts.ts'
import { canary, mutants } from './mutants/all.ts'
import { progress } from './progress.ts'
import { keepFailed, knownSeeds } from './seeds.ts'
import { table } from './table.ts'
import type { Answer } from './worker.ts'

const help = `npm run sim -- [options]

  --seeds N        so many new seeds (100)
  --minutes M      as many new seeds as fit, a sample of the mutants among them
  --from S         the seeds from S on, instead of new ones
  --seed S         this seed alone, told line by line
  --mutants        every injected bug: which invariant catches it, in what share of --seeds (20)
  --mutant NAME    the same for one of them
  --crash-points   the control plane killed once at each of its calls, in ten small worlds
  --every K        only every Kth of these calls
  --workers W      child processes (one a core)
  --json           the result as JSON
`

const options = {
  seeds: { type: 'string' },
  from: { type: 'string' },
  seed: { type: 'string' },
  minutes: { type: 'string' },
  mutants: { type: 'boolean' },
  mutant: { type: 'string' },
  'crash-points': { type: 'boolean' },
  every: { type: 'string' },
  workers: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
} as const

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values']

/** The exit code: 0 where nothing was violated and all that was injected was caught. */
export async function simulate(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options })
  if (values.help) return say(help)
  const size = Number(values.workers ?? availableParallelism())
  if (values.seed !== undefined) return one(values.seed, values.mutant ?? '')
  if (values['crash-points']) return crashed(size, Number(values.every ?? 1), values)
  if (values.mutants || values.mutant !== undefined) return hunted(size, values)
  return lived(size, values)
}

async function one(seed: string, mutant: string): Promise<number> {
  const alone = fleet({ size: 1, mutant })
  const known = knownSeeds().find((each) => each.seed === seed)
  const answer = await alone.run({ ...known, seed, trace: true })
  alone.close()
  say(`${answer.trace.join('\n')}\n\n${JSON.stringify(answer.counts)} ${answer.hash}\n`)
  return violated([answer])
}

async function crashed(size: number, every: number, { json }: Values): Promise<number> {
  const bar = progress('crash points')
  const first = newStart() % every
  const found = await crashPoints({ size, every, first, onStep: bar.step })
  bar.end()
  if (json) say(`${JSON.stringify(found)}\n`)
  else say(table(['world', 'calls', 'killed at', 'violations'], found.rows))
  return violated(found.failed)
}

async function hunted(size: number, values: Values): Promise<number> {
  const wanted = mutants.filter(({ name }) => (values.mutant ?? name) === name)
  const from = Number(values.from ?? 1)
  const bar = progress('mutants')
  const found = await hunts(wanted, {
    size,
    seeds: Number(values.seeds ?? 20),
    from,
    stopWhenCaught: false,
    untilMs: Number.POSITIVE_INFINITY,
    onStep(text) {
      bar.step(text)
      if (!process.stderr.isTTY) process.stderr.write(`${text}\n`)
    },
  })
  bar.end()
  say(values.json ? `${JSON.stringify(found)}\n` : caughtTable(found))
  return found.every(({ caught }) => caught > 0) ? 0 : 1
}

/** New seeds each time: what was tried once has told all that it can. */
async function lived(size: number, values: Values): Promise<number> {
  const from = Number(values.from ?? newStart())
  const minutes = values.minutes === undefined ? null : Number(values.minutes)
  const endMs = minutes === null ? Number.POSITIVE_INFINITY : Date.now() + minutes * 60_000
  const count = Number(values.seeds ?? (minutes === null ? 100 : Number.MAX_SAFE_INTEGER))
  if (!values.json) say(`seeds from ${from} on: npm run sim -- --from ${from}\n`)
  const caught = minutes === null ? [] : await sampled(size, from, minutes)
  const bar = progress('days')
  const all = await days({ size, from, count, untilMs: endMs, onStep: bar.step })
  bar.end()
  keepFailed(all.failed)
  say(values.json ? `${JSON.stringify({ from, ...all, caught })}\n` : report(all, caught))
  return Math.max(violated(all.failed), deaf(caught))
}

function newStart(): number {
  return Math.floor(Date.now() / 1_000)
}

/** The canary first, then as many others as four tenths of the time allow. */
async function sampled(size: number, from: number, minutes: number): Promise<Hunted[]> {
  const bar = progress('mutants')
  const others = mutants.filter(({ name }) => name !== canary)
  const turned = others.map((_, index) => others[(index + from) % others.length])
  const wanted = [mutants.find(({ name }) => name === canary), ...turned]
  const found = await hunts(
    wanted.filter((each) => each !== undefined),
    {
      size,
      seeds: 60,
      from,
      stopWhenCaught: true,
      untilMs: Date.now() + minutes * 60_000 * 0.4,
      onStep: bar.step,
    },
  )
  bar.end()
  return found
}

function report(all: Days, caught: readonly Hunted[]): string {
  const rows = Object.entries(all.totals).map(([name, value]) => [name, value])
  return `${caught.length > 0 ? caughtTable(caught) : ''}${table(['', 'total'], rows)}`
}

/** Where nobody notices even the canary, the simulator is not to be believed. */
function deaf(caught: readonly Hunted[]): number {
  const missed = caught.filter((each) => each.caught === 0)
  for (const { mutant, lived } of missed) {
    process.stderr.write(`nobody noticed ${mutant.name} in ${lived} days\n`)
  }
  return missed.some(({ mutant }) => mutant.name === canary) ? 1 : 0
}

function violated(answers: readonly Answer[]): number {
  const bad = answers.filter(({ violations }) => violations.length > 0)
  for (const { seed, violations } of bad) {
    process.stderr.write(`\nseed ${seed}: npm run sim -- --seed ${seed}\n`)
    for (const { invariant, text } of violations.slice(0, 10)) {
      process.stderr.write(`  ${invariant}  ${text}\n`)
    }
  }
  return bad.length > 0 ? 1 : 0
}

function say(text: string): number {
  process.stdout.write(text)
  return 0
}
