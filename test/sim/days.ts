/**
 * Simulated days under many seeds, side by side: those that failed once come first, and one in
 * twenty is lived twice and must be the same, and another one by wrong clocks.
 */
import { againByWrongClocks } from './again.ts'
import { fleet } from './fleet.ts'
import { knownSeeds } from './seeds.ts'
import type { Answer, Task } from './worker.ts'

export interface DaysOptions {
  readonly size: number
  readonly from: number
  readonly count: number
  /** No day begins after this moment. */
  readonly untilMs: number
  readonly onStep: (text: string) => void
}

export interface Days {
  readonly totals: Readonly<Record<string, number>>
  readonly failed: readonly Answer[]
}

const twiceEvery = 20

export async function days({ size, from, count, untilMs, onStep }: DaysOptions): Promise<Days> {
  const workers = fleet({ size, mutant: '' })
  const known = [...knownSeeds()]
  const answers: Answer[] = []
  let next = from
  let twice = 0

  function task(): Task | null {
    const failedOnce = known.shift()
    if (failedOnce) return failedOnce
    if (next >= from + count || Date.now() >= untilMs) return null
    next += 1
    return { seed: String(next - 1) }
  }

  async function live(asked: Task): Promise<Answer> {
    const first = await workers.run(asked)
    const turn = Number(asked.seed) % twiceEvery
    if (turn === twiceEvery / 2) return againByWrongClocks(workers, asked, first)
    if (turn !== 0) return first
    twice += 1
    const second = await workers.run(asked)
    if (first.hash === second.hash) return first
    const text = `${asked.seed} went another way the second time`
    return { ...first, violations: [...first.violations, { invariant: 'I22', text }] }
  }

  async function work(): Promise<void> {
    for (let asked = task(); asked; asked = task()) {
      answers.push(await live(asked))
      const bad = answers.filter(({ violations }) => violations.length > 0).length
      onStep(`${answers.length} lived, ${bad} with violations`)
    }
  }

  await Promise.all(Array.from({ length: size }, work))
  workers.close()
  const failed = answers.filter(({ violations }) => violations.length > 0)
  return { totals: totalsOf(answers, twice), failed }
}

function totalsOf(answers: readonly Answer[], twice: number): Days['totals'] {
  const sum = (of: (answer: Answer) => number) =>
    answers.reduce((total, answer) => total + of(answer), 0)
  const hours = sum((each) => each.hours)
  const cpuSeconds = sum((each) => each.cpuMs) / 1_000
  return {
    seeds: answers.length,
    'lived twice': twice,
    'simulated hours': hours,
    'hours per CPU second': Math.round((hours / cpuSeconds) * 10) / 10,
    kills: sum(({ counts }) => counts.kills),
    'calls of control planes': sum(({ counts }) => counts.boundaries),
    purchases: sum(({ counts }) => counts.sales),
    'lost answers': sum(({ counts }) => counts.lostAnswers),
    'excused overlaps': sum(({ counts }) => counts.excused),
    violations: sum(({ violations }) => violations.length),
  }
}
