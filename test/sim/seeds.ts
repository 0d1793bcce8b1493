/**
 * Every seed that ever failed, with all that it drew: what a seed means changes with the code, what
 * it drew does not.
 */
import { appendFileSync, readFileSync } from 'node:fs'
import { goodManners } from '../../src/sim/shop.ts'
import { noTrouble } from '../../src/sim/trouble.ts'
import type { Answer, Task } from './worker.ts'

const file = new URL('../seeds.txt', import.meta.url)

/** One JSON a line; what begins with `#` is for people. */
export function knownSeeds(): readonly Task[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const { seed, drawn } = JSON.parse(line)
      return { seed, drawn: completed(drawn) }
    })
}

/** What was not there to be drawn at the time was not there at all. */
function completed(drawn: NonNullable<Task['drawn']>): NonNullable<Task['drawn']> {
  const { trouble } = drawn
  const storms = { ...noTrouble.storms, ...trouble.storms }
  const manners = { ...goodManners, ...trouble.manners }
  return { ...drawn, trouble: { ...noTrouble, ...trouble, storms, manners } }
}

export function keepFailed(answers: readonly Answer[]): void {
  const known = new Set(knownSeeds().map(({ seed }) => seed))
  for (const { seed, drawn, violations } of answers) {
    if (known.has(seed) || !drawn) continue
    const found = violations.map(({ invariant }) => invariant)
    appendFileSync(file, `${JSON.stringify({ seed, found: [...new Set(found)], drawn })}\n`)
  }
}
