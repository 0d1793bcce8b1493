/**
 * The house rules, held against this repository. Each is shown a small bad tree as well, so that a
 * rule that sees nothing is not taken for a house in order.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { importTable, indexesArePublished } from './rooms.ts'
import * as rules from './rules.ts'
import { type Rule, treeOfThisHouse } from './tree.ts'

// A fault names its own place; where the rule stands would only hide it.
Error.stackTraceLimit = 0

const house = treeOfThisHouse()
const purpose = '/** What it is for. */\n'

function holds(name: string, rule: Rule, bad: Readonly<Record<string, string>>, faults: string[]) {
  describe(name, () => {
    it('holds here', () => {
      const found = rule(house)
      if (found.length > 0) assert.fail(`${name}\n${found.join('\n')}`)
    })
    it('can fail', () => assert.deepEqual(rule(new Map(Object.entries(bad))), faults))
  })
}

holds(
  'rooms import only what the table allows',
  importTable,
  {
    'src/core/domain/lease.ts': "import type { Ms } from './time.ts'\nimport '../spec/read.ts'",
    'src/core/spec/read.ts': "import { z } from 'zod'\nimport { parse } from 'yaml'",
    'src/core/plan/plan.ts': "import { z } from 'zod'\nexport * from '../meter/charges.ts'",
    'src/core/plan/plan.test.ts': "import { it } from 'node:test'",
    'src/drivers/suppliers/acme.ts': "import a from 'acme'\nimport './bolt.ts'\nimport b from 'b'",
    'src/drivers/ledgers/postgres.ts': "import pg from 'pg'\nimport fs from 'node:fs/promises'",
    'src/operate/turn.ts': "const fs = await import('node:fs')\nconst x = await import(fs)",
    'src/gateway/front.ts': "// from '../operate/turn.ts'\nimport { Route } from '../api/wire.ts'",
    'src/cli/why.ts': "import {\n  start,\n} from '../main.ts'",
    'src/main.ts': "import './cli/why.ts'\nimport './core/plan/plan.ts'\nimport 'pino'",
    'src/attic/box.ts': '',
  },
  [
    'src/core/domain/lease.ts:2: imports core/spec/read; core/domain may import nothing',
    'src/core/plan/plan.ts:1: imports npm:zod; ' +
      'core/plan may import core/domain, core/contracts/law, core/hunt',
    'src/core/plan/plan.ts:2: imports core/meter/charges; ' +
      'core/plan may import core/domain, core/contracts/law, core/hunt',
    'src/drivers/suppliers/acme.ts:2: imports drivers/suppliers/bolt; ' +
      'drivers/suppliers/acme may import core/domain, ports, protocol, node:*, npm:*',
    'src/drivers/suppliers/acme.ts:1: uses npm:acme and npm:b; a driver has one library',
    'src/operate/turn.ts:1: imports node:fs; operate may import core/*, ports',
    'src/operate/turn.ts:2: imports what only a run could tell; write its name as a text',
    'src/cli/why.ts:3: imports main.ts, which nobody may',
    'src/main.ts:2: imports core/plan/plan; main may import cli, compose',
    'src/main.ts:3: imports npm:pino; main may import cli, compose',
    'src/attic/box.ts:1: stands in no room of the table in test/rooms.ts',
  ],
)

holds(
  'index.ts is only for published subpaths',
  indexesArePublished,
  {
    'package.json': '{ "exports": { "./ports": { "default": "./dist/ports/index.js" } } }',
    'src/ports/index.ts': '',
    'src/operate/index.ts': '',
  },
  ['src/operate/index.ts:1: is no published subpath; import what stands behind it'],
)

holds(
  'every file opens with its purpose',
  rules.opensWithItsPurpose,
  {
    'src/a.ts': `${purpose}export {}`,
    'bin/b.js': `#!/usr/bin/env node\n${purpose}`,
    'src/c.ts': `import 'x'\n${purpose}`,
    'src/d.ts': '/** */',
  },
  ['src/c.ts', 'src/d.ts'].map(
    (path) => `${path}:1: does not open with what it is for, in a /** comment */`,
  ),
)

holds(
  'lines have 100 columns at most',
  rules.linesFit,
  { 'src/a.ts': `${'é'.repeat(100)}\n${'é'.repeat(101)}`, 'a.md': '-'.repeat(101) },
  ['src/a.ts:2: has 101 columns; 100 fit'],
)

holds(
  'files have 400 lines at most',
  rules.filesAreShort,
  { 'src/a.ts': 'a\n'.repeat(400), 'src/b.ts': 'b\n'.repeat(401) },
  ['src/b.ts:401: has 401 lines; 400 at most'],
)

const lines = (count: number) => '  a()\n'.repeat(count)

holds(
  'functions have 60 lines at most',
  rules.functionsAreShort,
  {
    'a.ts': `function a() {\n${lines(58)}}\nfunction b() {\n${lines(59)}}`,
    'b.ts': `const s = \`\n}\${'{'}\`\nexport async function b(\n  c: C,\n): D {\n${lines(57)}}`,
    'c.ts': `const c = (d: D) =>\n${lines(60)}\nconst e = () => ({\n${lines(59)}})`,
    'd.ts': `return {\n  async d(e) {\n${lines(59)}  },\n  async f() {\n${lines(40)}  },\n}`,
    'e.ts': `if (a) {\n${lines(70)}}\nfor (const b of c({\n${lines(70)}})) {\n${lines(70)}}`,
    'f.ts': `a('f', () => {\n  b(() => {\n${lines(50)}  })\n  c(() => {\n${lines(50)}  })\n})`,
    'g.ts': `// {\nconst g = /[/{]/\nfunction h(): { a: A } {\n${lines(59)}}\nconst i = 4 / 2 / 1`,
  },
  [
    'a.ts:61: a function of 61 lines; 60 at most',
    'b.ts:3: a function of 61 lines; 60 at most',
    'c.ts:1: a function of 61 lines; 60 at most',
    'c.ts:63: a function of 61 lines; 60 at most',
    'd.ts:2: a function of 61 lines; 60 at most',
    'g.ts:3: a function of 61 lines; 60 at most',
  ],
)

const files = (room: string, count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${room}/a${index}.ts`, '']))

holds(
  'rooms have 15 source files at most',
  rules.roomsAreSmall,
  { ...files('src/ports', 15), 'src/ports/a.test.ts': '', ...files('src/api', 16) },
  ['src/api:1: has 16 source files; 15 at most'],
)

holds(
  'names say something',
  rules.namesSaySomething,
  {
    'src/api/lease-types.ts': '',
    'src/common/a.ts': '',
    'src/leaseMoves.ts': '',
    'a-b.test.ts': '',
  },
  [
    'src/api/lease-types.ts:1: "types" in its name says nothing; name what it is for',
    'src/common/a.ts:1: "common" in its name says nothing; name what it is for',
    'src/leaseMoves.ts:1: "leaseMoves.ts" is not in kebab-case',
  ],
)

holds(
  'the core is pure',
  rules.coreIsPure,
  {
    'src/core/plan/plan.ts': `// Date\nconst a = 'Date'\nconst b = \`\${Math.random()} await\`
new Date()\nlease.process(pace)\nnames.sort((a, b) => a.localeCompare(b))\nprocess.exit()`,
    'src/operate/turn.ts': 'new Date()',
  },
  [
    'src/core/plan/plan.ts:3: Math.random is banned in the core',
    'src/core/plan/plan.ts:4: Date is banned in the core',
    'src/core/plan/plan.ts:6: localeCompare is banned in the core',
    'src/core/plan/plan.ts:7: process is banned in the core',
  ],
)

holds(
  'every supplier driver has its contract test and its page',
  rules.driversAreProven,
  {
    'src/drivers/suppliers/acme.ts': '',
    'src/drivers/suppliers/acme.test.ts': "supplierContract('acme', () => stage())",
    'docs/suppliers/acme.md': '',
    'src/drivers/suppliers/bolt.ts': '',
    'src/drivers/suppliers/bolt.test.ts': '// supplierContract()',
  },
  [
    'src/drivers/suppliers/bolt.ts:1: src/drivers/suppliers/bolt.test.ts ' +
      'does not call supplierContract(…)',
    'src/drivers/suppliers/bolt.ts:1: has no page docs/suppliers/bolt.md',
  ],
)

holds(
  'every example is read by a test',
  rules.examplesAreRead,
  {
    'examples/one.yaml': '',
    'examples/two.yaml': '',
    'examples/story/three.yaml': '',
    'src/cli/plan.test.ts': "read('one.yaml')\nglobSync('examples/story/*.yaml')",
  },
  ['examples/two.yaml:1: is read by no test'],
)

holds(
  'every rule has a test that names it, and the reverse',
  rules.rulesAreTested,
  {
    'src/core/plan/RULES.md': '- [PL1] one\n- [PL2] two',
    'src/core/plan/plan.test.ts': "it('[PL1] is one', …)\nit('[PL3] is three', …)",
  },
  [
    'src/core/plan/RULES.md:2: [PL2] has no test that names it',
    'src/core/plan/plan.test.ts:2: [PL3] stands in no RULES.md',
  ],
)

const later = 'TO' + 'DO'

holds(
  'nothing is left over',
  rules.nothingIsLeftOver,
  { 'src/a.ts': `a\n// ${later}: b`, 'c.md': `${later}S` },
  [`src/a.ts:2: ${later} is left over; do it or drop it`],
)

holds(
  'links lead somewhere',
  rules.linksLeadSomewhere,
  {
    'docs/a.md': '[b](./b.md#c) [d](https://d.example) [e](../src) [f](#f)\n[g](g.md) `[h](i)`',
    'docs/b.md': '```ts\nlist[0](x)\n```',
    'src/e.ts': '',
  },
  ['docs/a.md:2: links to docs/g.md, which is missing'],
)
