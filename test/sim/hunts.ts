/**
 * Lets days be lived with a bug injected, and tells in how many of them somebody noticed.
 */
import { againByWrongClocks } from './again.ts'
import { fleet } from './fleet.ts'
import type { Mutant } from './mutants/mutant.ts'
import { table } from './table.ts'

export interface HuntOptions {
  readonly size: number
  /** So many days for each of them, under the seeds from `from` on. */
  readonly seeds: number
  readonly from: number
  readonly stopWhenCaught: boolean
  readonly untilMs: number
  readonly onStep: (text: string) => void
}

export interface Hunted {
  readonly mutant: Mutant
  readonly lived: number
  readonly caught: number
  readonly first: string | null
  /** How often each invariant caught it. */
  readonly by: Readonly<Record<string, number>>
}

/** One mutant a process: several at once, each from its first day to its last. */
export async function hunts(wanted: readonly Mutant[], options: HuntOptions): Promise<Hunted[]> {
  const { size, untilMs, onStep } = options
  const left = [...wanted]
  const found: Hunted[] = []
  const work = async () => {
    for (let next = left.shift(); next && Date.now() < untilMs; next = left.shift()) {
      const hunted = await hunt(next, options)
      found.push(hunted)
      const share = `${hunted.caught} of ${hunted.lived}`
      onStep(`${found.length} of ${wanted.length}: ${next.name} ${share}`)
    }
  }
  await Promise.all(Array.from({ length: size }, work))
  return found
}

async function hunt(mutant: Mutant, options: HuntOptions): Promise<Hunted> {
  const { seeds, from, stopWhenCaught, untilMs } = options
  const worker = fleet({ size: 1, mutant: mutant.name })
  const by: Record<string, number> = {}
  let lived = 0
  let caught = 0
  let first: string | null = null
  while (lived < seeds && Date.now() < untilMs && !(stopWhenCaught && caught > 0)) {
    const task = { seed: String(from + lived) }
    const once = await worker.run(task)
    const { seed, violations } = mutant.twice ? await againByWrongClocks(worker, task, once) : once
    lived += 1
    if (violations.length === 0) continue
    caught += 1
    first ??= seed
    for (const name of new Set(violations.map(({ invariant }) => invariant))) {
      by[name] = (by[name] ?? 0) + 1
    }
  }
  worker.close()
  return { mutant, lived, caught, first, by }
}

export function caughtTable(found: readonly Hunted[]): string {
  const rows = found
    .toSorted((a, b) => (a.mutant.name < b.mutant.name ? -1 : 1))
    .map(({ mutant, lived, caught, first, by }) => [
      mutant.name,
      `${caught} of ${lived}`,
      first ?? '',
      Object.entries(by)
        .toSorted(([, a], [, b]) => b - a)
        .map(([name, count]) => `${name}×${count}`)
        .join(' '),
    ])
  return table(['mutant', 'caught', 'first seed', 'by'], rows)
}
