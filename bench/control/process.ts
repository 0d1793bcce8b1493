/**
 * What a process has used so far, as the system counts it.
 */
import { existsSync, readFileSync } from 'node:fs'

/** User and system time; null where the system has no /proc. */
export function cpuSeconds(pid: number | undefined): number | null {
  const path = `/proc/${pid}/stat`
  if (!existsSync(path)) return null
  const fields = readFileSync(path, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/** Memory that it holds, and the most that it ever held, in megabytes; null without /proc. */
export function memoryMb(pid: number | undefined): { now: number; most: number } | null {
  const path = `/proc/${pid}/status`
  if (!existsSync(path)) return null
  const status = readFileSync(path, 'utf8')
  const of = (field: string) =>
    Math.round((Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1_024) / 1e6)
  return { now: of('VmRSS'), most: of('VmHWM') }
}
