/**
 * Faults of a submitted file as people read them: place, what was found, what was expected, what
 * was meant, and the line itself with a caret below.
 */
import type { Fault } from '../../api/wire.ts'
import { cut, plain, widthOf } from './text.ts'

/** Text of each file that was submitted, by the name that faults give it. */
export type Sources = ReadonlyMap<string, string>

const lineMax = 200

export function faultsText(faults: readonly Fault[], sources: Sources): string {
  return faults.map((fault) => faultText(fault, sources)).join('')
}

function faultText(fault: Fault, sources: Sources): string {
  const { file, line, column, path, found, expected, meant } = fault
  const place = `${plain(file)}:${line}:${column}: ${plain(path)}`
  const hint = meant === null ? '' : `; did you mean ${plain(meant)}?`
  const message = `${place}: found ${plain(found)}, expected ${plain(expected)}${hint}\n`
  return `${message}${excerpt(sources.get(file)?.split(/\r?\n/)[line - 1], fault)}`
}

/** Nothing where the line is not known, or too long for a caret to be seen below it. */
function excerpt(source: string | undefined, { line, column }: Fault): string {
  if (source === undefined || source.trim() === '' || column > lineMax) return ''
  const number = String(line)
  const before = plain(source.slice(0, column - 1).replaceAll('\t', ' '))
  const shown = cut(plain(source.replaceAll('\t', ' ')), lineMax)
  const margin = `${' '.repeat(number.length)} | `
  return `${number} | ${shown}\n${margin}${' '.repeat(widthOf(before))}^\n`
}
