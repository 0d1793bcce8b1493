/**
 * Where does a pod go? Each rule gives a loss to a host in a state; the least growth wins.
 *
 * All know how often each kind of pod comes, ours how many come in all as well, and none which pod
 * is next. Nothing that fits is refused.
 */
import type { Host, Kind } from './trace.ts'

export type Loss = (host: Host) => number

/**
 * Ours: what stays free on the GPUs in the end, as rehearsals taught, and what a host could not use
 * for want of CPU or memory, in the mean over all kinds.
 */
export function leftInTheEnd(kinds: readonly Kind[], left: (free: number) => number): Loss {
  return ({ cpu, memory, gpus }) => {
    const free = sumOf(gpus)
    const short = kinds.reduce((sum, kind) => {
      if (kind.gpus === 0) return sum
      const asked = kind.gpus * kind.milli
      const usable = Math.min(free, (asked * cpu) / kind.cpu, (asked * memory) / kind.memory)
      return sum + kind.weight * (free - usable)
    }, 0)
    return short + sumOf(gpus.map(left))
  }
}

/** Fragmentation gradient descent (ATC'23): what the next pod could not use, in the mean. */
export function fragmentation(kinds: readonly Kind[]): Loss {
  return ({ cpu, memory, gpus }) => {
    const free = sumOf(gpus)
    return kinds.reduce((sum, kind) => {
      if (kind.gpus === 0) return sum
      const useful = gpus.filter((milli) => milli >= kind.milli)
      const fits = cpu >= kind.cpu && memory >= kind.memory && useful.length >= kind.gpus
      return sum + kind.weight * (fits ? free - sumOf(useful) : free)
    }, 0)
  }
}

/** Best fit: onto the host that has least left, CPU and GPUs counted alike. */
export function bestFit(most: { readonly cpu: number; readonly gpus: number }) {
  return ({ cpu, gpus }: Host): number => cpu / most.cpu + sumOf(gpus) / (1000 * most.gpus)
}

function sumOf(values: readonly number[]): number {
  let sum = 0
  for (const value of values) sum += value
  return sum
}
