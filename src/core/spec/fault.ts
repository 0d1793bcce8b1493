/**
 * What is wrong with a text that people wrote, and where. Shapes and words only: it judges nothing.
 */

/** `meant` is the nearest right word, where there is one. */
export interface Fault {
  readonly file: string
  readonly line: number
  readonly column: number
  /** JSON path within its document, for example `$.resources[0].nodes`. */
  readonly path: string
  readonly found: string
  readonly expected: string
  readonly meant: string | null
}

/** Keys and list positions from the root of a document. */
export type Path = readonly (string | number)[]

/** A fault before its place in the file was worked out. */
export interface Complaint extends Pick<Fault, 'found' | 'expected' | 'meant'> {
  readonly path: Path
  readonly offset: number
}

/** Faults of one file in order of place; of one value only the first, as a second echoes it. */
export function inOrder(faults: readonly Fault[]): readonly Fault[] {
  const first = new Map<string, Fault>()
  for (const fault of faults) {
    const value = `${fault.line}:${fault.column} ${fault.path}`
    if (!first.has(value)) first.set(value, fault)
  }
  return [...first.values()].sort((a, b) => a.line - b.line || a.column - b.column)
}

export function jsonPath(path: Path): string {
  const steps = path.map((step) => {
    if (typeof step === 'number') return `[${step}]`
    return /^[A-Za-z_]\w{0,60}$/.test(step) ? `.${step}` : `[${quote(step)}]`
  })
  return `$${steps.join('')}`
}

const shownMax = 60

/** A text in quotes, cut and in plain ASCII, so that look-alikes and control signs show. */
export function quote(text: string): string {
  const cut = text.length > shownMax ? `${text.slice(0, shownMax)}…` : text
  return JSON.stringify(cut).replace(/[^\x20-\x7e…]/g, (sign) => {
    return `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
