/**
 * What people do about it in a scenario: the very acts of the command line, at the control plane
 * that answers. A refusal comes back in words; nothing is forced.
 */
import type { RofrStep } from '../../core/domain/contract.ts'
import { dayMs } from '../../core/domain/day.ts'
import type { Spec } from '../../core/domain/spec.ts'
import { type Standing, standingMoves, standingOf } from '../../core/domain/supplier.ts'
import { keep } from '../../operate/law/record.ts'
import { decideRight, giveNotice, openRight, rightsOf } from '../../operate/law/rofr.ts'
import { waive } from '../../operate/law/waive.ts'
import { decideStanding } from '../../operate/standing.ts'
import { submit } from '../../operate/submit.ts'
import type { Ledger } from '../../ports/ledger.ts'
import type { Plant } from '../plant.ts'
import { keys } from '../world.ts'
import type { Happening } from './scenario.ts'

type Of<Do extends Happening['do']> = Extract<Happening, { readonly do: Do }>

export type Deed = Of<
  'apply' | 'supplier-standing' | 'rofr-notice' | 'rofr-answer' | 'waive' | 'record' | 'index'
>

/** Why it was refused; null where it is done. */
export type Done = Promise<string | null>

const by = 'people'

/** `specs` are those of the file, where one is submitted. */
export function carryOut(what: Deed, { ledger, operator }: Plant, specs: readonly Spec[]): Done {
  switch (what.do) {
    case 'apply':
      return applied(ledger, specs)
    case 'supplier-standing':
      return judged(ledger, what)
    case 'rofr-notice':
      return noticed(ledger, what, operator.offers())
    case 'rofr-answer':
      return answered(ledger, what)
    case 'waive':
      return waived(ledger, what)
    case 'record':
      return recorded(ledger, what)
    case 'index':
      return noted(ledger, what)
  }
}

async function applied(ledger: Ledger, specs: readonly Spec[]): Done {
  const done = await submit(ledger, specs, null)
  return done.outcome === 'conflict' ? done.why : null
}

/** By every state on the shortest way there, as the table of moves has it. */
async function judged(ledger: Ledger, { supplier, state, reason }: Of<'supplier-standing'>): Done {
  const row = await ledger.get('supplier', supplier)
  if (!row) return `there is no supplier ${supplier} on the list`
  for (const next of wayTo(state, [[standingOf(row.body)]])) {
    const done = await decideStanding(ledger, { supplier, state: next, reason, by })
    if (done.outcome === 'refused') return done.why
  }
  return null
}

/** Every state can become every other one, so this ends. */
function wayTo(state: Standing, ways: readonly (readonly Standing[])[]): readonly Standing[] {
  const found = ways.find((way) => way.at(-1) === state)
  if (found) return found.slice(1)
  const longer = ways.flatMap((way) => {
    return standingMoves[way.at(-1) ?? 'active'].map((next) => [...way, next])
  })
  return wayTo(state, longer)
}

async function noticed(
  ledger: Ledger,
  { workload, offer }: Of<'rofr-notice'>,
  offers: ReturnType<Plant['operator']['offers']>,
): Done {
  const opened = await openRight(ledger, { workload, offer, by }, offers)
  if (opened.outcome === 'refused') return opened.why
  for (const { id, step } of opened.cases) {
    if (step !== 'triggered') continue
    const order = { id, by, proof: 'a receipt', nonce: 'a nonce' }
    const done = await giveNotice(ledger, order, keys.digest)
    if ('why' in done) return done.why
  }
  return null
}

const unanswered: ReadonlySet<RofrStep> = new Set(['triggered', 'noticed'])

async function answered(ledger: Ledger, { workload, offer, answer }: Of<'rofr-answer'>): Done {
  const open = rightsOf(await ledger.read()).filter(({ id, step }) => {
    return unanswered.has(step) && id.replace(/#\d+$/, '').endsWith(`/${workload}@${offer}`)
  })
  if (open.length === 0) return `no case of ${workload} at ${offer} waits for an answer`
  const move =
    answer === 'decline'
      ? ({ event: 'decline' } as const)
      : ({ event: 'waive', digest: 'a letter' } as const)
  for (const { id } of open) {
    const done = await decideRight(ledger, { id, by, move })
    if (done.outcome === 'refused') return done.why
  }
  return null
}

async function waived(ledger: Ledger, { clause, kind, until, reason }: Of<'waive'>): Done {
  for (const person of kind === 'granted' ? [by] : ['ann', 'ben']) {
    const done = await waive(ledger, { clause, kind, until, reason, by: person })
    if (done.outcome === 'refused') return done.why
  }
  return null
}

async function recorded(ledger: Ledger, what: Of<'record'>): Done {
  const { record: kind, product, supplier, document } = what
  const at = await ledger.now()
  const done = await keep(ledger, { kind, product, supplier, document, at, by })
  return done.outcome === 'refused' ? done.why : null
}

async function noted(ledger: Ledger, what: Of<'index'>): Done {
  const { index, value, unit, document } = what
  const now = await ledger.now()
  const levels = [{ at: now - (now % dayMs), value }]
  const done = await keep(ledger, { kind: 'index', index, unit, levels, document, by })
  return done.outcome === 'refused' ? done.why : null
}
