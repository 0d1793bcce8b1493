/**
 * How long a gang that has no place may have to wait for one, as far as anything tells: when a
 * block opens, and what was learnt of how spot capacity comes and goes.
 *
 * Says nothing of what is sold until released: nobody learns when that is sold again.
 */
import { offerName } from '../../domain/offer.ts'
import type { Reason } from '../../domain/reason.ts'
import type { Ms } from '../../domain/time.ts'
import type { World } from '../../domain/world.ts'
import { returning } from '../../hunt/belief.ts'
import { poolOf } from '../../hunt/lessons.ts'

const stepMs = 5 * 60_000
/** What is further off than this nobody can tell from a few days of answers. */
const farMs = 48 * 3_600_000

/**
 * Within so long a place is as likely there as not, by the reasons why it has none now; null where
 * nothing tells.
 */
export function waitOf({ now, offers, belief }: World, reasons: readonly Reason[]): Ms | null {
  const waits = reasons.flatMap((reason) => {
    if (reason.why === 'not-yet') return [reason.from - now]
    if (reason.why !== 'no-stock' && reason.why !== 'cooling') return []
    const offer = offers.find((each) => offerName(each) === reason.offer)
    if (offer?.market !== 'spot') return []
    const { supplier, id, region } = offer
    const pool = poolOf({ supplier, offer: id, region })
    // What was never asked and never quoted has shown nothing: its neighbours are a mere guess.
    if (!belief.pools[pool.id]) return []
    const backIn = returning(belief, pool, now)
    if (backIn(farMs) < 1 / 2) return []
    let spanMs = stepMs
    while (backIn(spanMs) < 1 / 2) spanMs += stepMs
    return [spanMs]
  })
  return waits.length > 0 ? Math.max(0, Math.min(...waits)) : null
}
