/**
 * The days of a simulation by what bound us in them, as people read it: what began and ended, what
 * was bought and what led there, and what was barred by which clause.
 */
import { dayMs, formatDay, formatMoment } from '../../core/domain/day.ts'
import { formatDuration } from '../../core/domain/time.ts'
import type { Phase } from '../../sim/scenario/simulate.ts'
import type { Look } from './table.ts'
import { cut, paint, plain } from './text.ts'

/** Nothing where nothing is signed. */
export function phasesText(phases: readonly Phase[], startAt: number | null, look: Look): string {
  return phases.map((phase) => phaseText(phase, startAt, look)).join('')
}

function phaseText(phase: Phase, startAt: number | null, look: Look): string {
  const { fromMs, toMs, turns, bought, barred } = phase
  const day = (ms: number) => (startAt === null ? formatDuration(ms) : dayOf(startAt + ms))
  const head = `§ ${day(fromMs)} to ${day(toMs)}`
  const line = (text: string) => `${cut(plain(text), look.width)}\n`
  const shown = look.isColoured ? `${paint(head, 'bold')}\n` : `${head}\n`
  return [
    shown,
    ...turns.map((text) => line(`  ${text}`)),
    ...bought.map(({ workload, offer, times, because }) => {
      const often = times > 1 ? ` (×${times})` : ''
      const why = because.length === 0 ? '' : `: ${because.join('; ')}`
      return line(`  + ${workload} at ${offer}${often}${why}`)
    }),
    ...barsOf(barred).map(line),
  ].join('')
}

/** The day alone where it begins with it. */
function dayOf(at: number): string {
  return at % dayMs === 0 ? formatDay(at) : formatMoment(at)
}

/** One line for a clause and a place, whoever it kept from there. */
function barsOf(barred: Phase['barred']): readonly string[] {
  const alike = Map.groupBy(barred, ({ place, clause, because }) => {
    return `${place}: ${because} (${clause})`
  })
  return [...alike].map(([text, group]) => {
    const names = [...new Set(group.map(({ workload }) => workload))]
    return `  - ${names.join(', ')} not at ${text}`
  })
}
