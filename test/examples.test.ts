/**
 * Every example is read without fault, and every scenario is played, as it stands.
 */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { run } from '../src/cli/stage.test.ts'
import { canonical, nearest, throughputs } from '../src/core/catalog/accelerators.ts'
import { readSpecs } from '../src/core/spec/read.ts'
import { readScenario, type Simulation } from '../src/sim/scenario/simulate.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const names = { canonical, nearest, knownAccelerators: Object.keys(throughputs) }

const kinds: Readonly<Record<string, readonly string[]>> = {
  'examples/job.yaml': ['Job pretrain'],
  'examples/service.yaml': ['Service chat'],
  'examples/chips.yaml': ['Job finetune'],
  'examples/spot.yaml': ['Job sweep'],
  'examples/supplier.yaml': ['Supplier incumbent', 'Supplier rival'],
  'examples/slurm.yaml': ['Supplier campus', 'Supplier joint'],
  'examples/policy.yaml': ['Policy frugal'],
  'examples/tour/supplier.yaml': ['Supplier rival'],
  'examples/tour/hello.yaml': ['Job hello'],
}

function read(path: string) {
  return readSpecs(readFileSync(`${root}/${path}`, 'utf8'), path, names)
}

for (const [path, expected] of Object.entries(kinds)) {
  it(`${path} is ${expected.join(' and ')}`, () => {
    const { specs, faults } = read(path)
    assert.deepEqual(faults, [])
    assert.deepEqual(
      specs.map(({ kind, spec }) => `${kind} ${spec.name}`),
      expected,
    )
  })
}

it('no example stands unread', () => {
  assert.deepEqual(
    globSync('examples/{,tour/}*.yaml', { cwd: root }).sort(),
    Object.keys(kinds).sort(),
  )
})

for (const path of globSync('examples/story/*.yaml', { cwd: root })) {
  it(`${path} has no fault`, () => assert.deepEqual(read(path).faults, []))
}

/** What must become of each, whatever chance has in store. */
const scenarios: Readonly<Record<string, (simulation: Simulation) => void>> = {
  'examples/scenarios/supplier-dies.yaml': ({ outcome }) => {
    const pretrain = outcome.workloads.find(({ name }) => name === 'pretrain')
    assert.equal(pretrain?.state, 'succeeded')
    assert.ok(pretrain.starts > 1)
    assert.ok(outcome.timeline.some(({ text }) => /^pretrain\.0: bought .* at rival/.test(text)))
  },
  'examples/scenarios/demand-doubles.yaml': ({ outcome }) => {
    const chat = outcome.workloads.find(({ name }) => name === 'chat')
    assert.ok(chat && chat.missedMs > 24 * 3_600_000)
    assert.ok(chat.reasons.length > 0)
  },
  'examples/scenarios/spot-prices.yaml': ({ outcome }) => {
    const bought = outcome.timeline.filter(({ kind }) => kind === 'lease.held')
    assert.ok(bought.some(({ text }) => text.includes('h100x8-spot')))
    assert.ok(outcome.timeline.some(({ kind }) => kind === 'lease.notice'))
  },
  'examples/scenarios/deadline.yaml': ({ outcome }) => {
    const [patient, hurried, greedy] = ['patient', 'hurried', 'greedy'].map((name) => {
      const done = outcome.timeline.find(({ text }) => text === `${name} has succeeded`)
      const spent = outcome.cost.byWorkload.find((each) => each.name === name)
      return { doneHours: (done?.atMs ?? Infinity) / 3_600_000, cost: spent?.usage ?? 0 }
    })
    assert.ok(patient && patient.doneHours < 22)
    assert.ok(hurried && hurried.doneHours < 12)
    assert.ok(greedy && patient.cost < 0.7 * greedy.cost)
  },
  'examples/scenarios/overflow.yaml': ({ outcome }) => {
    const bought = outcome.timeline.find(({ text }) => text.startsWith('ablation.0: bought'))
    assert.match(bought?.text ?? '', / at rival /)
    // Wanted six hours after the start, and allowed two days after it.
    assert.equal(Math.floor((bought?.atMs ?? 0) / 3_600_000), 48)
  },
}

const beside: Readonly<Record<string, readonly string[]>> = {
  'examples/scenarios/overflow.yaml': ['examples/contracts/incumbent-overflow-rival.yaml'],
}

for (const [path, check] of Object.entries(scenarios)) {
  it(`${path} is played`, async () => {
    const files = (beside[path] ?? []).flatMap((each) => ['-f', `${root}/${each}`])
    const argv = ['sim', `${root}/${path}`, ...files, '--against', 'none', '--json']
    const { stdout, stderr, exitCode } = await run(argv)
    assert.equal(exitCode, 0, stderr)
    const simulation = JSON.parse(stdout) as Simulation
    assert.deepEqual(simulation.outcome.violations, [])
    check(simulation)
  })
}

it('no scenario stands unplayed', () => {
  const found = globSync('examples/scenarios/*.yaml', { cwd: root })
  assert.deepEqual(found.sort(), Object.keys(scenarios).sort())
})

it('the guide shows nothing that cannot be read', () => {
  const guide = readFileSync(`${root}/docs/guide/specs.md`, 'utf8')
  const samples = [...guide.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = '']) => text)
  assert.ok(samples.length >= 4)
  for (const text of samples) {
    assert.deepEqual(readSpecs(text, 'docs/guide/specs.md', names).faults, [])
  }
})

it('the guide to scenarios shows nothing that cannot be read', () => {
  const guide = readFileSync(`${root}/docs/guide/sim.md`, 'utf8')
  const [whole = '', ...parts] = [...guide.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => text)
  assert.ok(parts.length >= 3)
  const workloads = ['job', 'service'].map((name) => {
    return { file: name, text: readFileSync(`${root}/examples/${name}.yaml`, 'utf8') }
  })
  for (const part of ['', ...parts]) {
    const { faults } = readScenario([{ file: 'sim.md', text: whole + part }, ...workloads])
    assert.equal(faults, null)
  }
})
