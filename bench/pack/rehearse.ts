/**
 * Learns what a GPU that has so much free leaves unused in the end, from streams that were made up.
 *
 * They are drawn from the kinds of pods that are known beforehand, as many as are expected to come;
 * what really comes is not looked at. A GPU is known by what is free on it alone.
 */
import { descent, place, type Step } from './place.ts'
import { leftInTheEnd } from './rules.ts'
import type { Host, Kind } from './trace.ts'

type Left = (free: number) => number

/** How often a GPU with so much free was taken down to how much; the same number is its end. */
type Passages = ReadonlyMap<number, ReadonlyMap<number, number>>

/** Where little was seen, as if so many pods had come by chance, and so many GPUs had been left. */
const prior = { pods: 8, ends: 0.16 }
/** A round counts half as much as the one after it, for that one placed better. */
const fading = 0.5

/** A round for each stream: each is placed by what the rounds before it taught. */
export function rehearse(
  hosts: readonly Host[],
  kinds: readonly Kind[],
  streams: readonly (readonly Kind[])[],
): Left {
  let seen: Passages = new Map()
  for (const pods of streams) {
    const rule = descent(leftInTheEnd(kinds, leftBy(seen, kinds)))
    seen = added(seen, passagesOf(hosts, place(hosts, pods, rule)))
  }
  return leftBy(seen, kinds)
}

/** The mean over the passages from there on; what was never seen goes as pods come by chance. */
export function leftBy(seen: Passages, kinds: readonly Kind[]): Left {
  const known = new Map<number, number>([[0, 0]])
  const left = (free: number): number => {
    const found = known.get(free)
    if (found !== undefined) return found
    let [sum, times] = [prior.ends * free, prior.ends]
    for (const { gpus, milli, weight } of kinds) {
      if (gpus !== 1 || milli > free) continue
      sum += prior.pods * weight * left(free - milli)
      times += prior.pods * weight
    }
    for (const [rest, often] of seen.get(free) ?? []) {
      sum += often * (rest === free ? free : left(rest))
      times += often
    }
    known.set(free, sum / times)
    return sum / times
  }
  return left
}

function passagesOf(hosts: readonly Host[], steps: readonly Step[]): Passages {
  const passages = new Map<number, Map<number, number>>()
  const open = new Map<number, number>()
  for (const free of hosts.flatMap(({ gpus }) => gpus)) add(open, free, 1)
  for (const { pod, before, after } of steps) {
    const free = takenFrom(before, after)
    if (free === undefined) continue
    const rest = free - pod.milli
    add(inner(passages, free), rest, pod.gpus)
    add(open, free, -pod.gpus)
    add(open, rest, pod.gpus)
  }
  for (const [free, many] of open) add(inner(passages, free), free, many)
  return passages
}

/** What was free on the GPUs that the pod was put on; it takes equal ones. */
function takenFrom(before: Host, after: Host): number | undefined {
  const many = (gpus: readonly number[], free: number) =>
    gpus.filter((each) => each === free).length
  return before.gpus.find((free) => many(before.gpus, free) > many(after.gpus, free))
}

function added(old: Passages, young: Passages): Passages {
  const sum = new Map<number, Map<number, number>>()
  for (const [free, rests] of young) {
    for (const [rest, often] of rests) add(inner(sum, free), rest, often)
  }
  for (const [free, rests] of old) {
    for (const [rest, often] of rests) add(inner(sum, free), rest, fading * often)
  }
  return sum
}

function inner(map: Map<number, Map<number, number>>, free: number): Map<number, number> {
  const found = map.get(free) ?? new Map<number, number>()
  map.set(free, found)
  return found
}

function add(map: Map<number, number>, key: number, more: number): void {
  map.set(key, (map.get(key) ?? 0) + more)
}
