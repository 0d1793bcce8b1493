/**
 * Where a choice between two chips hangs on figures of the table that may be off by more than what
 * decided, that is said beside the choice. It stands: somebody has to be first.
 */
import { lookUp } from '../../core/catalog/accelerators.ts'
import { type Offer, offerName } from '../../core/domain/offer.ts'
import type { Reason } from '../../core/domain/reason.ts'
import type { Workload } from '../../core/domain/workload.ts'

type Quotes = ReadonlyMap<string, Offer>

export interface Choices {
  readonly offers: readonly Offer[]
  /** Whose a run is, as planned. */
  readonly workloadOf: (run: string) => Workload | undefined
}

export function withDoubts(
  told: readonly Reason[],
  { offers, workloadOf }: Choices,
): readonly Reason[] {
  if (!told.some(({ why }) => why === 'dearer')) return told
  const quotes: Quotes = new Map(offers.map((offer) => [offerName(offer), offer]))
  const chosen = new Map(
    told.flatMap((each) => (each.why === 'chosen' ? [[each.run, each] as const] : [])),
  )
  // What its own steps have shown is no figure of the table.
  const learnt = new Set(told.flatMap(({ run, why }) => (why === 'learnt' ? [run] : [])))
  return told.map((each) => {
    const [first, workload] = [chosen.get(each.run), workloadOf(each.run)]
    if (each.why !== 'dearer' || !first || !workload || learnt.has(each.run)) return each
    const offBy = offByOf(workload, [each.offer, first.offer], quotes)
    return each.pricePerWork < first.pricePerWork * (1 + offBy) ? { ...each, offBy } : each
  })
}

/** How much dearer the one may seem beside the other, though it is not; 0 where work was stated. */
function offByOf(workload: Workload, names: readonly [string, string], quotes: Quotes): number {
  const [one, other] = names.map((name) => quotes.get(name))
  if (!one || !other || one.accelerator === other.accelerator) return 0
  return (1 + shareOf(workload, one)) / (1 - shareOf(workload, other)) - 1
}

function shareOf({ resources }: Workload, { accelerator, perNode }: Offer): number {
  const wish = resources.find((each) => {
    return each.accelerator === accelerator && each.perNode === perNode
  })
  return wish?.throughput === null ? (lookUp(accelerator)?.withinPercent ?? 0) / 100 : 0
}
