/**
 * A bug that the simulator must notice: what to change in the source of which modules.
 */
export interface Mutant {
  readonly name: string
  /** What it does wrong, in one line. */
  readonly breaks: string
  readonly patches: readonly Patch[]
  /** It shows only where a day is lived again by wrong clocks. */
  readonly twice?: true
}

/** `find` stands exactly once in the file; a test sees to it, so that no patch goes stale. */
export interface Patch {
  readonly file: string
  readonly find: string
  readonly replace: string
}

/** A mutant of one patch. */
export function mutant(
  name: string,
  breaks: string,
  file: string,
  find: string,
  replace: string,
): Mutant {
  return { name, breaks, patches: [{ file, find, replace }] }
}
