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
  'examples/contracts/incumbent-overflow-rival.yaml': [
    ...['Contract incumbent-2019', 'Contract incumbent-2025', 'Contract rival-2025-letter'],
    ...['Contract rival-2025', 'Contract recapitalisation-2025', 'Contract launch-2026'],
    'Contract joint-project',
  ],
  'examples/contracts/may-come.yaml': ['Contract msa'],
  'examples/contracts/official-list.yaml': [
    'Supplier incumbent',
    'Supplier ally',
    'Supplier rival',
  ],
  'examples/contracts/official-list-2025-08.yaml': ['Supplier rival'],
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
    globSync('examples/{,tour/,contracts/}*.yaml', { cwd: root }).sort(),
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
  'examples/scenarios/three-years.yaml': threeYears,
}

const law = 'examples/contracts/incumbent-overflow-rival.yaml'
const beside: Readonly<Record<string, readonly string[]>> = {
  'examples/scenarios/overflow.yaml': [law],
  'examples/scenarios/three-years.yaml': [law, 'examples/contracts/official-list.yaml'],
}

/** What was bought in which phase of 2024 to 2026, and which clause led there or barred it. */
function threeYears({ outcome, startAt }: Simulation): void {
  const dayOf = (ms: number) => new Date((startAt ?? 0) + ms).toISOString().slice(0, 10)
  const told = outcome.phases.map(({ fromMs, bought, barred }) => {
    const places = bought.map(({ workload, offer, because }) => {
      const clauses = because.map((text) => /[a-z0-9-]+\/[a-z-]+/.exec(text)?.[0])
      return [`${workload} at ${offer}`, ...clauses].join(', ')
    })
    const bars = barred.map(({ workload, place, clause }) => `${workload} not ${place}, ${clause}`)
    return [dayOf(fromMs), ...places.sort(), ...bars.sort()]
  })
  const overflow = 'incumbent-2019/overflow-to-ally'
  const spend = 'recapitalisation-2025/cloud-spend'
  const alone = (name: string) => [
    `${name} not ally/h100x8, incumbent-2019/sole-cloud`,
    `${name} not rival, list/rival`,
  ]
  const api = (clause: string) =>
    ['ally', 'rival'].map((each) => `api not ${each}/h100x8, ${clause}`)
  assert.deepEqual(told, [
    [
      ...['2024-01-01', 'base at incumbent/h100x8', 'chat at incumbent/h100x8'],
      ...['base', 'chat', 'vision'].flatMap(alone),
    ],
    ['2024-06-11', `vision at ally/h100x8, ${overflow}`, 'vision not rival, list/rival'],
    ['2025-01-21', `agents at ally/h100x8, ${overflow}`, 'agents not rival, list/rival'],
    [
      ...['2025-07-16', `checks at rival/h100x8, ${overflow}`],
      `frontier at rival/gb200x72, ${overflow}, incumbent-2025/new-capacity`,
      `search at rival/tpux8, ${overflow}`,
      'checks not rival/h100x8, list/rival',
      'frontier not rival/gb200x72, incumbent-2025/new-capacity',
    ],
    ['2025-10-28'],
    [
      ...['2025-11-01', `align at incumbent/h100x8, ${spend}`, `api at incumbent/h100x8, ${spend}`],
      `frontier-next at rival/gb200x72, ${overflow}, rival-2025/take-or-pay`,
      `search at incumbent/h100x8, ${spend}`,
      ...api('incumbent-2025/api-on-incumbent'),
    ],
    ['2026-04-01', `api at ally/h100x8, ${overflow}`, ...api('launch-2026/api-first')],
  ])
  const days = (text: RegExp) =>
    outcome.timeline.filter((each) => text.test(each.text)).map(({ atMs }) => dayOf(atMs))
  assert.deepEqual(days(/^rival is (prospect|active),/), ['2024-01-01', '2025-07-16'])
  assert.deepEqual(days(/^vision\.0: bought/), ['2024-06-11'])
  assert.deepEqual(days(/^frontier\.0: bought/), ['2025-08-26'])
  assert.deepEqual(days(/^api\.\d: bought/), ['2026-01-12', '2026-01-12', '2026-04-20'])
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
