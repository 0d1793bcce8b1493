/**
 * Where does a pod go? Each rule gives a loss to a host in a state; the least growth wins.
 *
 * All know how often each kind of pod comes, none which pod is next. Nothing that fits is refused.
 */
import type { Host, Kind } from './trace.ts'

export type Loss = (host: Host) => number

/**
 * Ours: what would stay unused on a host if only pods of one kind came until none fits any more,
 * in the mean over all kinds; and what the very next pod could not use, as in FGD. The first sees
 * a host run out of CPU long before the next pod notices.
 */
export function unusedWhenFull(kinds: readonly Kind[]): Loss {
  const nextPod = fragmentation(kinds)
  return (host) => {
    const free = sumOf(host.gpus)
    return kinds.reduce((sum, kind) => {
      if (kind.gpus === 0) return sum
      const places = Math.min(
        slotsOf(host.gpus, kind),
        Math.floor(host.cpu / kind.cpu),
        Math.floor(host.memory / kind.memory),
      )
      return sum + kind.weight * (free - places * kind.gpus * kind.milli)
    }, nextPod(host))
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

function slotsOf(gpus: readonly number[], { gpus: wanted, milli }: Kind): number {
  if (milli < 1000) return gpus.reduce((sum, free) => sum + Math.floor(free / milli), 0)
  return Math.floor(gpus.filter((free) => free === 1000).length / wanted)
}

function sumOf(values: readonly number[]): number {
  let sum = 0
  for (const value of values) sum += value
  return sum
}
