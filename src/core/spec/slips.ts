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

  return written.flatMap(([step, value]) => {
    const read = accelerators.safeParse(value)
    if (!read.success) return []
    const { accelerator, perNode } = read.data
    const path = ['resources', ...step]
    const slice = sliceOf?.(accelerator)
    if (slice && perNode > 1) {
      const whole = { found: `${perNode} slices in a node`, expected: 'one, and as many nodes' }
      return [{ path, offset: tree.offsetOf(path, 'value'), ...whole, meant: accelerator }]
    }
    const name = slice?.accelerator ?? canonical(accelerator)
    const meant = knownAccelerators.includes(name) ? null : nearest(accelerator)
    if (meant === null) return []
    const found = `the unknown accelerator ${quote(accelerator)}`
    const expected = 'an accelerator that is known or offered'
    return [{ path, offset: tree.offsetOf(path, 'value'), found, expected, meant }]
  })
}

function at(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.getOwnPropertyDescriptor(value, key)?.value
}
