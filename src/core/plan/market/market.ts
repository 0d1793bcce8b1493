/**
 * A market in plain numbers: lots with so many units, and bidders that each want one gang from one
 * of them. Costs are in any unit, the same for all.
 */

/**
 * What equal bidders could take, cheapest first: the lot, its units and the cost of each choice. A
 * lot has room for each of its choices while nobody else is there.
 */
export interface Wish {
  readonly lots: Int32Array
  readonly units: Int32Array
  readonly costs: Float64Array
  /** All that was left out of the list costs at least so much; infinite where it is complete. */
  readonly rest: number
}

export interface Market {
  /** Units of each lot; infinite where nobody counts them. */
  readonly lots: Float64Array
  /** One for each bidder, most urgent first; equal bidders share it. */
  readonly wishes: readonly Wish[]
}

/** Who takes what. */
export interface Sharing {
  /** For each bidder which choice of its wish it takes; -1 is none. */
  readonly taken: Int32Array
  /** For each lot what one more unit of it would save: its shadow price. */
  readonly prices: Float64Array
}

/** What all that was taken costs together. */
export function costOf({ wishes }: Market, { taken }: Pick<Sharing, 'taken'>): number {
  let cost = 0
  for (const [bidder, choice] of taken.entries()) {
    if (choice >= 0) cost += wishes[bidder]?.costs[choice] ?? 0
  }
  return cost
}
