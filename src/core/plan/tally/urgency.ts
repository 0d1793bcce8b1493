/**
 * Who comes first: whoever needs capacity before whoever would only like a cheaper one.
 */
import { isLeaving } from '../../domain/lease.ts'
import type { Ms } from '../../domain/time.ts'
import { byUrgency } from '../../domain/workload.ts'
import type { Standing, View } from '../view.ts'

export interface Queue {
  readonly standings: readonly Standing[]
  /** So many at its front need capacity. */
  readonly needy: number
}

export function inOrder({ world, standings }: View): Queue {
  const needy: Standing[] = []
  const settled: Standing[] = []
  for (const each of standings) {
    if (isSettled(each, world.now)) settled.push(each)
    else needy.push(each)
  }
  return { standings: [...needy.sort(urgent), ...settled.sort(urgent)], needy: needy.length }
}

function isSettled({ run, home }: Standing, now: Ms): boolean {
  return run.state === 'running' && home !== null && !isLeaving(home, now)
}

function urgent(a: Standing, b: Standing): number {
  return byUrgency(a.demand, b.demand)
}
