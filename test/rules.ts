/**
 * The house rules about files, names, sizes and words, each a function from a tree to its faults.
 *
 * They check what a machine can check; STYLE.md says the rest.
 */
import { posix } from 'node:path'
import { codeOf, functionsOf, lineAt } from './source.ts'
import { isCode, isTest, type Rule, type Tree } from './tree.ts'

export const opensWithItsPurpose: Rule = (tree) =>
  codeFiles(tree).flatMap(([path, source]) =>
    /^(?:#!.*\n)?\/\*\*[^/]*[a-z]{3,}[^/]*/.test(source)
      ? []
      : [`${path}:1: does not open with what it is for, in a /** comment */`],
  )

export const linesFit: Rule = (tree) =>
  codeFiles(tree).flatMap(([path, source]) =>
    source.split('\n').flatMap((line, index) => {
      const columns = [...line].length
      return columns > 100 ? [`${path}:${index + 1}: has ${columns} columns; 100 fit`] : []
    }),
  )

export const filesAreShort: Rule = (tree) =>
  codeFiles(tree).flatMap(([path, source]) => {
    const lines = source.trimEnd().split('\n').length
    return lines > 400 ? [`${path}:401: has ${lines} lines; 400 at most`] : []
  })

/** A function that only holds others, such as a driver or a `describe`, is as long as its own. */
export const functionsAreShort: Rule = (tree) =>
  codeFiles(tree).flatMap(([path, source]) =>
    functionsOf(source)
      .filter(({ own }) => own > 60)
      .map(({ first, own }) => `${path}:${first}: a function of ${own} lines; 60 at most`),
  )

const filesMax = 15

/** The nouns stand one in a file, so `core/domain` has as many files as the house has nouns. */
const domainFilesMax = 20

export const roomsAreSmall: Rule = (tree) => {
  const files = [...tree.keys()].filter((path) => /^src\/.*\.ts$/.test(path) && !isTest(path))
  const rooms = Map.groupBy(files, (path) => posix.dirname(path))
  return [...rooms].flatMap(([room, { length }]) => {
    const most = room === 'src/core/domain' ? domainFilesMax : filesMax
    return length > most ? [`${room}:1: has ${length} source files; ${most} at most`] : []
  })
}

const emptyName = /^(?:utils?|helpers?|common|misc|managers?|types?)$/
const kebabCase = /^\.?[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+)*$/

export const namesSaySomething: Rule = (tree) =>
  codeFiles(tree).flatMap(([path]) => {
    const names = path.split('/')
    const empty = names.flatMap((name) => name.split(/[-.]/)).find((word) => emptyName.test(word))
    if (empty) return [`${path}:1: "${empty}" in its name says nothing; name what it is for`]
    const odd = names.find((name) => !kebabCase.test(name))
    return odd ? [`${path}:1: "${odd}" is not in kebab-case`] : []
  })

const globals = 'Date|async|await|Promise|Intl|setTimeout|setInterval|fetch|process|globalThis'
const impure = new RegExp(
  `(?<![.\\w$])(?:${globals})\\b|\\bMath\\.random\\b|\\blocaleCompare\\b`,
  'g',
)

export const coreIsPure: Rule = (tree) =>
  codeFiles(tree)
    .filter(([path]) => path.startsWith('src/core/') && !isTest(path))
    .flatMap(([path, source]) =>
      [...codeOf(source).matchAll(impure)].map(
        ({ index, 0: word }) => `${path}:${lineAt(source, index)}: ${word} is banned in the core`,
      ),
    )

export const driversAreProven: Rule = (tree) =>
  [...tree.keys()].flatMap((path) => {
    const name = /^src\/drivers\/suppliers\/([^/.]+)\.ts$/.exec(path)?.[1]
    if (!name) return []
    const test = `src/drivers/suppliers/${name}.test.ts`
    const page = `docs/suppliers/${name}.md`
    const isProven = /\bsupplierContract\(/.test(codeOf(tree.get(test) ?? ''))
    return [
      ...(isProven ? [] : [`${path}:1: ${test} does not call supplierContract(…)`]),
      ...(tree.has(page) ? [] : [`${path}:1: has no page ${page}`]),
    ]
  })

/** Named in a test or a program among the examples, or fits a pattern such as `examples/*.yaml`. */
export const examplesAreRead: Rule = (tree) => {
  const readers = codeFiles(tree).filter(([path]) => isTest(path) || path.startsWith('examples/'))
  const read = readers.map(([, source]) => source).join('\n')
  return [...tree.keys()].flatMap((path) => {
    if (!/^examples\/.*\.ya?ml$/.test(path)) return []
    const isRead = [posix.basename(path), `${posix.dirname(path)}/*.yaml`, 'examples/**/*.yaml']
    return isRead.some((name) => read.includes(name)) ? [] : [`${path}:1: is read by no test`]
  })
}

const ruleId = /\[([A-Z]{2}\d{1,2})\]/g

export const rulesAreTested: Rule = (tree) => {
  const isTestOfTheHouse = (path: string) => isTest(path) && path !== 'test/tidy.test.ts'
  const stated = idsIn(tree, (path) => posix.basename(path) === 'RULES.md')
  const tested = idsIn(tree, isTestOfTheHouse)
  return [
    ...missing(stated, tested, 'has no test that names it'),
    ...missing(tested, stated, 'stands in no RULES.md'),
  ]
}

/** Each rule id with the first place where it stands. */
function idsIn(tree: Tree, isWanted: (path: string) => boolean): Map<string, string> {
  const places = new Map<string, string>()
  for (const [path, text] of tree) {
    if (!isWanted(path)) continue
    for (const { index, 1: id = '' } of text.matchAll(ruleId)) {
      if (!places.has(id)) places.set(id, `${path}:${lineAt(text, index)}`)
    }
  }
  return places
}

function missing(from: Map<string, string>, to: Map<string, string>, what: string): string[] {
  return [...from].filter(([id]) => !to.has(id)).map(([id, at]) => `${at}: [${id}] ${what}`)
}

// Taken apart, so that this file does not hold the words itself.
const leftover = new RegExp(`\\b(?:${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX'].join('|')})\\b`, 'g')

export const nothingIsLeftOver: Rule = (tree) =>
  [...tree].flatMap(([path, text]) =>
    [...text.matchAll(leftover)].map(
      ({ index, 0: word }) =>
        `${path}:${lineAt(text, index)}: ${word} is left over; do it or drop it`,
    ),
  )

export const linksLeadSomewhere: Rule = (tree) =>
  [...tree].flatMap(([path, text]) => {
    if (!path.endsWith('.md')) return []
    // Code is blanked, since brackets and parentheses mean something else there.
    const prose = text.replace(/^```[\s\S]*?^```|`[^`\n]*`/gm, (code) =>
      code.replace(/[^\n]/g, ' '),
    )
    return [...prose.matchAll(/\]\((?!\w+:|#)<?([^)#\s>]+)/g)].flatMap(
      ({ index, 1: link = '' }) => {
        const target = posix.join(posix.dirname(path), link).replace(/\/$/, '')
        const leads = [...tree.keys()].some((key) => key === target || key.startsWith(`${target}/`))
        return leads || target === 'LICENSE'
          ? []
          : [`${path}:${lineAt(text, index)}: links to ${target}, which is missing`]
      },
    )
  })

function codeFiles(tree: Tree): [string, string][] {
  return [...tree].filter(([path]) => isCode(path))
}
