/**
 * Turns what was found into the few reasons that tell most, best first.
 *
 * What is the same for a whole supplier is said once. Never more than twelve reasons for one run:
 * an explanation that nobody reads explains nothing.
 */
import { offerName } from '../domain/offer.ts'
import type { MarketFacts } from '../domain/plan.ts'
import type { Reason } from '../domain/reason.ts'
import { type Refused, type Survey, shownMax } from './choose.ts'
import type { Candidate } from './score.ts'
import { shapeOf } from './view.ts'

export const reasonsMax = 12

/** `chosen` is null where nothing could be had; `market` where gangs were looked at one by one. */
export function explain(
  run: string,
  chosen: Candidate | null,
  survey: Survey,
  market: MarketFacts | null,
): readonly Reason[] {
  const reasons = [
    ...(chosen ? [chosenAt(run, chosen, survey)] : []),
    ...(chosen ? survey.crowded : []),
    ...(chosen ? left(run, chosen, survey, market) : []),
    ...(chosen ? dearer(run, chosen, survey) : []),
    ...notOffered(run, survey),
    ...refusals(survey.refused),
  ]
  return reasons.slice(0, reasonsMax)
}

function chosenAt(run: string, chosen: Candidate, { outOf, preferred }: Survey): Reason {
  const { pricePerHour, pricePerWork } = chosen
  const offer = offerName(chosen.offer)
  const paid = chosen.because === null ? {} : { paid: chosen.because }
  const first = preferred === null ? {} : { preferred }
  const rest = { ...egress(chosen), ...paid, ...first }
  return { run, why: 'chosen', offer, pricePerHour, pricePerWork, outOf, ...rest }
}

function egress({ egressPerHour, ...each }: Candidate) {
  return { ...(egressPerHour !== 0 && { egressPerHour }), ...carriage(each) }
}

/** What is paid once, where that is anything. */
export function carriage({ carriage: paid }: Pick<Candidate, 'carriage'>) {
  return paid === 0 ? {} : { carriage: paid }
}

/** Offers no dearer that could have been had, and that others of this plan have more use for. */
function left(
  run: string,
  chosen: Candidate,
  { cheaper }: Survey,
  market: MarketFacts | null,
): readonly Reason[] {
  return cheaper.map(({ offer, pricePerHour, pricePerWork }) => {
    const name = offerName(offer)
    const worth = market?.prices.find((price) => price.offer === name)?.perNodeHour ?? 0
    const isEqual = pricePerWork === chosen.pricePerWork ? ({ isEqual: true } as const) : {}
    return { run, why: 'left', offer: name, pricePerHour, worth, ...isEqual }
  })
}

function dearer(run: string, chosen: Candidate, survey: Survey): readonly Reason[] {
  return survey.dearer.map((each) => ({
    run,
    why: 'dearer',
    offer: offerName(each.offer),
    pricePerHour: each.pricePerHour,
    pricePerWork: each.pricePerWork,
    ...egress(each),
    than: offerName(chosen.offer),
  }))
}

function notOffered(run: string, { notOffered: shapes }: Survey): readonly Reason[] {
  const named = shapes.map((each) => {
    return [`${shapeOf(each.alternative)} ${each.alternative.fabric ?? ''}`, each] as const
  })
  return [...new Map(named).values()].map(({ alternative, sold }) => {
    const { accelerator, perNode, fabric } = alternative
    const joined = fabric === undefined ? {} : { fabric }
    const otherwise = sold.length === 0 ? {} : { sold: sold.slice(0, shownMax) }
    return { run, why: 'not-offered', accelerator, perNode, ...joined, ...otherwise }
  })
}

/** What holds for a supplier first, each supplier once; then what holds for an offer. */
function refusals(refused: readonly Refused[]): readonly Reason[] {
  const ofSuppliers = new Map<string, Reason>()
  const ofOffers: Reason[] = []
  for (const { reason } of refused) {
    if ('supplier' in reason) ofSuppliers.set(reason.supplier, reason)
    else ofOffers.push(reason)
  }
  return [...ofSuppliers.values(), ...ofOffers]
}
