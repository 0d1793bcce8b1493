/**
 * How many replicas a service needs for the load it gets.
 *
 * Grows at once and shrinks with care: a load at the edge of a step would otherwise buy and
 * release the same machine all day. Knows no forecast.
 */
import type { Service } from '../domain/workload.ts'

/** A service shrinks only to a size that would still have this share of its capacity to spare. */
const roomWhenShrinking = 0.2

/** `current` counts the replicas that are there to stay. No report of load is not no load. */
export function wantedReplicas(
  service: Service,
  current: number,
  requestsPerSecond: number | null,
): number {
  const { replicasMin, replicasMax, requestsPerSecondPerReplica: perReplica } = service
  if (perReplica === null) return replicasMin
  if (requestsPerSecond === null) return clamp(current, replicasMin, replicasMax)
  const needed = Math.ceil(requestsPerSecond / perReplica)
  const roomy = Math.ceil(requestsPerSecond / (perReplica * (1 - roomWhenShrinking)))
  return clamp(Math.max(needed, Math.min(current, roomy)), replicasMin, replicasMax)
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max)
}
