/**
 * The files of this repository as a value, so that a rule can be shown a small bad tree as well.
 *
 * Reads only what people write: nothing that was installed, built or cached.
 */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Path from the root, with `/`, to the text of the file. */
export type Tree = ReadonlyMap<string, string>

/** Answers with a sentence `path:line: what is wrong` for each fault; none when the rule holds. */
export type Rule = (tree: Tree) => string[]

const root = fileURLToPath(new URL('..', import.meta.url))
const away = ['node_modules', 'dist', '.git', '.cache', 'LICENSE', 'package-lock.json']
const written = '**/*.{ts,tsx,js,css,html,json,md,sh,sql,txt,yaml,yml}'

export function treeOfThisHouse(): Tree {
  const exclude = (path: string) => away.some((name) => path.split('/').includes(name))
  const paths = [written, '.*/*'].flatMap((glob) => globSync(glob, { cwd: root, exclude }))
  return new Map(paths.sort().map((path) => [path, readFileSync(join(root, path), 'utf8')]))
}

export function isCode(path: string): boolean {
  return /\.(ts|tsx|js)$/.test(path)
}

export function isTest(path: string): boolean {
  return /\.(test|e2e)\.ts$/.test(path)
}
