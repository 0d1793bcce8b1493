/**
 * What is held, beside what is paid for: which hours it will use until their intervals are over,
 * in the order in which they will be drawn once they were used.
 */
import { clauseName, type TakeOrPay } from '../../../domain/clause.ts'

const hourMs = 3_600_000

/** Hours that are paid for, until then: those of the interval, or what older ones left. */
export interface Pot {
  readonly clause: TakeOrPay
  readonly hours: number
  readonly untilMs: number
}

/** Capacity that uses some of them. */
export interface Holder {
  readonly id: string
  readonly accelerators: number
  readonly isUnder: (clause: TakeOrPay) => boolean
}

export interface Uses {
  /** Accelerator-hours that are used of each clause, by its name. */
  readonly hours: ReadonlyMap<string, number>
  /** Holders that use nothing else until the interval of some clause is over. */
  readonly covered: ReadonlySet<string>
}

/** `pots` and `holders` in the order in which they are drawn: each hour of each is used once. */
export function usesOf(pots: readonly Pot[], holders: readonly Holder[]): Uses {
  const hours = new Map<string, number>()
  const given = new Map<string, number>()
  const covered = new Set<string>()
  for (const { clause, hours: all, untilMs } of pots) {
    const name = clauseName(clause)
    let left = all
    for (const { id, accelerators, isUnder } of holders) {
      if (!isUnder(clause)) continue
      const before = given.get(id) ?? 0
      const needed = Math.max(0, (accelerators * untilMs) / hourMs - before)
      const taken = Math.min(left, needed)
      left -= taken
      given.set(id, before + taken)
      hours.set(name, (hours.get(name) ?? 0) + taken)
      if (taken === needed) covered.add(id)
    }
  }
  return { hours, covered }
}
