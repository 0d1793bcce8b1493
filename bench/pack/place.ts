/**
 * Places pods one by one on hosts, each where a rule loses least; none is moved or taken away.
 *
 * Hosts in the same state are looked at once; of equals the first in the list is taken.
 */
import type { Loss } from './rules.ts'
import type { Host, Kind } from './trace.ts'

/** What a choice costs; only the state of the host before and after may decide. */
export interface Rule {
  /** Compared over all places where the pod fits; the least is taken. */
  cost(before: Host, after: Host): number
}

interface Group {
  readonly host: Host
  /** Places in the list, least first. */
  readonly members: number[]
  readonly moves: Map<Kind, Move | null>
}

interface Move {
  readonly cost: number
  readonly after: Host
}

/** A rule that remembers the loss of every state that it has seen. */
export function descent(lossOf: Loss): Rule {
  const known = new Map<string, number>()
  const loss = (host: Host): number => {
    const key = keyOf(host)
    const found = known.get(key) ?? lossOf(host)
    known.set(key, found)
    return found
  }
  return { cost: (before, after) => loss(after) - loss(before) }
}

/** One placement: a host's state before and after it. */
export interface Step {
  readonly pod: Kind
  readonly before: Host
  readonly after: Host
}

/** All placements, in the order of the pods; what fits nowhere leaves none. */
export function place(hosts: readonly Host[], pods: readonly Kind[], rule: Rule): readonly Step[] {
  const groups = new Map<string, Group>()
  hosts.forEach((host, index) => {
    join(groups, host, index)
  })
  const steps: Step[] = []
  for (const pod of pods) {
    const best = bestOf(groups, pod, rule)
    if (!best) continue
    const index = best.group.members.shift() ?? 0
    if (best.group.members.length === 0) groups.delete(keyOf(best.group.host))
    join(groups, best.move.after, index)
    steps.push({ pod, before: best.group.host, after: best.move.after })
  }
  return steps
}

/** GPU milli that were placed. */
export function placedBy(steps: readonly Step[]): number {
  return steps.reduce((sum, { pod }) => sum + pod.gpus * pod.milli, 0)
}

/** What a choice by chance places: any host where the pod fits, any GPU of it. */
export function placeAnywhere(
  hosts: readonly Host[],
  pods: readonly Kind[],
  random: () => number,
): number {
  const now = [...hosts]
  let placed = 0
  for (const pod of pods) {
    const able = [...now.keys()].filter((index) => now[index] && fits(now[index], pod))
    const index = able[Math.floor(random() * able.length)]
    const host = index === undefined ? undefined : now[index]
    if (index === undefined || !host) continue
    const choices = outcomes(host, pod)
    now[index] = choices[Math.floor(random() * choices.length)] ?? host
    placed += pod.gpus * pod.milli
  }
  return placed
}

function bestOf(groups: ReadonlyMap<string, Group>, pod: Kind, rule: Rule) {
  let best: { group: Group; move: Move } | null = null
  for (const group of groups.values()) {
    const move = moveOf(group, pod, rule)
    if (!move) continue
    const ahead = best ? best.move.cost - move.cost : Number.POSITIVE_INFINITY
    const isFirst = (group.members[0] ?? 0) < (best?.group.members[0] ?? 0)
    // Losses are sums of fractions: what differs by less than this is equal.
    if (ahead > 1e-9 || (ahead > -1e-9 && isFirst)) best = { group, move }
  }
  return best
}

function moveOf({ host, moves }: Group, pod: Kind, rule: Rule): Move | null {
  const known = moves.get(pod)
  if (known !== undefined) return known
  const choices = fits(host, pod) ? outcomes(host, pod) : []
  const move = choices
    .map((after) => ({ after, cost: rule.cost(host, after) }))
    .reduce<Move | null>((best, each) => (best && best.cost <= each.cost ? best : each), null)
  moves.set(pod, move)
  return move
}

export function fits({ cpu, memory, gpus }: Host, pod: Kind): boolean {
  if (cpu < pod.cpu || memory < pod.memory) return false
  return pod.gpus === 0 || gpus.filter((free) => free >= pod.milli).length >= pod.gpus
}

/** The states in which a pod may leave a host: one for each GPU that differs. */
export function outcomes({ cpu, memory, gpus }: Host, pod: Kind): Host[] {
  const left = { cpu: cpu - pod.cpu, memory: memory - pod.memory }
  if (pod.gpus === 0) return [{ ...left, gpus }]
  if (pod.milli === 1000) {
    const kept = gpus.slice(0, gpus.length - pod.gpus)
    return [{ ...left, gpus: [...Array.from({ length: pod.gpus }, () => 0), ...kept] }]
  }
  return [...new Set(gpus)]
    .filter((free) => free >= pod.milli)
    .map((free) => {
      const rest = gpus.toSpliced(gpus.indexOf(free), 1, free - pod.milli)
      return { ...left, gpus: rest.toSorted((a, b) => a - b) }
    })
}

function join(groups: Map<string, Group>, host: Host, index: number): void {
  const key = keyOf(host)
  const group = groups.get(key) ?? { host, members: [], moves: new Map() }
  groups.set(key, group)
  const at = group.members.findIndex((member) => member > index)
  group.members.splice(at < 0 ? group.members.length : at, 0, index)
}

function keyOf({ cpu, memory, gpus }: Host): string {
  return `${cpu}|${memory}|${gpus}`
}
