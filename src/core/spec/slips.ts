/**
 * Finds accelerators that nobody knows, but that are a slip away from one that is known. Any other
 * unknown name is let through: suppliers may sell what no table has.
 */
import { accelerators } from './accelerators.ts'
import { type Complaint, type Path, quote } from './fault.ts'
import type { Tree } from './tree.ts'
import { nearest as nearestWord } from './words.ts'
import type { Names } from './workload.ts'

export interface AcceleratorNames extends Names {
  /** Canonical names, of the catalogue and of what suppliers offer. */
  readonly knownAccelerators: readonly string[]
  /** The known accelerator that an unknown name is a slip of; by default the nearest word. */
  readonly nearest?: (accelerator: string) => string | null
}

export function slips(tree: Tree, names: AcceleratorNames): readonly Complaint[] {
  const { canonical, sliceOf, knownAccelerators } = names
  const { nearest = (name: string) => nearestWord(name, knownAccelerators) } = names
  const resources = at(tree.root, 'resources')
  const written: readonly (readonly [Path, unknown])[] = Array.isArray(resources)
    ? resources.map((each, index) => [[index, 'accelerators'], at(each, 'accelerators')])
    : [[['accelerators'], at(resources, 'accelerators')]]

  const wished = written.flatMap(([step, value]): readonly Complaint[] => {
    const read = accelerators.safeParse(value)
    if (!read.success) return []
    const { accelerator, perNode } = read.data
    const path = ['resources', ...step]
    const slice = sliceOf?.(accelerator)
    if (slice && perNode > 1) {
      const whole = { found: `${perNode} slices in a node`, expected: 'one, and as many nodes' }
      return [{ path, offset: tree.offsetOf(path, 'value'), ...whole, meant: accelerator }]
    }
    return slice ? [] : slipAt(path, accelerator)
  })
  const signed = signedIn(tree.root).flatMap(([path, accelerator]) => slipAt(path, accelerator))
  return [...wished, ...signed]

  function slipAt(path: Path, accelerator: string): readonly Complaint[] {
    const isKnown = knownAccelerators.includes(canonical(accelerator))
    const meant = isKnown ? null : nearest(accelerator)
    if (meant === null) return []
    const found = `the unknown accelerator ${quote(accelerator)}`
    const expected = 'an accelerator that is known or offered'
    return [{ path, offset: tree.offsetOf(path, 'value'), found, expected, meant }]
  }
}

/** What the clauses of a contract are about: one that is about nothing would bind nobody. */
function signedIn(root: unknown): readonly (readonly [Path, string])[] {
  const clauses = at(root, 'clauses')
  if (!Array.isArray(clauses)) return []
  return clauses.flatMap((clause, index) => {
    const scoped = at(at(clause, 'scope'), 'accelerator')
    return [
      ...textsIn(at(clause, 'accelerator'), ['clauses', index, 'accelerator']),
      ...textsIn(scoped, ['clauses', index, 'scope', 'accelerator']),
      ...textsIn(at(scoped, 'in'), ['clauses', index, 'scope', 'accelerator', 'in']),
    ]
  })
}

/** A text, or a list of them. */
function textsIn(value: unknown, path: Path): readonly (readonly [Path, string])[] {
  if (typeof value === 'string') return [[path, value]]
  if (!Array.isArray(value)) return []
  return value.flatMap((each, index) => textsIn(each, [...path, index]))
}

function at(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.getOwnPropertyDescriptor(value, key)?.value
}
