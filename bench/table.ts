/**
 * What a benchmark hands back: one table, printed and written as JSON by `run.ts`.
 */
export interface Table {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | number)[])[]
  readonly note: string
}

/** The value below which the share `q` of all values lies. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN
}

/** One digit behind the point. */
export function tenths(value: number): number {
  return Math.round(value * 10) / 10
}
