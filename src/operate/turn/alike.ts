/**
 * Whether two values say the same, whatever objects they are.
 */

/** Fields that may differ: by a little, or by anything. */
export interface Loosely {
  /** Numbers that are equal to one digit. */
  readonly rounded: ReadonlySet<string>
  readonly ignored: ReadonlySet<string>
}

const strictly: Loosely = { rounded: new Set(), ignored: new Set() }

/** A quote that is given again says nothing new but when. */
export const asOld: Loosely = { rounded: new Set(), ignored: new Set(['observedAt']) }

export function isAlike(one: unknown, other: unknown, loosely = strictly, name = ''): boolean {
  if (one === other || loosely.ignored.has(name)) return true
  // The ledger knows no infinity.
  if (typeof one === 'number' && !Number.isFinite(one)) return other === null
  if (typeof one === 'number' && typeof other === 'number') {
    return loosely.rounded.has(name) && one.toPrecision(1) === other.toPrecision(1)
  }
  if (one === null || other === null) return false
  if (typeof one !== 'object' || typeof other !== 'object') return false
  const [some, others] = [one, other] as Readonly<Record<string, unknown>>[]
  if (!some || !others) return false
  const keys = Object.keys(some)
  return (
    keys.length === Object.keys(others).length &&
    keys.every((key) => isAlike(some[key], others[key], loosely, key))
  )
}
