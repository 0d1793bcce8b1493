/**
 * Reads what a workload is told by its surroundings: environment variables, and paths in them.
 *
 * A wrong number ends the process with a sentence that says what was expected. It invents nothing
 * but the fallbacks that its callers name.
 */
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A whole number from the environment; without a fallback it has to be there. */
export function wholeNumber(name: string, fallback?: number): number {
  const given = process.env[name] ?? ''
  if (given === '' && fallback !== undefined) return fallback
  if (/^\d{1,15}$/.test(given)) return Number(given)
  console.error(`${name} is "${given}"; expected a whole number such as ${fallback ?? 8000}`)
  process.exit(1)
}

/** A text from the environment; set but empty counts as not set. */
export function words(name: string, fallback: string): string {
  return process.env[name] || fallback
}

/** The path of a file that is named by a path or a `file:` URI. */
export function pathOf(uri: string): string {
  if (uri.startsWith('file:')) return fileURLToPath(uri)
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(uri)) return resolve(uri)
  throw new Error(`cannot reach ${uri}; expected a path or a file: URI`)
}

/** What went wrong, for people; where an error names a deeper cause, the cause. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const deeper = error.cause === undefined ? '' : messageOf(error.cause)
  return deeper || error.message
}
