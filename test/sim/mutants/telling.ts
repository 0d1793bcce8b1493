/**
 * Bugs of telling: what leaves the house tells its reader of somebody else, or whose clock it is
 * that tells the time is forgotten.
 */
import { type Mutant, mutant } from './mutant.ts'

const act = 'src/operate/act.ts'

export const telling: readonly Mutant[] = [
  mutant(
    'told-for-whom',
    'a supplier is told for which workload it sells',
    act,
    'const { serverUrl: server, deadManMs } = settings',
    `const { serverUrl, deadManMs } = settings
  const server = \`\${serverUrl}?for=\${lease.workload}\``,
  ),
  mutant(
    'rival-price-told',
    'the ceiling of a purchase is what the dearest supplier asks, so that all learn its price',
    act,
    'const { key, offer, nodes, pricePerHourMax, supplier } = lease',
    `const { key, offer, nodes, supplier } = lease
  const prices = watch.offers().map((each) => each.pricePerHour * nodes)
  const pricePerHourMax = Math.max(lease.pricePerHourMax, ...prices)`,
  ),
  mutant(
    'holder-told-of-rival',
    'whoever may refuse first is told with whom it competes',
    'src/core/contracts/rofr/notice.ts',
    'channel: clause.channel,',
    'channel: [clause.channel, of.thirdParty].join(),',
  ),
  mutant(
    'secret-told',
    'whoever may refuse first is told a price that a contract keeps from it',
    'src/core/contracts/clearance.ts',
    'return kept ?? null',
    'return null',
  ),
  {
    ...mutant(
      'quotes-by-their-clock',
      'what was called for is held against when a supplier says that it made its quote',
      'src/operate/watch.ts',
      "seenAt(askedAt, goodsOf(await ask('offers', eye.socket.offers())))",
      "goodsOf(await ask('offers', eye.socket.offers()))",
    ),
    twice: true,
  },
  {
    ...mutant(
      'notice-by-our-clock',
      'a notice counts only until its end, which its supplier told by another clock',
      'src/core/acquire/settle.ts',
      'if (rental.noticeUntil !== null && lease.noticeUntil === null) {',
      'if (rental.noticeUntil !== null && rental.noticeUntil > now && !lease.noticeUntil) {',
    ),
    twice: true,
  },
]
