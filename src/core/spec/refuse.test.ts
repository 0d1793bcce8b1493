/** What is wrong in specs, where, and what was meant; beside what is right by a hair. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { readSpecs, readSubmission } from './read.ts'

const names = {
  canonical: (name: string) => (name.toLowerCase() === 'h100' ? 'H100' : name),
  knownAccelerators: ['H100', 'H200', 'A100'],
}

function read(text: string) {
  const { specs, faults } = readSpecs(text, 'a.yaml', names)
  assert.deepEqual(faults, [])
  return specs.map(({ spec }) => spec)
}

function faults(text: string): readonly string[] {
  return readSpecs(text, 'a.yaml', names).faults.map(({ line, column, path, ...fault }) => {
    const meant = fault.meant === null ? '' : `; meant ${fault.meant}`
    return `${line}:${column} ${path}: found ${fault.found}; expected ${fault.expected}${meant}`
  })
}

const job = `kind: Job
name: pretrain
run: python train.py
resources: {accelerators: H100:8, nodes: 2}
`

const service = `kind: Service
name: chat
run: python serve.py
resources: {accelerators: H100}
`

const nodes = 'expected a whole number from 1 to 10000'
const badNumbers = {
  '0': 'the number 0',
  '-1': 'the number -1',
  '1.5': 'the number 1.5',
  '1e400': 'the number 1e400',
  '9007199254740993': 'the number 9007199254740993',
  '.nan': 'the number .nan',
  NaN: 'the text "NaN"',
  null: 'null',
  '[8]': 'a list',
  '1000000000': 'the number 1000000000',
}
for (const [written, found] of Object.entries(badNumbers)) {
  it(`[SP8] refuses nodes: ${written}`, () => {
    const text = job.replace('nodes: 2', `nodes: ${written}`)
    assert.deepEqual(faults(text), [`4:42 $.resources.nodes: found ${found}; ${nodes}`])
  })
}

it('[SP8] refuses a number in quotes, and says what was meant', () => {
  assert.deepEqual(faults(job.replace('nodes: 2', 'nodes: "8"')), [
    `4:42 $.resources.nodes: found the text "8"; ${nodes}; meant 8`,
  ])
})

const gang = 'one accelerator such as H100, H100:8 or {H100: 8}, at most 1024 a node'
const badAccelerators = {
  'H100:0': [`4:27 $.resources.accelerators: found the text "H100:0"; expected ${gang}`],
  '8': [`4:27 $.resources.accelerators: found the number 8; expected ${gang}`],
  '{H100: [8]}': [
    '4:34 $.resources.accelerators.H100: found a list; expected a whole number from 1 to 1024',
  ],
  '{H100:8}': [
    '4:28 $.resources.accelerators["H100:8"]: found the key "H100:8"; ' +
      'expected the name of an accelerator; meant H100: 8',
  ],
  '{H100: 8, A100: 8}': [`4:27 $.resources.accelerators: found a map; expected ${gang}`],
}
for (const [written, told] of Object.entries(badAccelerators)) {
  it(`[SP8] refuses accelerators: ${written}`, () => {
    assert.deepEqual(faults(job.replace('H100:8', written)), told)
  })
}

it('[SP14] takes an accelerator that nobody knows, but not a slip of the finger', () => {
  assert.equal(read(job.replace('H100', 'Zeta-99')).length, 1)
  assert.deepEqual(faults(job.replace('H100', 'H10O')), [
    '4:27 $.resources.accelerators: found the unknown accelerator "H10O"; ' +
      'expected an accelerator that is known or offered; meant H100',
  ])
})

const name = 'expected a name of at most 40 signs: a to z, 0 to 9 and inner hyphens'
const badNames = {
  Pretrain: 'the text "Pretrain"; EXPECTED; meant pretrain',
  'pre.train_2': 'the text "pre.train_2"; EXPECTED; meant pre-train-2',
  '-pretrain': 'the text "-pretrain"; EXPECTED',
  '../etc': 'the text "../etc"; EXPECTED',
  [`${'a'.repeat(41)}`]: `the text "${'a'.repeat(41)}"; EXPECTED`,
  'pr\u0435train': 'the text "pr\\u0435train"; EXPECTED',
  'pre\u202etrain': 'the text "pre\\u202etrain"; EXPECTED',
  '"pre\\ntrain"': 'the text "pre\\ntrain"; EXPECTED',
  '"=HYPERLINK(1)"': 'the text "=HYPERLINK(1)"; EXPECTED',
  '12': 'the number 12; EXPECTED; meant "12"',
}
for (const [written, told] of Object.entries(badNames)) {
  it(`[SP9] refuses the name ${JSON.stringify(written)}`, () => {
    const expected = `2:7 $.name: found ${told.replace('EXPECTED', name)}`
    assert.deepEqual(faults(job.replace('pretrain', written)), [expected])
  })
}

it('[SP20] refuses data of which only the region is said, and sizes that are none', () => {
  assert.deepEqual(faults(`${job}data: {region: us}\n`), [
    '5:7 $.data: found a map; ' +
      'expected gb, which is copied once, or gb_per_hour, which is read all the time',
  ])
  assert.deepEqual(faults(`${job}data: {region: us, gb: 4, class: c3}\n`), [
    '5:34 $.data.class: found the text "c3"; expected one of C0, C1, C2, C3, C4, C5; meant C3',
  ])
  assert.deepEqual(faults(`${job}data: {region: us, gb: -4}\ncheckpoint: {dir: /a, gb: 0}\n`), [
    '5:24 $.data.gb: found the number -4; expected a number above 0',
    '6:27 $.checkpoint.gb: found the number 0; expected a number above 0',
  ])
})

it('[SP7] refuses unknown keys, and says which were meant', () => {
  const text = job.replace('run:', 'command:').replace('nodes:', 'num_nodes:')
  const keys =
    'kind, name, priority, setup, run, envs, resources, market, max_price, ' +
    'suppliers, retries, product, team, lasts, data, end_users, data_class, checkpoint, deadline'
  assert.deepEqual(faults(`${text}env: {A: b}\nuse_spot: true\n`), [
    '1:1 $.run: found nothing; expected shell text, at most 130 kB',
    `3:1 $.command: found the key "command"; expected one of ${keys}; meant run`,
    '4:35 $.resources.num_nodes: found the key "num_nodes"; ' +
      'expected one of accelerators, nodes, fabric, throughput; meant nodes',
    `5:1 $.env: found the key "env"; expected one of ${keys}; meant envs`,
    `6:1 $.use_spot: found the key "use_spot"; expected one of ${keys}; meant market`,
  ])
})

it('[SP2] says which kinds there are', () => {
  const kinds = 'expected one of Job, Service, Supplier, Policy, Contract'
  assert.deepEqual(faults('kind: job\n'), [`1:7 $.kind: found the text "job"; ${kinds}; meant Job`])
  assert.deepEqual(faults('name: a\n'), [`1:1 $.kind: found nothing; ${kinds}`])
  assert.deepEqual(faults('- a\n'), ['1:1 $: found a list; expected a map that begins with kind'])
  assert.deepEqual(faults('# nothing yet\n'), [
    '1:1 $: found nothing; expected a document with one of kind: ' +
      'Job, Service, Supplier, Policy, Contract',
  ])
})

it('[SP3] tells all faults in order of place, and means nothing with one of them', () => {
  const text = `${job}---\nkind: Service\nname: chat\nrun: ''\nresources: H100\nport: 0\n`
  assert.deepEqual(faults(text), [
    '8:6 $.run: found an empty text; expected shell text, at most 130 kB',
    '9:12 $.resources: found the text "H100"; ' +
      'expected a map with accelerators and nodes, or a list of such maps',
    '10:7 $.port: found the number 0; expected a whole number from 1 to 65535',
  ])
  assert.deepEqual(readSpecs(text, 'a.yaml', names).specs, [])
})

it('[SP3] tells at most 50 faults', () => {
  assert.equal(faults('kind: nothing\n---\n'.repeat(60)).length, 50)
})

it('[SP10] takes a name once in a submission', () => {
  const twins = [
    { file: 'a.yaml', text: job },
    { file: 'b.yaml', text: `# the same name\n${service.replace('chat', 'pretrain')}` },
  ]
  assert.deepEqual(readSubmission(twins, names).faults, [
    {
      file: 'b.yaml',
      line: 3,
      column: 7,
      path: '$.name',
      found: 'the Service "pretrain" beside another at a.yaml:2',
      expected: 'every job or service under a name of its own',
      meant: null,
    },
  ])
  assert.deepEqual(faults('kind: Policy\nname: a\n---\nkind: Policy\nname: b\n'), [
    '5:7 $.name: found the Policy "b" beside another at a.yaml:2; ' +
      'expected one policy, because one is in force',
  ])
  const supplier = 'kind: Supplier\nname: pretrain\nurl: http://localhost\n'
  assert.equal(read(`${job}---\n${supplier}`).length, 2)
})

it('[SP22] refuses shaping that makes no sense', () => {
  const policy = (shaping: string) => `kind: Policy\nname: a\nshaping:\n${shaping}`
  const span = 'expected a duration such as 90s, 5m or 1h30m, from 1s to 15m'
  assert.deepEqual(faults(policy('  - { relations: [rivals], jitter: 90 }')), [
    '4:19 $.shaping[0].relations[0]: found the text "rivals"; expected one of owned, ' +
      'joint-venture, neutral, partner, landlord, investor, rival, unknown; meant rival',
    `4:36 $.shaping[0].jitter: found the number 90; ${span}; meant 90s`,
  ])
  assert.deepEqual(faults(policy('  - { relations: [], jitter: 1h }')), [
    '4:18 $.shaping[0].relations: found a list; expected at least one relation',
    `4:30 $.shaping[0].jitter: found the text "1h"; ${span}`,
  ])
})

it('[SP23] refuses to withhold what is no fact, or from nobody', () => {
  const policy = (rule: string) => `kind: Policy\nname: a\nwithhold:\n${rule}`
  assert.deepEqual(faults(policy('  - { relations: [rival], facts: [price] }')), [
    '4:35 $.withhold[0].facts[0]: found the text "price"; expected one of existence, terms, ' +
      'prices, forecast, notices; meant prices',
  ])
  assert.deepEqual(faults(policy('  - { relations: [rival], facts: [] }')), [
    '4:34 $.withhold[0].facts: found a list; expected at least one fact',
  ])
  assert.deepEqual(faults(policy('  - { relations: [], facts: [terms] }')), [
    '4:18 $.withhold[0].relations: found a list; expected at least one relation',
  ])
})

it('[SP20] refuses a rate of egress from nowhere, and more ways than are looked through', () => {
  const policy = (from: string, to: string) => {
    return `kind: Policy\nname: a\negress: [{ from: ${from}, to: ${to}, per_gb: 0.02 }]\n`
  }
  const region = 'a region as suppliers name it, or a list of them'
  assert.deepEqual(faults(policy('a', '[b, "c d"]')), [
    `3:25 $.egress[0].to: found a list; expected ${region}`,
  ])
  const regions = (count: number) => `[${Array.from({ length: count }, (_, index) => `r${index}`)}]`
  assert.deepEqual(faults(policy(regions(100), regions(100))), [])
  assert.deepEqual(faults(policy(regions(100), regions(101))), [
    '3:9 $.egress: found a list; expected at most 10000 ways from one region to another',
  ])
})

it('[SP18] refuses quotas that make no sense', () => {
  const policy = (quota: string) => `kind: Policy\nname: a\nquotas:\n${quota}`
  const own = '  - {team: x, accelerators: {H100: 8}}\n'
  const lone = '  - {team: x, accelerators: {H100: 8}, borrow: 3}\n'
  assert.deepEqual(faults(policy(own + own.replace('H100', 'h100'))), [
    '5:36 $.quotas[1].accelerators.h100: found the number 8; ' +
      'expected one quota of team x for h100',
  ])
  assert.deepEqual(faults(policy(lone)), [
    '4:48 $.quotas[0].borrow: found the number 3; expected a cohort to borrow from',
  ])
  assert.deepEqual(faults(policy(own.replace('8', '-8'))), [
    '4:36 $.quotas[0].accelerators.H100: found the number -8; ' +
      'expected a whole number from 0 to 1000000',
  ])
})

it('[SP11] keeps environment variables literal, as they were written', () => {
  const text = `${job}envs:
  A: $(id) \`id\` "; rm -rf /
  B: 1.10
  C: no
  D: true
  E: "two\\nlines"
  F: 0x1F
  LD_LIBRARY_PATH: /usr/local/cuda/lib64
`
  assert.partialDeepStrictEqual(read(text)[0], {
    envs: {
      A: '$(id) `id` "; rm -rf /',
      B: '1.10',
      C: 'no',
      D: 'true',
      E: 'two\nlines',
      F: '0x1F',
      LD_LIBRARY_PATH: '/usr/local/cuda/lib64',
    },
  })
})

const loader = 'acts before your command does; export it in run'
const badEnvs = {
  'CALUMET_KEY: x': 'another name: those with CALUMET_ are set by Calumet',
  'RANK: 1': 'another name: RANK is set by Calumet for every rank',
  'MASTER_ADDR: x': 'another name: MASTER_ADDR is set by Calumet for every rank',
  'LD_PRELOAD: x': `another name: LD_PRELOAD ${loader}`,
  'NODE_OPTIONS: x': `another name: NODE_OPTIONS ${loader}`,
  'A-B: x': 'a name of letters, digits and _ that begins with no digit',
  '1A: x': 'a name of letters, digits and _ that begins with no digit',
}
for (const [written, expected] of Object.entries(badEnvs)) {
  it(`[SP11] refuses envs: {${written}}`, () => {
    const [key = ''] = written.split(':')
    const [told] = faults(`${job}envs: {${written}}\n`)
    assert.ok(told?.startsWith('5:8 $.envs'))
    assert.ok(told?.endsWith(`: found the key "${key}"; expected ${expected}`))
  })
}

it('[SP11] refuses a variable without a value, and a list', () => {
  const expected = 'expected a text, a number, true or false'
  assert.deepEqual(faults(`${job}envs:\n  A:\n  B: [1]\n`), [
    `6:5 $.envs.A: found nothing; ${expected}`,
    `7:6 $.envs.B: found a list; ${expected}`,
  ])
})

it('[SP16] sees no change in the order of variables', () => {
  const [one] = read(`${job}envs: {A: 1, B: 2}\n`)
  const [other] = read(`${job}envs: {B: 2, A: 1}\n`)
  assert.equal(JSON.stringify(one), JSON.stringify(other))
})

it('[SP12] reads money from its digits and time from its units', () => {
  for (const [written, micros] of [
    ['3.5', 3_500_000],
    ['"3.50"', 3_500_000],
    ['$0.000001', 1],
    ['$12/h', 12_000_000],
  ] as const) {
    assert.partialDeepStrictEqual(read(`${job}max_price: ${written}\n`)[0], {
      pricePerHourMax: micros,
    })
  }
  const price =
    'expected dollars per hour such as 12 or 3.50, above 0 and with at most six decimals'
  assert.deepEqual(faults(`${job}max_price: 1e400\n`), [
    `5:12 $.max_price: found the number 1e400; ${price}`,
  ])
  assert.deepEqual(faults(`${job}max_price: 0.0000001\n`), [
    `5:12 $.max_price: found the number 0.0000001; ${price}`,
  ])
  assert.deepEqual(faults(`${job}max_price: -1\n`), [
    `5:12 $.max_price: found the number -1; ${price}`,
  ])
  assert.deepEqual(faults(`${job}checkpoint: {dir: /ckpt, every: 300}\n`), [
    '5:33 $.checkpoint.every: found the number 300; ' +
      'expected a duration such as 90s, 5m or 1h30m, from 1s to 1d; meant 300s',
  ])
})

it('[SP17] a deadline is a moment or a span, and leaves time enough for the work', () => {
  const one = (deadline: string) => faults(`${job}deadline: ${deadline}\n`)
  assert.deepEqual(one('{within: 10h, work: 6h}'), [])
  assert.deepEqual(one('{at: 2026-12-01T18:00Z, work: 6h}'), [])
  assert.deepEqual(one('{within: 5h, work: 6h}'), [
    '5:20 $.deadline.within: found the text "5h"; expected at least as long as its work, 6h',
  ])
  const either = 'expected either at, a moment, or within, a duration'
  assert.deepEqual(one('{work: 6h}'), [`5:11 $.deadline: found a map; ${either}`])
  assert.deepEqual(one('{at: 2026-12-01, within: 5h, work: 1h}'), [
    `5:11 $.deadline: found a map; ${either}`,
  ])
})

it('[SP13] takes no secret and shows none', () => {
  const text = 'kind: Supplier\nname: rival\nurl: http://user:hunter2@rival\ntoken: sk-12345\n'
  const told = faults(text)
  assert.deepEqual(told, [
    '3:6 $.url: found a URL with credentials; ' +
      'expected a URL with https, http, ssh or local, without credentials, query or fragment',
    '4:8 $.token: found a literal text; ' +
      'expected where the token lies, {env: NAME} or {file: path}; never the token itself',
  ])
  assert.deepEqual(
    faults('kind: Supplier\nname: rival\nurl: file:///etc\ntoken: {env: A, file: b}\n'),
    [
      '3:6 $.url: found the text "file:///etc"; ' +
        'expected a URL with https, http, ssh or local, without credentials, query or fragment',
      '4:8 $.token: found a map; expected where the token lies, {env: NAME} or {file: ' +
        'path}; never the token itself',
    ],
  )
})

it('[SP2] guesses what was meant', () => {
  const supplier = 'kind: Supplier\nname: rival\nurl: http://rival\n'
  const flag = 'expected true or false'
  assert.deepEqual(faults(`${supplier}buying: no\n`), [
    `4:9 $.buying: found the text "no"; ${flag}; meant false`,
  ])
  assert.deepEqual(faults(`${job}market: sopt\n`), [
    '5:9 $.market: found the text "sopt"; expected one of on-demand, spot, any; meant spot',
  ])
  assert.deepEqual(faults('kind: Policy\nname: a\nmove_when_cheaper_by: 0.25\n'), [
    '3:23 $.move_when_cheaper_by: found the number 0.25; ' +
      'expected a share from 0% to 100% such as 25%; meant 25%',
  ])
  assert.deepEqual(faults(`${service}replicas: 1-4\n`), [
    '5:11 $.replicas: found the text "1-4"; ' +
      'expected 1 to 1000 replicas such as 2, "1..4" or {min: 1, max: 4}; meant 1..4',
  ])
})

it('[SP2] compares what belongs together', () => {
  const alternatives = '[{accelerators: H100, throughput: 2}, {accelerators: A100}]'
  assert.deepEqual(
    faults(job.replace('{accelerators: H100:8, nodes: 2}', alternatives)).map((told) => {
      return told.replace(/; .*/, '')
    }),
    ['4:50 $.resources[1].throughput: found nothing'],
  )
  assert.deepEqual(faults(`${service}replicas: {min: 4, max: 2}\n`), [
    '5:25 $.replicas.max: found the number 2; expected a max that is not below min',
  ])
  assert.deepEqual(faults('kind: Policy\nname: a\nsuppliers: {allow: [a], deny: [a, b, b]}\n'), [
    '3:32 $.suppliers.deny[0]: found the text "a"; expected a supplier that is not also allowed',
    '3:38 $.suppliers.deny[2]: found the text "b"; expected every name once',
  ])
})
