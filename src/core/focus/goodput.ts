/**
 * How much of what was paid for a job was productive: the time that its saved states stand for,
 * beside the time that was charged for the same shape of capacity in the same place.
 *
 * Of all that ran under its name until now, since a saved state says what it took in all. What is
 * not saved yet may still be lost, and counts as nothing.
 */
import type { Charge } from '../domain/charge.ts'
import type { Checkpoint } from '../domain/checkpoint.ts'
import type { Ms } from '../domain/time.ts'
import type { Piece } from './invoice/pieces.ts'

/** From 0 to 1; null where a job never saved anything, as it is for services, and for waste. */
export type Goodput = (charge: Charge) => number | null

export function goodput(pieces: readonly Piece[], saved: readonly Checkpoint[]): Goodput {
  const productive = new Map<string, Ms>()
  for (const { workload, worked = [] } of saved) {
    for (const { accelerator, perNode, nodes, region, ms } of worked) {
      const key = keyOf({ workload, accelerator, accelerators: perNode * nodes, region })
      if (key !== null) productive.set(key, (productive.get(key) ?? 0) + ms)
    }
  }
  const paid = new Map<string, Ms>()
  for (const { charge, from, to } of pieces) {
    const key = charge.account === 'usage' ? keyOf(charge) : null
    if (key !== null) paid.set(key, (paid.get(key) ?? 0) + to - from)
  }
  return (charge) => {
    const key = charge.account === 'usage' ? keyOf(charge) : null
    const [worked, ms] = [productive.get(key ?? ''), paid.get(key ?? '')]
    // The clock of a machine may run ahead of its supplier's.
    return worked === undefined || !ms ? null : Math.min(1, worked / ms)
  }
}

/** Null in rows of earlier versions, which do not say where. */
function keyOf(of: {
  readonly workload: string | null
  readonly accelerator: string | null
  readonly accelerators: number | null
  readonly region?: string | undefined
}): string | null {
  const { workload, accelerator, accelerators, region } = of
  return workload === null || region === undefined
    ? null
    : JSON.stringify([workload, accelerator, accelerators, region])
}
