/**
 * What the hunter is told of moves between regions: what each costs, how long the longest takes,
 * and where what is sold for sure would need the least carrying.
 */
import type { Lease } from '../../domain/lease.ts'
import { type Offer, offerName } from '../../domain/offer.ts'
import type { Job } from '../../domain/workload.ts'
import type { Hunted } from '../../hunt/hunt.ts'
import { poolOf } from '../../hunt/lessons.ts'
import { type Carriage, carriageFrom, carriageTo, costOfCarriage } from '../gravity/carriage.ts'
import type { Candidate } from '../score.ts'
import type { View } from '../view.ts'

type Haul = Required<Pick<Hunted, 'egress'>> & Pick<Hunted, 'carryMs' | 'near'>

const nothing: Haul = { egress: {} }

/** A region of one supplier, and the least that the gang pays an hour there. */
interface Site {
  readonly region: string
  readonly pricePerHour: number
}

/** `home` is where it runs. What is carried costs what it costs, and machines that wait for it. */
export function haulOf(
  { world, baggages }: View,
  job: Job,
  goods: ReadonlyMap<string, Candidate>,
  home: Lease | null,
): Haul {
  // A checkpoint that is not there yet will be: only who states no size has nothing to carry.
  if (!world.policy.egress || !(job.checkpoint?.gb || job.data?.gb)) return nothing
  const sites = sitesOf(goods)
  const egress: Record<string, number> = {}
  let carryMs = 0
  const note = (way: string, carriage: Carriage, to: Site) => {
    const cost = costOfCarriage(carriage, to.pricePerHour)
    if (cost > 0) egress[way] = cost
    carryMs = Math.max(carryMs, carriage.ms)
  }
  const homeSite = home ? [[poolOf(home).region, { region: home.region }] as const] : []
  const froms = new Map<string, Pick<Site, 'region'>>([...sites, ...homeSite])
  const baggage = baggages.get(job.name)
  for (const [to, site] of sites) {
    if (baggage) note(`>${to}`, carriageTo(world, baggage, site.region), site)
    for (const [from, { region }] of froms) {
      note(`${from}>${to}`, carriageFrom(world, job, region, site.region), site)
    }
  }
  return { egress, carryMs, near: nearOf(goods) }
}

function sitesOf(goods: ReadonlyMap<string, Candidate>): ReadonlyMap<string, Site> {
  const sites = new Map<string, Site>()
  for (const { offer, pricePerHour } of goods.values()) {
    const at = siteOf(offer)
    const known = sites.get(at)
    if (known && known.pricePerHour <= pricePerHour) continue
    sites.set(at, { region: offer.region, pricePerHour })
  }
  return sites
}

function siteOf({ supplier, id: offer, region }: Offer): string {
  return poolOf({ supplier, offer, region }).region
}

/** The cheapest of each region that is sold for sure: goods come cheapest first. */
function nearOf(goods: ReadonlyMap<string, Candidate>): readonly string[] {
  const near = new Map<string, string>()
  for (const { offer } of goods.values()) {
    if (offer.market !== 'on-demand' || near.has(offer.region)) continue
    near.set(offer.region, offerName(offer))
  }
  return [...near.values()].slice(0, nearMax)
}

/** More than these are dearer, and take long to weigh. */
const nearMax = 4
