/**
 * Who comes first: whoever needs capacity before whoever would only like a cheaper one.
 */
import { byUrgency } from '../../domain/workload.ts'
import type { Standing, View } from '../view.ts'

export interface Queue {
  readonly standings: readonly Standing[]
  /** So many at its front need capacity. */
  readonly needy: number
}

export function inOrder({ standings }: View): Queue {
  const needy: Standing[] = []
  const settled: Standing[] = []
  for (const each of standings) {
    if (isSettled(each)) settled.push(each)
    else needy.push(each)
  }
  return { standings: [...needy.sort(urgent), ...settled.sort(urgent)], needy: needy.length }
}

function isSettled({ run, home }: Standing): boolean {
  return run.state === 'running' && home?.noticeUntil === null
}

function urgent(a: Standing, b: Standing): number {
  return byUrgency(a.demand, b.demand)
}
