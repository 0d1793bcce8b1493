/**
 * Capacity in one unit: accelerators. What a megawatt or a node comes to is data of the contract.
 */
import type { Conversion, Quantity, Unit } from '../domain/contract.ts'

/** Null where nobody said what the unit comes to, and where it is no capacity but a use of it. */
export function acceleratorsOf(
  { value, unit }: Quantity,
  accelerator: string,
  conversions: readonly Conversion[],
): number | null {
  if (unit === 'accelerators') return value
  const factor = factorOf(unit, accelerator, conversions)
  return factor === null ? null : value * factor
}

/** Capacity over `hours`, or a use as it stands, in accelerator-hours. */
export function acceleratorHoursOf(
  quantity: Quantity,
  hours: number,
  accelerator: string,
  conversions: readonly Conversion[],
): number | null {
  const { value, unit } = quantity
  if (unit === 'accelerator-hours') return value
  if (unit === 'node-hours') {
    const factor = factorOf('nodes', accelerator, conversions)
    return factor === null ? null : value * factor
  }
  const accelerators = acceleratorsOf(quantity, accelerator, conversions)
  return accelerators === null ? null : accelerators * hours
}

const megawattsIn = { MW: 1, GW: 1_000 } as const

function factorOf(
  unit: Unit,
  accelerator: string,
  conversions: readonly Conversion[],
): number | null {
  const ours = conversions.filter((each) => each.accelerator === accelerator)
  const exact = ours.find(({ from }) => from === unit)
  if (exact) return exact.accelerators
  if (unit !== 'MW' && unit !== 'GW') return null
  const other = ours.find(({ from }) => from === 'MW' || from === 'GW')
  if (!other || other.from === 'nodes') return null
  return (other.accelerators * megawattsIn[unit]) / megawattsIn[other.from]
}
