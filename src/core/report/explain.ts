/**
 * Says in plain words why a gang runs where it runs, why not elsewhere, and what would have to
 * change. One text for each reason of the planner; no reason is weighed here.
 */
import { formatMoment } from '../domain/day.ts'
import type { Reason } from '../domain/reason.ts'
import { formatDuration, type Ms } from '../domain/time.ts'
import { because, count, gangText, money, percent, perHour, plain } from './phrase.ts'

type Why = Reason['why']
type ReasonOf<Name extends Why> = Extract<Reason, { readonly why: Name }>

export function explain(reason: Reason, now: Ms): string {
  const explainer = explainers[reason.why] as (reason: Reason, now: Ms) => string
  return plain(explainer(reason, now))
}

const explainers: { readonly [Name in Why]: (reason: ReasonOf<Name>, now: Ms) => string } = {
  chosen: ({ offer, pricePerHour, pricePerWork, outOf, paid, preferred, ...more }) => {
    const real = paid === undefined ? '' : ` (${paid})`
    const dollars = `${perHour(pricePerHour)}${afar(more)}`
    const price = `${dollars}, ${perWork(pricePerWork)}${real}`
    if (preferred !== undefined) return `${offer} was chosen at ${price}: ${preferred}`
    return outOf > 1
      ? `${offer} was chosen: at ${price} it is the cheapest of ${outOf} offers that fit`
      : `${offer} was chosen: at ${price} it is the only offer that fits`
  },
  dearer: ({ offer, pricePerHour, pricePerWork, than, offBy, ...more }) => {
    const price = `${perHour(pricePerHour)}${afar(more)}, ${perWork(pricePerWork)}`
    const dearer = `${offer} fits but costs more than ${than}: ${price}`
    if (offBy === undefined) return `${dearer}; it would take a lower price`
    const rough = `the table of chips may be off by ${percent(offBy)} between the two`
    return `${dearer}; ${rough}, so it could as well be cheaper: a throughput of yours would tell`
  },
  left: ({ offer, pricePerHour, worth, isEqual }) => {
    const much = isEqual ? 'as much' : 'less'
    const price = `${offer} costs ${much}, ${perHour(pricePerHour)}, and is left to others`
    return worth > 0 ? `${price}: a node of it saves them ${perHour(worth)}` : price
  },
  kept: ({ lease, offer, pricePerHour, cheaper, saving, carriage, isForNow }) => {
    const kept = `${lease} is kept at ${offer} for ${perHour(pricePerHour)}`
    const now = isForNow ? ' can be had now' : ' fits'
    if (cheaper === null) return `${kept}: nothing that${now} is cheaper`
    const all =
      carriage === undefined ? '' : ` with ${money(carriage)} to carry what it needs there`
    const saves = `${cheaper} would save ${percent(saving)}${all}`
    const why = `${saves}, too little to stop a running gang for`
    return `${kept}: ${why}; a lower move_when_cheaper_by in the policy would move it`
  },
  moving: ({ lease, to, saving, carriage, paid }) => {
    const all = carriage === undefined ? '' : `, ${money(carriage)} to carry what it needs included`
    const saves = `saves ${percent(saving)} of the price of its work`
    const real = paid === undefined ? '' : ` (${paid})`
    return `${lease} is left for ${to}, which ${saves}${all}${real}`
  },
  'no-stock': ({ offer, nodesLeft, nodesNeeded, worth }) => {
    const left = nodesLeft === 0 ? 'has no node left' : `has ${count(nodesLeft, 'node')} left`
    const more = count(nodesNeeded - nodesLeft, 'more node')
    const each = worth === undefined ? '' : `, each worth ${perHour(worth)} to those that buy now`
    return `${offer} ${left} and the gang needs ${nodesNeeded}; it would take ${more}${each}`
  },
  cooling: ({ offer, until, said, saving }, now) => {
    const again = `it is tried again ${soon(until, now)}`
    if (saving === undefined) return `${offer} refused lately${because(said)}; ${again}`
    const saves = `${offer} would save ${percent(saving)} of the price of its work`
    return `${saves}, and refused lately${because(said)}; ${again}`
  },
  'too-dear': ({ offer, pricePerHour, limit, whose }) => {
    const price = `${offer} costs ${perHour(pricePerHour)}, above the ${perHour(limit)} of ${whose}`
    return `${price}; its max_price would have to rise to ${money(pricePerHour)}`
  },
  'over-budget': ({ offer, pricePerHour, left, whose }) => {
    const price = `${offer} costs ${perHour(pricePerHour)}, and ${whose} leaves ${perHour(left)}`
    const rise = `its max_price would have to rise by ${money(pricePerHour - left)}`
    return `${price}; ${rise}, or other capacity be given back`
  },
  spent: ({ offer, pricePerHour, left, whose }) => {
    const price = `${offer} costs ${perHour(pricePerHour)}, and ${whose} has ${money(left)} left`
    return `${price}; it would have to be raised`
  },
  quota: ({ offer, accelerator, needed, held, quota, team, lendable }) => {
    const has = `team ${team} holds ${held} of its ${quota} ${accelerator}`
    const lent = lendable === null ? '' : `, and its cohort can lend it ${lendable} just now`
    return `${offer} is ${needed} ${accelerator}; ${has}${lent}; its quota would have to be raised`
  },
  'not-allowed': ({ supplier, whose }) => {
    return `${supplier} may not be used: ${whose} would have to allow it`
  },
  clause: ({ offer, clause, because: why, remedy, source }) => {
    return `${offer} may not be bought: ${why} (${clause}; ${source}); to change that, ${remedy}`
  },
  'not-offered': ({ accelerator, perNode, fabric, sold = [] }) => {
    const joined = fabric === undefined ? '' : ` joined by ${fabric}`
    const missing = `no supplier offers ${accelerator}:${perNode}${joined} in the market asked for`
    const sellers = sold.map(({ supplier, perNode: sizes }, index) => {
      return `${supplier}${index === 0 ? ` sells ${accelerator}` : ''} by ${either(sizes)}`
    })
    const others = sellers.length === 0 ? '' : `, and ${sellers.join(', ')}`
    return `${missing}${others}; it would take a supplier that does, or another alternative`
  },
  unreachable: ({ supplier, since, said, quoted }, now) => {
    const span = formatDuration(now - since)
    const cannot = `${supplier} cannot be used for ${span} now${because(said)}`
    if (quoted === undefined) return `${cannot}; it would have to answer`
    const { offer, pricePerHour, at } = quoted
    const last = `${offer} cost ${perHour(pricePerHour)} on ${formatMoment(at)}`
    return `${cannot}; ${last}, and it would have to answer`
  },
  spread: (place) => {
    const remedy = 'a lower spread would allow it'
    if (!('replicas' in place)) {
      const there = `one more replica with ${place.supplier} in ${place.region}`
      return `${there} would leave too few places to spread the others over; ${remedy}`
    }
    const [name, over] =
      'supplier' in place ? [place.supplier, 'suppliers'] : [place.region, 'regions']
    const has = `${name} has ${count(place.replicas, 'replica')} already`
    return `${has}, and the service is to be spread over ${over}; ${remedy}`
  },
  buying: ({ lease, offer, state, notBefore }, now) => {
    const bought = `${lease} at ${offer} is ${state}`
    const rest = 'nothing else is bought until that is settled'
    if (notBefore === undefined) return `${bought}; ${rest}`
    const hidden = 'so that its moment does not tell when that was decided'
    return `${bought} and is asked for ${soon(notBefore, now)}, ${hidden} (shaping); ${rest}`
  },
  learnt: ({ share, fromMs, ...gang }) => {
    const does = `${gangText(gang)} does ${percent(share)} of the work that was expected of it`
    return `${does}, learnt from ${formatDuration(fromMs)} of its own steps`
  },
  'not-yet': ({ offer, pricePerHour, from, saving }, now) => {
    const opens = `${offer} opens ${soon(from, now)}, on ${formatMoment(from)}`
    const price = `${opens}, at ${perHour(pricePerHour)}`
    if (saving === undefined) return `${price}; it is not for sale before`
    return `${price}, and would save ${percent(saving)} of the price of its work; not before`
  },
  'too-short': ({ offer, until, neededMs }, now) => {
    const [left, needed] = [Math.max(0, until - now), neededMs].map(formatDuration)
    const ends = `${offer} ends on ${formatMoment(until)}, in ${left}`
    return `${ends}; it would have to last for ${needed} to be worth going there`
  },
  fencing: ({ until, epoch }, now) => {
    return `epoch ${epoch} may still be running somewhere; the next start is ${soon(until, now)}`
  },
  hunting: ({ does, deadline, workLeftMs, offer, pricePerHour, ...more }, now) => {
    const [left, until] = [workLeftMs, deadline - now].map(formatDuration)
    const time = `${left} of work are left, and ${until} until its deadline`
    if (does === 'waits') return `it waits for spot capacity: ${time}`
    const what =
      offer === undefined ? '' : `, ${offer} at ${perHour(pricePerHour ?? 0)}${afar(more)}`
    if (does === 'tries') return `it asks for spot capacity while there is time${what}: ${time}`
    if (does === 'pays') {
      const found = offer === undefined ? 'needs' : 'takes'
      return `it ${found} what stays until released${what}, to be in time: ${time}`
    }
    return `where it runs is the cheapest way to be in time: ${time}`
  },
  'backing-off': ({ until, exitCode }, now) => {
    const code = exitCode === null ? '' : ` with exit code ${exitCode}`
    return `it failed${code} and is started again ${soon(until, now)}`
  },
}

function either(sizes: readonly number[]): string {
  const last = sizes.at(-1)
  return sizes.length < 2 ? `${last}` : `${sizes.slice(0, -1).join(', ')} or ${last}`
}

interface Afar {
  readonly egressPerHour?: number
  readonly carriage?: number
}

/** What comes on top of the price of machines. */
function afar({ egressPerHour, carriage }: Afar): string {
  const read = egressPerHour ? ` and ${perHour(egressPerHour)} to read its data` : ''
  return carriage ? `${read} and ${money(carriage)} once to carry what it needs there` : read
}

function perWork(micros: number): string {
  return `${money(Math.round(micros))} per unit of work`
}

function soon(until: Ms, now: Ms): string {
  return until > now ? `in ${formatDuration(until - now)}` : 'at the next turn'
}
