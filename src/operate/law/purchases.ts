/**
 * What was bought lately, as rights of first refusal count it: all that one workload has of one
 * kind at one supplier together, so that nothing slips through in slices.
 */
import type { Purchase } from '../../core/contracts/rofr/open.ts'
import { dayMs } from '../../core/domain/day.ts'
import type { Lease } from '../../core/domain/lease.ts'

/** Leases that hold capacity, may or shall hold it, or held it once; of each the last is read. */
export function purchasesOf(leases: Iterable<Lease>): readonly Purchase[] {
  const newest = new Map([...leases].map((lease) => [lease.id, lease]))
  const bought = [...newest.values()].filter(isBought)
  const kinds = Map.groupBy(bought, ({ workload, supplier, accelerator, region }) =>
    [workload, supplier, accelerator, region].join(' '),
  )
  return [...kinds.values()].flatMap((all) => {
    const [first] = all
    if (!first) return []
    const { workload, supplier, accelerator, region } = first
    // What was given back and bought anew is no more than what was held at once.
    const gangs = Math.max(1, all.filter(({ state }) => state !== 'gone').length)
    const sizes = all.map(({ perNode, nodes }) => perNode * nodes)
    const accelerators = Math.max(...sizes) * gangs
    const deal = {
      accelerator,
      accelerators,
      region,
      termDays: Math.max(...all.map(daysOf)),
      pricePerHour: Math.max(
        ...all.map((each) => each.pricePerHourMax / (each.perNode * each.nodes)),
      ),
      startAt: first.intendedAt,
    }
    const at = Math.max(...all.map(({ intendedAt }) => intendedAt))
    const facts = { workload: [workload], accelerator: [accelerator], region: [region] }
    return [{ id: workload, at, supplier, deal, facts }]
  })
}

function isBought({ rental, state }: Lease): boolean {
  return rental !== null || state !== 'gone'
}

/** Whether two versions of a lease count alike: most differ in nothing that a right asks about. */
export function areBoughtAlike(one: Lease, other: Lease): boolean {
  const isAsGone = (one.state === 'gone') === (other.state === 'gone')
  if (!isAsGone || isBought(one) !== isBought(other)) return false
  return asked.every((term) => one[term] === other[term])
}

const asked = [
  ...(['workload', 'supplier', 'accelerator', 'region', 'perNode', 'nodes'] as const),
  ...(['pricePerHourMax', 'endsAt', 'intendedAt'] as const),
]

/** For how long it binds us: a block to its end, and what is bought by the hour not at all. */
function daysOf({ endsAt, intendedAt }: Lease): number {
  return endsAt === undefined ? 0 : Math.ceil((endsAt - intendedAt) / dayMs)
}
