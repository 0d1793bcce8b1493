/**
 * Injects a bug into this process: patches the source of modules as they are loaded. Nothing on
 * disk changes, and nothing in the product knows of it.
 */
import { registerHooks } from 'node:module'
import type { Mutant, Patch } from './mutants/mutant.ts'

export function inject(name: string, mutants: readonly Mutant[]): void {
  const mutant = mutants.find((each) => each.name === name)
  if (!mutant) throw new Error(`there is no mutant ${name}`)
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context)
      const patches = mutant.patches.filter(({ file }) => url.endsWith(`/${file}`))
      if (patches.length === 0) return loaded
      return { ...loaded, source: patches.reduce(patched, String(loaded.source)) }
    },
  })
}

export function patched(source: string, { file, find, replace }: Patch): string {
  const parts = source.split(find)
  if (parts.length === 2) return parts.join(replace)
  const times = parts.length - 1
  throw new Error(`${file} has the text that a patch is to replace ${times} times: ${find}`)
}
