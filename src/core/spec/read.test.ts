/** Specs as people write them, and what is made of them. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { readSpecs } from './read.ts'

const names = {
  canonical: (name: string) => (name.toLowerCase() === 'h100' ? 'H100' : name),
  knownAccelerators: ['H100', 'H200', 'A100'],
}

function read(text: string) {
  const { specs, faults } = readSpecs(text, 'a.yaml', names)
  assert.deepEqual(faults, [])
  return specs.map(({ spec }) => spec)
}

const job = `kind: Job
name: pretrain
run: python train.py
resources: {accelerators: H100:8, nodes: 2}
`

it('reads a job, and fills in what is left out', () => {
  assert.deepEqual(read(job), [
    {
      kind: 'Job',
      name: 'pretrain',
      generation: 0,
      revision: 0,
      priority: 50,
      setup: null,
      run: 'python train.py',
      envs: {},
      resources: [{ accelerator: 'H100', perNode: 8, nodes: 2, throughput: null }],
      markets: ['on-demand'],
      pricePerHourMax: null,
      suppliers: null,
      retryCount: 3,
      checkpoint: null,
    },
  ])
})

it('reads every field of a job', () => {
  const text = `kind: Job
name: pretrain
priority: 90
setup: pip install .
run: |
  set -e
  [[ -d "$DIR" ]] && case x in x) echo "{[(";; esac
envs: {DIR: /data}
resources:
  - {accelerators: {h100: 8}, nodes: 2, fabric: infiniband, throughput: 16}
  - {accelerators: tpu-v9, nodes: 4, throughput: 12.5}
market: any
max_price: 98.765432
suppliers: [incumbent, rival]
retries: 0
checkpoint: {dir: s3://bucket/pretrain, every: 90s}
deadline: {within: 9h, work: 6h, launch: 12m}
`
  assert.deepEqual(read(text), [
    {
      kind: 'Job',
      name: 'pretrain',
      generation: 0,
      revision: 0,
      priority: 90,
      setup: 'pip install .',
      run: 'set -e\n[[ -d "$DIR" ]] && case x in x) echo "{[(";; esac\n',
      envs: { DIR: '/data' },
      resources: [
        { accelerator: 'H100', perNode: 8, nodes: 2, throughput: 16, fabric: 'infiniband' },
        { accelerator: 'tpu-v9', perNode: 1, nodes: 4, throughput: 12.5 },
      ],
      markets: ['on-demand', 'spot'],
      pricePerHourMax: 98_765_432,
      suppliers: ['incumbent', 'rival'],
      retryCount: 0,
      checkpoint: { dir: 's3://bucket/pretrain', everyMs: 90_000 },
      deadline: { withinMs: 32_400_000, workMs: 21_600_000, launchMs: 720_000 },
    },
  ])
})

const service = `kind: Service
name: chat
run: python serve.py
resources: {accelerators: H100}
`

it('reads a service, and fills in what is left out', () => {
  const [spec] = read(service)
  assert.partialDeepStrictEqual(spec, {
    kind: 'Service',
    replicasMin: 1,
    replicasMax: 1,
    requestsPerSecondPerReplica: null,
    port: 8000,
    readiness: { path: '/health', periodMs: 2_000, timeoutMs: 1_000, initialDelayMs: 300_000 },
    spreadSuppliers: 1,
  })
})

for (const [written, min, max] of [
  ['3', 3, 3],
  ['1..4', 1, 4],
  ['"2..2"', 2, 2],
  ['{min: 2, max: 5}', 2, 5],
] as const) {
  it(`reads replicas: ${written}, and spreads two or more over two suppliers`, () => {
    const [spec] = read(`${service}replicas: ${written}\nscale: {requests_per_second: 5}\n`)
    assert.partialDeepStrictEqual(spec, {
      replicasMin: min,
      replicasMax: max,
      requestsPerSecondPerReplica: 5,
      spreadSuppliers: Math.min(min, 2),
    })
  })
}

it('reads that steps are even, which says nothing to the ranks', () => {
  const saving = (more: string) => {
    const text = `kind: Job\nname: a\nrun: b\nresources: {accelerators: H100}\n`
    const [spec] = read(`${text}checkpoint: {dir: /saved${more}}\n`)
    return spec && 'checkpoint' in spec ? spec.checkpoint : null
  }
  assert.equal(saving(', even_steps: true')?.evenSteps, true)
  assert.ok(!('evenSteps' in (saving('') ?? {})))
})

it('reads over how many regions replicas are spread', () => {
  const [spec] = read(`${service}replicas: 3\nspread: {regions: 2}\n`)
  assert.partialDeepStrictEqual(spec, { spreadSuppliers: 2, spreadRegions: 2 })
  assert.ok(!('spreadRegions' in (read(`${service}replicas: 3\n`)[0] ?? {})))
})

it('[SP18] reads quotas, a kind of accelerator each', () => {
  const text = `kind: Policy
name: house
quotas:
  - {team: nlp, accelerators: {h100: 64, TPU: 8}, cohort: research, borrow: 32}
  - {team: vision, accelerators: {H100: 0}}
`
  const [policy] = read(text) as readonly { readonly quotas: unknown }[]
  assert.deepEqual(policy?.quotas, [
    { team: 'nlp', cohort: 'research', accelerator: 'H100', count: 64, borrow: 32 },
    { team: 'nlp', cohort: 'research', accelerator: 'TPU', count: 8, borrow: 32 },
    { team: 'vision', cohort: null, accelerator: 'H100', count: 0, borrow: null },
  ])
})

it('[SP19] reads how much suppliers may hold of ours', () => {
  const text = `kind: Policy
name: house
exposure_limits:
  - {supplier: incumbent, max: 1000000.00}
`
  const [policy] = read(text) as readonly { readonly exposureLimits: unknown }[]
  assert.deepEqual(policy?.exposureLimits, [{ supplier: 'incumbent', max: 1_000_000_000_000 }])
})

it('[SP21] reads the name of a slice as one node with its chips', () => {
  const sliceOf = (name: string) => (name === 'tpu-v5p-8' ? { accelerator: 'TPU', chips: 4 } : null)
  const job = (written: string) =>
    `kind: Job\nname: a\nrun: a\nresources: {accelerators: ${written}, nodes: 2}`
  const tpus = { ...names, sliceOf, knownAccelerators: ['TPU'] }
  const { specs } = readSpecs(job('tpu-v5p-8'), 'a.yaml', tpus)
  const [spec] = specs.map((each) => each.spec)
  assert.ok(spec && 'resources' in spec)
  const one = { accelerator: 'TPU', perNode: 4, nodes: 2, throughput: null }
  assert.deepEqual(spec.resources, [one])
  const { faults } = readSpecs(job('tpu-v5p-8:2'), 'a.yaml', tpus)
  assert.deepEqual(
    faults.map(({ found, expected, meant }) => [found, expected, meant]),
    [['2 slices in a node', 'one, and as many nodes', 'tpu-v5p-8']],
  )
})

it('[SP20] reads where data lies, and what reading it elsewhere costs', () => {
  const text = `kind: Policy
name: house
egress:
  - {from: us-east, to: eu-west, per_gb: 0.020}
  - {from: us-east, per_gb: $0.09, gb_per_hour: 500}
  - {from: [a, b], to: [b, c], per_gb: 0.05}
---
kind: Job
name: train
run: ./train
resources: {accelerators: H100:8}
data: {region: us-east, gb_per_hour: 40}
---
kind: Job
name: tune
run: ./tune
lasts: 6h
resources: {accelerators: H100:8}
data: {region: us-east, gb: 4000, class: C2}
checkpoint: {dir: /saved, gb: 50}
`
  interface Read {
    readonly egress?: unknown
    readonly data?: unknown
    readonly lastsMs?: unknown
    readonly checkpoint?: unknown
  }
  const [policy, job, tune] = read(text) as readonly Read[]
  assert.deepEqual(policy?.egress, [
    { from: 'us-east', to: 'eu-west', perGb: 20_000 },
    { from: 'us-east', to: null, perGb: 90_000, gbPerHour: 500 },
    { from: 'a', to: 'b', perGb: 50_000 },
    { from: 'a', to: 'c', perGb: 50_000 },
    { from: 'b', to: 'c', perGb: 50_000 },
  ])
  assert.deepEqual(job?.data, { region: 'us-east', gbPerHour: 40 })
  assert.deepEqual(tune?.data, {
    ...{ region: 'us-east', gbPerHour: 0, gb: 4_000 },
    dataClass: 'C2',
  })
  assert.deepEqual(tune?.checkpoint, { dir: '/saved', everyMs: 300_000, gb: 50 })
  assert.equal(tune?.lastsMs, 6 * 3_600_000)
})

it('[SP22] reads whose requests are held back, and for how long', () => {
  const policy = (shaping: string) => `kind: Policy\nname: house\nshaping: [${shaping}]\n`
  interface Read {
    readonly shaping?: unknown
    readonly trust?: unknown
  }
  const [house] = read(policy('{ relations: [rival, landlord], jitter: 1m30s }')) as readonly Read[]
  assert.deepEqual(house?.shaping, [{ relations: ['rival', 'landlord'], jitterMs: 90_000 }])
  assert.equal(house?.trust, undefined, 'nobody asks where data goes')
})

it('reads whom a job serves in the end', () => {
  const text =
    'kind: Job\nname: a\nresources: { accelerators: H100 }\nrun: x\nend_users: [our-lab]\n'
  const [job] = read(text) as readonly { readonly endUsers?: unknown }[]
  assert.deepEqual(job?.endUsers, ['our-lab'])
})

it('[SP23] reads what is withheld from whom', () => {
  const text = `kind: Policy
name: house
withhold:
  - { relations: [rival, investor], facts: [prices, forecast] }
`
  const [house] = read(text) as readonly { readonly withhold?: unknown }[]
  assert.deepEqual(house?.withhold, [
    { relations: ['rival', 'investor'], facts: ['prices', 'forecast'] },
  ])
})

it('reads a supplier and a policy', () => {
  const text = `kind: Supplier
name: rival
url: https://rival.example:8443/v1/
token: {env: RIVAL_TOKEN}
class: A
late_effect: 1m30s
buying: false
---
kind: Policy
name: frugal
max_price: $250/h
suppliers: {allow: [incumbent, rival], deny: [other]}
move_when_cheaper_by: 12.5%
`
  assert.deepEqual(read(text), [
    {
      name: 'rival',
      generation: 0,
      driver: 'remote',
      url: 'https://rival.example:8443/v1',
      tokenFrom: { env: 'RIVAL_TOKEN' },
      promises: { class: 'A', lateEffectMs: 90_000, listLagMs: 10_000 },
      buying: false,
    },
    {
      name: 'frugal',
      generation: 0,
      pricePerHourMax: 250_000_000,
      suppliersAllowed: ['incumbent', 'rival'],
      suppliersDenied: ['other'],
      moveWhenCheaperBy: 0.125,
    },
  ])
})
