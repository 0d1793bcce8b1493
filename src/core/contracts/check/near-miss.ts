/**
 * Tells a slip of the pen from another name. Names of places and products come in families: what is
 * numbered or lettered alike (`us-east1`, `us-east2`; `zone-a`, `zone-b`) is another, and no slip.
 */

/** In shorter names one sign is too much of them. */
const lengthMin = 4

/** The name that is one slip away; null where none is, or where this is one of them. */
export function nearMiss(name: string, names: readonly string[]): string | null {
  if (names.includes(name)) return null
  return names.find((each) => isSlip(name, each)) ?? null
}

/** One sign too many, too few or wrong, two that changed places, or small for capital letters. */
function isSlip(written: string, right: string): boolean {
  if (Math.min(written.length, right.length) < lengthMin) return false
  const [a, b] = [written.toLowerCase(), right.toLowerCase()]
  if (a === b) return true
  const head = sharedLength(a, b)
  const tail = sharedLength(reversed(a.slice(head)), reversed(b.slice(head)))
  const [x, y] = [a.slice(head, a.length - tail), b.slice(head, b.length - tail)]
  const isOne = Math.max(x.length, y.length) === 1 || (x.length === 2 && reversed(x) === y)
  const isFamily = /^\d+$/.test(x + y) || [a, b].some((each) => isLettered(each, head))
  return isOne && !isFamily
}

function sharedLength(a: string, b: string): number {
  let length = 0
  while (length < a.length && a[length] === b[length]) length += 1
  return length
}

function reversed(text: string): string {
  return [...text].reverse().join('')
}

/** Whether a letter stands there by itself, or after a number. */
function isLettered(name: string, index: number): boolean {
  if (/\d/.test(name[index - 1] ?? '')) return true
  const before = /[a-z0-9]*$/.exec(name.slice(0, index))?.[0] ?? ''
  const after = /^[a-z0-9]*/.exec(name.slice(index))?.[0] ?? ''
  return before.length + after.length === 1
}
