/**
 * A value of unknown shape as indented lines of `key: value`, for people and not to be read back.
 */
import { formatUsd } from '../../core/domain/money.ts'
import { formatDuration } from '../../core/domain/time.ts'
import { plain } from './text.ts'

export function outline(value: unknown, indent = ''): string {
  if (Array.isArray(value)) return value.map((each) => item(each, indent)).join('')
  return Object.entries(value as object)
    .filter(([, each]) => each !== null && !isEmpty(each))
    .map(([key, each]) => entry(plain(key), each, indent))
    .join('')
}

function entry(key: string, value: unknown, indent: string): string {
  if (isNested(value)) return `${indent}${key}:\n${outline(value, `${indent}  `)}`
  if (typeof value === 'string' && value.trimEnd().includes('\n')) {
    const lines = value.trimEnd().split('\n')
    return `${indent}${key}:\n${lines.map((line) => `${indent}  ${plain(line)}\n`).join('')}`
  }
  return `${indent}${measured(key, value)}\n`
}

/** The unit stands last in a name: dollars and durations are shown as such. */
function measured(key: string, value: unknown): string {
  if (typeof value === 'number' && /PerHour(Max)?$/.test(key)) return `${key}: ${formatUsd(value)}`
  if (typeof value === 'number' && /Ms$/.test(key)) {
    return `${key.slice(0, -2)}: ${formatDuration(value)}`
  }
  return `${key}: ${scalar(value)}`
}

function item(value: unknown, indent: string): string {
  if (!isNested(value)) return `${indent}- ${scalar(value)}\n`
  return `${indent}- ${outline(value, `${indent}  `).slice(indent.length + 2)}`
}

function scalar(value: unknown): string {
  return plain(String(value).trimEnd())
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !isEmpty(value)
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}
