/** What is refused before it can hurt, and what only looks as if it could. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { readSpecs } from './read.ts'

const names = { canonical: (name: string) => name, knownAccelerators: ['H100'] }

function read(text: string) {
  return readSpecs(text, 'a.yaml', names)
}

function told(text: string): readonly string[] {
  return read(text).faults.map(({ line, column, path, found, expected }) => {
    return `${line}:${column} ${path}: found ${found}; expected ${expected}`
  })
}

/** Milliseconds of processor time: a busy machine does not count. */
function cost(text: string): number {
  const before = process.cpuUsage()
  read(text)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}

const job = 'kind: Job\nname: a\nrun: x\nresources: {accelerators: H100}\n'
const bomb = ['a: &a [x, x, x, x, x, x, x, x]', ...'bcdefgh']
  .map((key, index) => {
    const inner = Array(8).fill(`*${'abcdefg'[index - 1]}`)
    return index === 0 ? key : `${key}: &${key} [${inner.join(', ')}]`
  })
  .join('\n')

for (const [title, text, expected] of [
  ['[SP4] 20,000 nested lists', '['.repeat(20_000), '1:41 $: found deeper nesting'],
  ['[SP4] 20,000 nested maps', '{a: '.repeat(20_000), '1:161 $: found deeper nesting'],
  ['[SP4] 20,000 nested blocks', '- '.repeat(20_000), '1:81 $: found deeper nesting'],
  ['[SP4] 20,000 nested keys', '? '.repeat(20_000), '1:81 $: found deeper nesting'],
  ['[SP4] more than 1 MB', 'é'.repeat(500_001), '1:1 $: found more than 1 MB'],
  ['[SP4] 50 MB', 'a'.repeat(50_000_000), '1:1 $: found more than 1 MB'],
  ['[SP4] 1,001 documents', '---\na: 1\n'.repeat(1_001), '2001:1 $: found more documents'],
  ['[SP4] endless values', '- a\n'.repeat(9_000), '2001:1 $: found more values than any spec has'],
  ['[SP6] an alias bomb', `${bomb}\nkind: Job\n`, '1:1 $: found aliases that multiply'],
  ['[SP6] an alias of itself', 'kind: Job\nname: &a [*a]\n', '1:1 $: found aliases that multiply'],
  ['[SP6] a directive', '%YAML 1.1\n---\nkind: Job\n', '1:1 $: found a YAML directive'],
  ['[SP5] a byte order mark', `\ufeff${job}`, '1:1 $: found a byte order mark'],
  ['[SP5] UTF-16', [...job].join('\0'), '1:1 $: found UTF-16'],
  ['[SP5] UTF-16 read as UTF-8', `\ufffd\ufffd${job}`, '1:1 $: found UTF-16'],
  ['[SP5] NUL', job.replace('x', 'x\0'), '3:7 $: found the sign NUL'],
  ['[SP5] half a pair', job.replace('x', '\ud800'), '3:6 $: found half of a surrogate pair'],
  ['[SP5] an escaped NUL', job.replace('x', '"\\0"'), '3:6 $.run: found the sign NUL'],
  [
    '[SP5] an escaped half of a pair',
    job.replace('x', '"\\ud800"'),
    '3:6 $.run: found half of a surrogate pair',
  ],
  ['[SP6] a key twice', `${job}run: y\n`, '5:1 $.run: found the key "run" once more'],
  [
    '[SP6] __proto__',
    `${job}envs: {__proto__: {admin: true}}\n`,
    '5:8 $.envs.__proto__: found the key "__proto__"',
  ],
  [
    '[SP6] constructor',
    `${job}constructor: {prototype: {admin: true}}\n`,
    '5:1 $.constructor: found the key "constructor"',
  ],
  ['[SP6] a key that is a list', `${job}? [a]\n: b\n`, '5:3 $: found a list as a key'],
  [
    '[SP6] a function',
    job.replace('x', '!!js/function "x"'),
    '3:20 $.run: found the tag "tag:yaml.org,2002:js/function"',
  ],
  ['[SP6] a tag of ones own', job.replace('x', '!mine x'), '3:12 $.run: found the tag "!mine"'],
  [
    '[SP2] text that is no YAML',
    'kind: Job\n  name: a\n',
    '1:7 $: found Nested mappings are not allowed in compact mappings',
  ],
] as const) {
  it(`${title} is refused, and soon`, () => {
    const spentMs = cost(text)
    assert.ok(told(text)[0]?.startsWith(`${expected}; `), told(text)[0])
    assert.ok(spentMs < (title.includes('nested') ? 50 : 250), `${spentMs} ms`)
  })
}

it('[SP4] lets brackets and marks be where they are only text', () => {
  const script = `  case $1 in ${'a) echo "[{(" ;; '.repeat(60)} esac\n  # ${'['.repeat(60)}\n`
  const text = `${job.replace('run: x', `run: |\n${script}`)}setup: '${'['.repeat(60)}'\n`
  assert.deepEqual(told(text), [])
})

it('[SP6] follows an alias that does not multiply', () => {
  const { specs, faults } = read(
    `${job}envs: &envs {A: b}\n---\n${job.replace('name: a', 'name: b')}envs: {A: b}\n`,
  )
  assert.deepEqual(faults, [])
  assert.equal(specs.length, 2)
})

it('[SP4] reads 900 documents of one file', () => {
  const texts = Array.from({ length: 900 }, (_, index) => job.replace('name: a', `name: a${index}`))
  assert.equal(read(texts.join('---\n')).specs.length, 900)
})

/** Where a text is dear to parse, it is dear because something small stands in it often. */
const costly = [
  '[],',
  '"a" ',
  "'",
  '&a ',
  '- *a\n',
  ',',
  ']',
  '{a: b},',
  '\t\t\n',
  ': ',
  '"',
  '!a ',
]
for (const piece of costly) {
  it(`[SP1] reads 1 MB of ${JSON.stringify(piece)} without a long wait`, () => {
    for (const beginning of ['', '[', '"', 'kind: Job\nrun: |\n  ', 'kind: Job\nenvs:\n ']) {
      const spentMs = cost(beginning + piece.repeat(990_000 / piece.length))
      assert.ok(spentMs < 1_000, `${spentMs} ms after ${JSON.stringify(beginning)}`)
    }
  })
}

const words = fc.constantFrom(
  ...['kind', 'Job', 'Service', 'Supplier', 'Policy', 'name', 'run', 'envs', 'resources'],
  ...['accelerators', 'H100:8', 'nodes', 'max_price', 'replicas', 'token', 'suppliers', '1e400'],
  ...[
    ': ',
    '\n',
    '\n  ',
    '- ',
    '[',
    ']',
    '{',
    '}',
    ',',
    '"',
    "'",
    '|',
    '>',
    '&a ',
    '*a',
    '!!b ',
    '#',
  ],
  ...['---\n', '...', '\0', '\ud800', '\u202e', '__proto__', '~', '.nan', '0x', '%', '?', '<<'],
)

it('[SP1] ends in specs or faults, whatever the text', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.array(words, { maxLength: 80 }).map((all) => all.join('')),
    fc.array(words, { maxLength: 40 }).map((all) => `${job}${all.join('')}`),
  )
  fc.assert(
    fc.property(text, (written) => {
      const { specs, faults } = read(written)
      assert.equal(specs.length === 0, faults.length > 0)
      for (const { line, column, found, expected } of faults) {
        assert.ok(line >= 1 && column >= 1 && found !== '' && expected !== '')
      }
    }),
    { numRuns: 2_000 },
  )
  assert.equal(({} as { admin?: boolean }).admin, undefined)
})

it('[SP1] ends in specs or faults, whatever the values', () => {
  const keys = [
    'name',
    'run',
    'resources',
    'envs',
    'replicas',
    'url',
    'token',
    'max_price',
    'spread',
  ]
  const spec = fc.dictionary(fc.constantFrom(...keys), fc.jsonValue({ maxDepth: 3 }))
  const kind = fc.constantFrom('Job', 'Service', 'Supplier', 'Policy')
  fc.assert(
    fc.property(kind, spec, (kind, written) => {
      const { specs, faults } = read(JSON.stringify({ kind, ...written }))
      assert.equal(specs.length === 0, faults.length > 0)
    }),
    { numRuns: 500 },
  )
})
