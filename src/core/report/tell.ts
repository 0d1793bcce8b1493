/**
 * Tells what happened in plain words: one sentence an event, for every kind of event there is.
 *
 * A fact that is missing leaves its phrase out or shows a question mark; it is never an error.
 */
import type { Event, EventKind } from '../domain/event.ts'
import { formatDuration } from '../domain/time.ts'
import type { EventFacts } from './facts.ts'
import { because, count, gangText, money, perHour, plain } from './phrase.ts'

export function tell(event: Event): string {
  const teller = tellers[event.kind] as ((event: Event, facts: object) => string) | undefined
  return plain(teller?.(event, event.facts) ?? event.kind)
}

/** Any of the facts, for they may come from an older version. */
type Facts = Partial<
  Readonly<Record<'offer' | 'accelerator', string> & Record<'perNode' | 'nodes', number>>
>

type Tellers = {
  readonly [Kind in EventKind]: (event: Event, facts: Partial<EventFacts[Kind]>) => string
}

const tellers: Tellers = {
  'workload.submitted': ({ workload }, { kind, change, generation }) => {
    return `${kind ?? 'workload'} ${workload ?? '?'} was ${submitted(change, generation)}`
  },
  'workload.deleting': ({ workload }) => `${workload ?? '?'} is being deleted`,
  'workload.ended': ({ workload }, facts) => {
    return `${workload ?? '?'} has ${facts.state ?? 'ended'}${because(facts.because)}`
  },

  'supplier.submitted': ({ supplier }, { change, generation }) => {
    return `supplier ${supplier ?? '?'} was ${submitted(change, generation)}`
  },
  'supplier.deleted': ({ supplier }) => `supplier ${supplier ?? '?'} was deleted`,
  'supplier.unreachable': ({ supplier }, { said }) => {
    return `${supplier ?? 'a supplier'} does not answer${because(said)}`
  },
  'supplier.reachable': ({ supplier }) => `${supplier ?? 'a supplier'} can be used again`,
  'supplier.quarantined': ({ supplier }, { said }) => {
    return `nothing more is bought at ${supplier ?? 'a supplier'}${because(said)}`
  },

  'supplier.standing': ({ supplier }, { from, to, by, reason }) => {
    const whole = `${supplier ?? 'a supplier'} is ${to ?? '?'}, no longer ${from ?? '?'}`
    return `${whole}, says ${by ?? '?'}${because(reason)}`
  },
  'policy.submitted': (_, { name, change, generation }) => {
    return `policy ${name ?? '?'} was ${submitted(change, generation)}`
  },
  'contract.submitted': (_, { name, change, generation }) => {
    return `contract ${name ?? '?'} was ${submitted(change, generation)}`
  },
  'waiver.given': (_, { clause, kind, by, inForce, reason }) => {
    const said = kind === 'granted' ? 'was waived by the other side' : 'was set aside'
    const more = inForce === false ? ', which takes a second person' : ''
    return `${clause ?? 'a clause'} ${said}, says ${by ?? '?'}${more}${because(reason)}`
  },
  'option.taken': (_, { clause, quantity, by, inForce, paper }) => {
    const more = inForce === false ? ', which takes a second person' : ''
    const whole = `${quantity ?? 'capacity'} of the option ${clause ?? '?'}`
    return `we take ${whole}, says ${by ?? '?'}${more}${because(paper)}`
  },
  'law.recorded': (_, { record, about, supplier, levels, by, document }) => {
    const [what, where] = [about ?? '?', supplier ?? '?']
    const said: Readonly<Record<string, string>> = {
      'first-look': `whoever has ${what} was asked first`,
      inability: `${where} cannot carry ${what}`,
      excuse: `what was down at ${where} was so for ${what}`,
      index: `${what} was noted for ${count(levels ?? 0, 'day')}`,
    }
    const text = said[`${record}`] ?? `${what} was launched at ${where}`
    return `${text}, says ${by ?? '?'}${because(document)}`
  },

  'plan.committed': (_, { generation, actions }) => {
    return `plan ${generation ?? '?'} was committed with ${count(actions ?? 0, 'action')}`
  },
  'plan.rejected': (_, { generation, faults }) => {
    return `plan ${generation ?? '?'} broke a rule and was not carried out${because(faults)}`
  },

  'lease.intended': (event, facts) => {
    const limit = perHour(facts.pricePerHour)
    const { notBefore, waivers } = facts
    const under = waivers === undefined ? '' : ` under ${waivers}`
    const later = notBefore === undefined ? '' : `, and asks for it${within(event, notBefore)}`
    return `${forRun(event)}: will buy ${bought(event, facts)} for at most ${limit}${under}${later}`
  },
  'lease.asked': (event, facts) => {
    const again = (facts.call ?? 1) > 1 ? `, call ${facts.call}` : ''
    return `${forRun(event)}: asked for ${bought(event, facts)}${again}`
  },
  'lease.unsure': (event, { said }) => {
    return `nobody knows yet whether ${seller(event)} sold ${leased(event)}${because(said)}`
  },
  'lease.refused': (event, { kind, said, settled }) => {
    const why = kind ? because(kind).replaceAll('-', ' ') : because(said)
    const more = kind && said && said !== kind ? ` (${said})` : ''
    const doubt = settled === false ? '; a listing has to confirm it' : ''
    return `${seller(event)} refused ${leased(event)}${why}${more}${doubt}`
  },
  'lease.held': (event, facts) => {
    const how = facts.adopted ? 'found as bought' : 'bought'
    return `${forRun(event)}: ${how} ${bought(event, facts)} for ${perHour(facts.pricePerHour)}`
  },
  'lease.ready': (event, facts) => `${forRun(event)}: ${bought(event, facts)} is ready`,
  'lease.notice': (event, { until }) => {
    return `${seller(event)} takes ${leased(event)} back${within(event, until)}`
  },
  'lease.unwanted': (event, facts) => {
    return `${leased(event)} at ${seller(event)} is not wanted any more${because(facts.because)}`
  },
  'lease.releasing': (event, facts) => {
    return `${leased(event)} is being given back to ${seller(event)}${because(facts.because)}`
  },
  'lease.gone': (event, facts) => `${leased(event)} ${gone(event, facts)}`,

  'orphan.releasing': (event, { rental }) => {
    const owner = event.lease === null ? 'no lease' : `not even ${event.lease}`
    return `rental ${rental ?? '?'} is being given back to ${seller(event)}: ${owner} needs it`
  },
  'charge.opened': (event, facts) => {
    const price = perHour(facts.pricePerHour)
    return `${seller(event)} began to charge ${price} for ${charged(event, facts)}`
  },
  'charge.closed': (event, facts) => {
    const { from, to } = facts
    const span = from != null && to != null ? ` for ${formatDuration(to - from)} of` : ' for'
    return `${seller(event)} charged ${money(facts.amount)}${span} ${charged(event, facts)}`
  },

  'invoice.taken': (event, { number, lines, total, by }) => {
    const size = `${count(lines ?? 0, 'line')}, ${money(total)}`
    return `invoice ${number ?? '?'} of ${seller(event)} came in: ${size}, brought by ${by ?? '?'}`
  },
  'rofr.moved': (_, facts) => {
    const of = plain(facts.case ?? '?')
    return `${of} is ${facts.step ?? '?'}, by ${plain(facts.by ?? '?')}${because(facts.why)}`
  },

  'run.created': (event) => `${forRun(event)} is to run`,
  'run.started': (event, { epoch, lease }) => {
    return `${forRun(event)} started on ${lease ?? leased(event)}, epoch ${epoch ?? '?'}`
  },
  'run.fencing': (event, facts) => {
    const until = within(event, facts.until)
    return `${forRun(event)} is fenced off and can go on elsewhere${until}${because(facts.because)}`
  },
  'run.draining': (event, facts) => `${forRun(event)} is being stopped${because(facts.because)}`,
  'run.waiting': (event, facts) => {
    return `${forRun(event)} has stopped and waits for its next start${because(facts.because)}`
  },
  'run.ended': (event, { state, exitCode, because: why }) => {
    const code = exitCode == null || exitCode === 0 ? '' : ` with exit code ${exitCode}`
    return `${forRun(event)} ${state === 'failed' ? 'failed' : 'is done'}${code}${because(why)}`
  },

  'node.joined': (event, { machine }) => {
    return `machine ${machine ?? '?'} of ${leased(event)} reported for work`
  },
  'rank.exited': (event, { rank, exitCode }) => {
    return `rank ${rank ?? '?'} of ${forRun(event)} ended with exit code ${exitCode ?? '?'}`
  },
  // Where a replica answers is for gateways to know, not for every reader.
  'replica.ready': (event) => `${forRun(event)} answers and gets requests`,
  'replica.lost': (event, facts) =>
    `${forRun(event)} gets no more requests${because(facts.because)}`,
  'checkpoint.accepted': (event, { step, epoch }) => {
    return `${event.workload ?? '?'} saved step ${step ?? '?'}, epoch ${epoch ?? '?'}`
  },
  'checkpoint.refused': (event, { step, epoch }) => {
    const saved = `step ${step ?? '?'} that ${event.workload ?? '?'} saved`
    return `${saved} was refused: epoch ${epoch ?? '?'} is fenced off`
  },
  'checkpoint.withheld': (event, { job, because: why }) => {
    const machine = `a machine of ${event.lease ?? '?'}`
    return `${machine} was not told what ${job ?? '?'} saved${because(why)}`
  },

  'token.created': (_, { name, role, person = name }) => {
    const whose = person === name ? '' : ` for ${person}`
    return `token ${name ?? '?'} was created with role ${role ?? '?'}${whose}`
  },
  'token.revoked': (_, { name }) => `token ${name ?? '?'} was revoked`,
  'leadership.taken': (_, { holder, epoch }) => {
    return `${holder ?? 'a control plane'} leads now, epoch ${epoch ?? '?'}`
  },
}

function submitted(change: string | undefined, generation: number | undefined): string {
  return change === 'changed' ? `changed, generation ${generation ?? '?'}` : 'submitted'
}

/** A run is known by its name; some events of leases tell only their workload. */
function forRun({ run, workload }: Event): string {
  return run ?? workload ?? 'a run'
}

function leased({ lease }: Event): string {
  return lease ?? 'a lease'
}

function seller({ supplier }: Event): string {
  return supplier ?? 'the supplier'
}

/** `H100:8 x2 at rival (gpu-h100)`. */
function bought({ supplier }: Event, { offer, accelerator, perNode, nodes }: Facts): string {
  const gang =
    accelerator && perNode && nodes ? gangText({ accelerator, perNode, nodes }) : 'capacity'
  return `${gang} at ${supplier ?? 'a supplier'}${offer ? ` (${offer})` : ''}`
}

function charged(
  { lease }: Event,
  { rental, account }: { readonly rental?: string; readonly account?: string },
): string {
  return `${lease ?? `rental ${rental ?? '?'}`}${account === 'waste' ? ', which is waste' : ''}`
}

function within({ at }: Event, until: number | null | undefined): string {
  return until == null ? '' : ` in ${formatDuration(until - at)}`
}

function gone(event: Event, { end, because: why }: Partial<EventFacts['lease.gone']>): string {
  switch (end) {
    case 'void':
      return `was never asked for${because(why)}`
    case 'refused':
      return `was refused by ${seller(event)}${because(why)}`
    case 'absent':
      return `was never sold: ${seller(event)} does not list it`
    case 'released':
      return `was given back to ${seller(event)}${because(why)}`
    case 'lost':
      return `was ended by ${seller(event)}`
    default:
      return 'is gone'
  }
}
