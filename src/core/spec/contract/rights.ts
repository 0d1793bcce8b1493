/**
 * Clauses about where we may buy, place, start and tell.
 */
import { z } from 'zod'
import { secrets } from '../../domain/clause.ts'
import { choice, flag, map, whole } from '../field.ts'
import { days, line, parties, scope, share, window, words } from './field.ts'
import { canonicalScope, clauseKind } from './terms.ts'

const dealTerms = [
  'price_per_hour',
  'accelerators',
  'start',
  'term',
  'accelerator',
  'region',
  'security_class',
] as const

const exclusivity = clauseKind(
  'exclusivity',
  { except: z.array(scope, { error: 'a list of scopes' }).optional() },
  ({ except = [] }, _given, canonical) => {
    return { except: except.map((each) => canonicalScope(each, canonical)) }
  },
)

const rofr = clauseKind(
  'rofr',
  {
    trigger: choice(['binding-offer', 'accepted-loi']).optional(),
    window: window.optional().describe('How long the holder has after the notice'),
    channel: line.optional().describe('How a notice is delivered'),
    match: choice(['same-terms', 'price-only']).optional(),
    disclose: z.array(choice(dealTerms), { error: 'a list of terms' }).optional(),
    tail: days.optional().describe('How long we are free after a refusal'),
    tolerance: map('a map with share and start', {
      share: share.optional(),
      start: days.optional(),
    }).optional(),
    partial: flag.optional().describe('Whether the holder may take a part'),
    priority: whole(1, 100).optional().describe('The lower is asked first'),
    aggregate: days.optional().describe('Purchases within this span count as one'),
    at_least: whole(1, 100_000_000).optional().describe('Fewer accelerators trigger nothing'),
    long_stop: days.optional().describe('How long a holder who matched has to sign'),
  },
  (terms, given) => ({
    trigger: given('trigger', terms.trigger, 'binding-offer'),
    window: given('window', terms.window, { days: 20, counted: 'business' }),
    channel: given('channel', terms.channel, 'registered e-mail to the address for notices'),
    match: given('match', terms.match, 'same-terms'),
    disclose: given('disclose', terms.disclose, [
      'price_per_hour',
      'accelerators',
      'start',
      'term',
    ]),
    tailDays: given('tail', terms.tail, 90),
    tolerancePpm: given('tolerance', terms.tolerance?.share, 0),
    toleranceDays: given('tolerance', terms.tolerance?.start, 0),
    partialAllowed: given('partial', terms.partial, false),
    priority: given('priority', terms.priority, 1),
    aggregateDays: given('aggregate', terms.aggregate, 90),
    acceleratorsMin: given('at_least', terms.at_least, 1),
    longStopDays: given('long_stop', terms.long_stop, 60),
  }),
)

const rofo = clauseKind('rofo', { window: window.optional() }, (terms, given) => ({
  window: given('window', terms.window, { days: 10, counted: 'business' }),
}))

const launchFirst = clauseKind('launch_first', { lag: days.optional() }, (terms, given) => ({
  lagDays: given('lag', terms.lag, 0),
}))

const preferredOverflow = clauseKind('preferred_overflow', { order: parties }, ({ order }) => ({
  order,
}))

const residency = clauseKind('residency', { jurisdictions: words }, ({ jurisdictions }) => ({
  jurisdictions,
}))

const security = clauseKind('security', { controls: words }, ({ controls }) => ({ controls }))

const exportControl = clauseKind(
  'export',
  { jurisdictions: words.optional(), end_users: words.optional() },
  ({ jurisdictions = [], end_users = [] }) => ({ jurisdictions, endUsers: end_users }),
)

const confidentiality = clauseKind(
  'confidentiality',
  {
    secrets: z.array(choice(secrets), { error: 'a list of secrets' }).optional(),
    audience: parties.optional().describe('Who may learn them besides the two sides'),
  },
  ({ secrets: kept, audience = [] }, given) => ({
    secrets: given('secrets', kept, [...secrets]),
    audience,
  }),
)

export const rights = [
  exclusivity,
  rofr,
  rofo,
  launchFirst,
  preferredOverflow,
  residency,
  security,
  exportControl,
  confidentiality,
] as const
