/**
 * The socket of a computer on which commands run: this one, or one at the other end of SSH.
 */
export interface Shell {
  /** Runs a script of /bin/sh; rejects where nobody can tell whether it ran to its end. */
  run(script: string): Promise<Ran>
}

export interface Ran {
  readonly code: number
  readonly stdout: Buffer
  readonly stderr: string
}

/** One word of a script, whatever it holds. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}
