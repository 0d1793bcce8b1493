/**
 * What somebody outside said, as a text that may be written down: short, no control characters.
 */
const longest = 500

export function saidBy(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text
    .toWellFormed()
    .replace(/\p{Cc}+/gu, ' ')
    .slice(0, longest)
}
