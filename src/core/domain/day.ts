/**
 * Days as people count them: civil dates, months, and business days of a calendar that is data.
 *
 * Arithmetic over whole milliseconds only. It knows no zone names: whoever has a clause states its
 * offset, its weekend and its holidays.
 */
import type { Ms } from './time.ts'

export const dayMs = 86_400_000

/** 0 is Monday, 6 is Sunday. */
export type Weekday = 0 | 1 | 2 | 3 | 4 | 5 | 6

export interface BusinessCalendar {
  /** Ahead of UTC, the same all year. */
  readonly offsetMinutes: number
  /** At most six of the seven. */
  readonly weekend: readonly Weekday[]
  /** Civil dates such as `2025-12-25`. */
  readonly holidays: readonly string[]
}

/** A span that a clause grants. */
export interface Window {
  readonly days: number
  readonly counted: 'business' | 'calendar'
}

export interface CivilDate {
  readonly year: number
  readonly month: number
  readonly day: number
}

const datePattern = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2}))?(Z|[+-]\d{2}:\d{2}))?$/

/** Reads `2025-01-21` (midnight UTC) or `2025-01-21T17:00-08:00`; null where neither is meant. */
export function parseMoment(text: string): Ms | null {
  const match = datePattern.exec(text)
  if (!match) return null
  const [year, month, day, hour, minute, second] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0))
  if (year === undefined || month === undefined || day === undefined) return null
  const midnight = msOfCivil({ year, month, day })
  const civil = civilOf(midnight)
  if (civil.month !== month || civil.day !== day) return null
  if ((hour ?? 0) > 23 || (minute ?? 0) > 59 || (second ?? 0) > 59) return null
  const sinceMidnight = ((hour ?? 0) * 60 + (minute ?? 0)) * 60 + (second ?? 0)
  return midnight + sinceMidnight * 1_000 - offsetMs(match[7] ?? 'Z')
}

function offsetMs(zone: string): number {
  if (zone === 'Z') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6))
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000
}

/** `2025-01-21`, as the date stands at this offset. */
export function formatDay(at: Ms, offsetMinutes = 0): string {
  const { year, month, day } = civilOf(at + offsetMinutes * 60_000)
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`
}

/** `2026-11-23T00:00:00Z`, to the second. */
export function formatMoment(at: Ms): string {
  const seconds = Math.floor((((at % dayMs) + dayMs) % dayMs) / 1_000)
  const [hour, minute] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60]
  return `${formatDay(at)}T${pad(hour, 2)}:${pad(minute, 2)}:${pad(seconds % 60, 2)}Z`
}

/** The civil date of a moment in UTC, by the arithmetic of the proleptic Gregorian calendar. */
export function civilOf(at: Ms): CivilDate {
  // Years begin in March here, so that the leap day is the last one.
  const days = Math.floor(at / dayMs) + 719_468
  const era = Math.floor(days / 146_097)
  const dayOfEra = days - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1_460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const leapDays = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100)
  const dayOfYear = dayOfEra - (365 * yearOfEra + leapDays)
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day }
}

export function msOfCivil({ year, month, day }: CivilDate): Ms {
  const marchYear = month <= 2 ? year - 1 : year
  const era = Math.floor(marchYear / 400)
  const yearOfEra = marchYear - era * 400
  const marchMonth = month > 2 ? month - 3 : month + 9
  const dayOfYear = Math.floor((153 * marchMonth + 2) / 5) + day - 1
  const leapDays = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100)
  return (era * 146_097 + yearOfEra * 365 + leapDays + dayOfYear - 719_468) * dayMs
}

/** So many months later at the same time of day; the 31st becomes the last day of a short month. */
export function addMonths(at: Ms, months: number): Ms {
  const { year, month, day } = civilOf(at)
  const index = year * 12 + (month - 1) + months
  const target = { year: Math.floor(index / 12), month: (index % 12) + 1 }
  const next = { year: Math.floor((index + 1) / 12), month: ((index + 1) % 12) + 1 }
  const first = msOfCivil({ ...target, day: 1 })
  const length = (msOfCivil({ ...next, day: 1 }) - first) / dayMs
  const timeOfDay = at - Math.floor(at / dayMs) * dayMs
  return first + (Math.min(day, length) - 1) * dayMs + timeOfDay
}

export function isBusinessDay(at: Ms, calendar: BusinessCalendar): boolean {
  const localDay = Math.floor((at + calendar.offsetMinutes * 60_000) / dayMs)
  // 1970-01-01 was a Thursday.
  const weekday = ((((localDay + 3) % 7) + 7) % 7) as Weekday
  if (calendar.weekend.includes(weekday)) return false
  return !calendar.holidays.includes(formatDay(localDay * dayMs))
}

/**
 * The last millisecond of a window that began at `from`. The day on which it begins does not count,
 * and the last day counts to its end, both by the calendar's own midnight.
 */
export function deadlineOf(from: Ms, window: Window, calendar: BusinessCalendar): Ms {
  const shift = calendar.offsetMinutes * 60_000
  let day = Math.floor((from + shift) / dayMs)
  for (let left = window.days; left > 0; ) {
    day += 1
    if (window.counted === 'calendar' || isBusinessDay(day * dayMs - shift, calendar)) left -= 1
  }
  return (day + 1) * dayMs - shift - 1
}

function pad(value: number, length: number): string {
  return String(value).padStart(length, '0')
}
