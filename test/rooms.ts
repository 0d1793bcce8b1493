/**
 * Who may import whom: the table, and the rule that checks it.
 *
 * A room may always import itself. Tests are not bound by the table.
 */
import { posix } from 'node:path'
import { importsOf } from './source.ts'
import { isTest, type Rule } from './tree.ts'

const web = [
  'npm:prom-client',
  'npm:fastify',
  'npm:fastify-type-provider-zod',
  'npm:@fastify/swagger',
  'npm:zod',
]
const ask = ['npm:commander', 'npm:@clack/prompts']

/**
 * Paths below `src/`; the first that fits a file is its room, and `*` stands for any one name. What
 * is inside a named folder may be imported as well.
 */
const rooms: Readonly<Record<string, readonly string[]>> = {
  'core/domain': [],
  'core/spec': ['core/domain', 'npm:yaml', 'npm:zod'],
  // The law is asked by who plans, who buys and who audits, through one door.
  'core/plan': ['core/domain', 'core/contracts/law', 'core/hunt'],
  'core/acquire': ['core/domain', 'core/contracts/law'],
  'core/audit': ['core/domain', 'core/contracts/law', 'core/trust/standard'],
  'core/contracts': ['core/domain', 'core/trust'],
  'core/focus': ['core/domain', 'core/contracts', 'core/meter', 'core/catalog/csv'],
  'core/*': ['core/domain'],
  ports: ['core/domain', 'protocol'],
  protocol: ['core/domain', 'npm:zod'],
  // The ledgers are one room, since they share what a row is; every other driver is its own.
  'drivers/ledgers': ['core/domain', 'ports', 'protocol', 'node:*', 'npm:*'],
  'drivers/*/*': ['core/domain', 'ports', 'protocol', 'node:*', 'npm:*'],
  operate: ['core/*', 'ports'],
  agent: ['core/domain', 'protocol', 'node:*'],
  'supplier-server': ['core/domain', 'protocol', 'node:*', 'npm:fastify', 'npm:yaml', 'npm:zod'],
  gateway: ['core/domain', 'ports', 'protocol', 'api/wire', 'node:*', 'npm:prom-client'],
  api: [
    'core/domain',
    'core/spec',
    'core/report',
    'operate',
    'ports',
    'protocol',
    'node:*',
    ...web,
  ],
  cli: [
    'core/catalog',
    'core/contracts/amount',
    'core/domain',
    'core/focus',
    'core/spec',
    'core/report',
    'api/wire',
    'api/client',
    'sim/scenario',
    'node:*',
    ...ask,
  ],
  // What decides is the real thing: the agents' desk, a supplier's books, what a ledger refuses.
  sim: [
    'core/*',
    'ports',
    'protocol',
    'operate',
    'drivers/ledgers/rows',
    'drivers/runtimes/agent',
    'supplier-server/state',
    'node:*',
    'npm:zod',
  ],
  testing: ['core/domain', 'ports', 'node:*'],
  index: ['core/*', 'ports'],
  compose: ['*', 'node:*', 'npm:*'],
  main: ['cli', 'compose'],
}

export const importTable: Rule = (tree) =>
  [...tree].flatMap(([path, source]) => {
    if (!/^src\/.*\.ts$/.test(path) || isTest(path)) return []
    const name = targetOf('', `./${path}`)
    const room = Object.keys(rooms).find((key) => matchOf(key, name))
    if (!room) return [`${path}:1: stands in no room of the table in test/rooms.ts`]
    const imports = importsOf(source).map(({ from, line }) => ({
      to: targetOf(path, from),
      line,
    }))
    const wrong = imports.flatMap(({ to, line }) => {
      const fault = faultOf(name, room, to)
      return fault ? [`${path}:${line}: ${fault}`] : []
    })
    const libraries = new Set(imports.map(({ to }) => to).filter((to) => to.startsWith('npm:')))
    return room.startsWith('drivers') && libraries.size > 1
      ? [...wrong, `${path}:1: uses ${[...libraries].join(' and ')}; a driver has one library`]
      : wrong
  })

function faultOf(name: string, room: string, to: string): string | null {
  if (to === '') {
    return room === 'main' ? null : 'imports what only a run could tell; write its name as a text'
  }
  if (to === 'main') return 'imports main.ts, which nobody may'
  const own = matchOf(room, name)
  const may = rooms[room] ?? []
  if (own === matchOf(room, to) || may.some((key) => matchOf(key, to))) return null
  return `imports ${to}; ${own} may import ${may.join(', ') || 'nothing'}`
}

/** What is imported: a path below `src/`, `node:…`, or `npm:` and the name of a package. */
function targetOf(importer: string, from: string): string {
  if (from === '' || from.startsWith('node:')) return from
  if (!from.startsWith('.')) return `npm:${/^(?:@[^/]+\/)?[^/]+/.exec(from)?.[0]}`
  return posix
    .join(posix.dirname(importer), from)
    .replace(/^src\//, '')
    .replace(/\.ts$/, '')
}

/** The part of a name that a key of the table stands for; null where it does not fit. */
function matchOf(key: string, name: string): string | null {
  const pattern = key.replaceAll('*', '(?:@[^/:]+/)?[^/:]+')
  return new RegExp(`^${pattern}(?=/|$)`).exec(name)?.[0] ?? null
}

/** `index.ts` is for the subpaths that package.json publishes, and for nothing else. */
export const indexesArePublished: Rule = (tree) => {
  const { exports: published = {} } = JSON.parse(tree.get('package.json') ?? '{}')
  return [...tree.keys()].flatMap((path) => {
    const built = path.replace(/^src\//, './dist/').replace(/\.ts$/, '.js')
    return !/^src\/(.*\/)?index\.ts$/.test(path) || JSON.stringify(published).includes(`"${built}"`)
      ? []
      : [`${path}:1: is no published subpath; import what stands behind it`]
  })
}
