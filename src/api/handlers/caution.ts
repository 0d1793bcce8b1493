/**
 * What a plan takes for granted and people should know: who does not answer has no offers left to
 * give a reason for, and a chip that no table knows counts as another. Changes no plan.
 */
import { type Offer, offerName } from '../../core/domain/offer.ts'
import type { Reason } from '../../core/domain/reason.ts'
import type { Spec } from '../../core/domain/spec.ts'
import { forbiddenBy, type Policy, type SupplierSpec } from '../../core/domain/supplier.ts'
import type { Ms } from '../../core/domain/time.ts'
import type { Workload } from '../../core/domain/workload.ts'
import type { Outage } from '../../core/domain/world.ts'

interface Sellers {
  readonly suppliers: readonly SupplierSpec[]
  readonly outages: readonly Outage[]
  readonly policy: Policy
  /** What each supplier quoted last, whether or not it answers by now. */
  readonly quotesOf: ReadonlyMap<string, readonly Offer[]>
  readonly now: Ms
}

/** Of runs that have found their place nothing is said. */
const placed: ReadonlySet<Reason['why']> = new Set(['kept', 'moving', 'buying'])

/** Who might sell to these runs and does not answer, beyond what the plan says of it. */
export function unanswered(
  { suppliers, outages, policy, quotesOf, now }: Sellers,
  workload: Workload,
  told: readonly Reason[],
): readonly Reason[] {
  const silent = outages.flatMap(({ supplier, since, said }) => {
    const spec = suppliers.find(({ name }) => name === supplier)
    if (!spec || forbiddenBy(spec, workload, policy) !== null) return []
    const quotes = quotesOf.get(supplier) ?? []
    const quoted = bestOf(quotes, workload, now)
    // Who never quoted anything may have sold what is asked for.
    if (quotes.length > 0 && quoted === null) return []
    return [{ why: 'unreachable', supplier, since, said, ...(quoted && { quoted }) } as const]
  })
  return [...Map.groupBy(told, ({ run }) => run)].flatMap(([run, reasons]) => {
    if (reasons.some(({ why }) => placed.has(why))) return []
    const known = new Set(
      reasons.flatMap((each) => (each.why === 'unreachable' ? [each.supplier] : [])),
    )
    return silent
      .filter(({ supplier }) => !known.has(supplier))
      .map((each): Reason => ({ run, ...each }))
  })
}

/** The cheapest that a gang could have been bought at, however many of it were left. */
function bestOf(
  quotes: readonly Offer[],
  { resources, markets, pricePerHourMax }: Workload,
  now: Ms,
) {
  const fitting = quotes.flatMap((offer) => {
    if (!markets.includes(offer.market) || (offer.window?.until ?? now + 1) <= now) return []
    const wish = resources.find(({ accelerator, perNode, fabric }) => {
      if (accelerator !== offer.accelerator || perNode !== offer.perNode) return false
      return fabric === undefined || fabric === offer.fabric
    })
    if (!wish) return []
    const pricePerHour = offer.pricePerHour * wish.nodes
    if (pricePerHour > (pricePerHourMax ?? Number.POSITIVE_INFINITY)) return []
    return [{ offer: offerName(offer), pricePerHour, at: offer.observedAt }]
  })
  const [best = null] = fitting.sort((a, b) => a.pricePerHour - b.pricePerHour)
  return best
}

/** Where it decides between alternatives, what it stands for has to be told before money goes. */
export function unknownChips(
  specs: readonly Spec[],
  throughputs: Readonly<Record<string, number>>,
): readonly string[] {
  return specs.flatMap(({ kind, spec }) => {
    if (kind !== 'Job' && kind !== 'Service') return []
    const { name, resources } = spec
    const all = new Set(resources.map(({ accelerator }) => accelerator))
    if (all.size === 1 || resources.some(({ throughput }) => throughput !== null)) return []
    const unknown = [...all].filter((each) => throughputs[each] === undefined)
    if (unknown.length === 0) return []
    const chips = unknown.join(' and ')
    const stands = `no table knows ${chips}, so a chip counts as one H100`
    return [`${stands} wherever ${name} is placed; state the throughput of its alternatives`]
  })
}
