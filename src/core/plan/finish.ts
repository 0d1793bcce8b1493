/**
 * What nobody wants any more: work is drained first, capacity is given back once it is idle.
 */
import type { Lease } from '../domain/lease.ts'
import type { Action } from '../domain/plan.ts'
import type { Run } from '../domain/run.ts'
import { release } from './leases.ts'
import type { View } from './view.ts'

export function finish(view: View): readonly Action[] {
  const drains = view.world.runs
    .filter(({ id, state }) => isLiving(state) && !view.demandOf.has(id))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((run): Action => ({ do: 'drain', run: run.id, because: 'nobody asks for it any more' }))
  // Most runs have nothing to give back: they are left out before the rest is put in order.
  const idle: Lease[] = []
  for (const [run, leases] of view.ownOf) {
    const known = view.runOf.get(run)
    if (view.demandOf.has(run) && !(known && hasEnded(known))) continue
    idle.push(...leases.filter((lease) => isIdle(view, lease)))
  }
  const releases = idle
    .sort((a, b) => (a.run < b.run ? -1 : a.run > b.run ? 1 : 0))
    .map((lease) => release(lease, idleBecause(view, lease)))
  return [...drains, ...releases]
}

function isLiving(state: Run['state']): boolean {
  return state === 'waiting' || state === 'running'
}

/** Without living work; that of an ended run is over even where the demand remains. */
function isIdle(view: View, lease: Lease): boolean {
  const run = view.runOf.get(lease.run)
  if (run && hasEnded(run)) return true
  const mayWork = run !== undefined && run.state !== 'waiting'
  return !(mayWork && run.lease === lease.id)
}

function idleBecause(view: View, lease: Lease): string {
  const run = view.runOf.get(lease.run)
  if (run?.state === 'done') return `${lease.run} is done`
  if (run?.state === 'failed') return `${lease.run} has failed`
  return `nobody asks for ${lease.run} any more`
}

export function hasEnded({ state }: Run): boolean {
  return state === 'done' || state === 'failed'
}
