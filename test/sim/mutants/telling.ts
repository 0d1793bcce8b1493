/**
 * Bugs of telling: what leaves the house tells its reader of somebody else.
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
    'channel: [clause.channel, thirdParty].join(),',
  ),
]
