/**
 * Invariants of the ledger: one writer, nothing lost that was taken, and charges that equal what
 * suppliers will ask for.
 */
import type { Charge } from '../domain/charge.ts'
import { chargeId } from '../domain/charge.ts'
import { civilOf, msOfCivil } from '../domain/day.ts'
import { costOf } from '../domain/money.ts'
import type { Evidence, Sale } from './evidence.ts'

/** [I9] Leadership passes on in epochs that strictly rise. */
export function oneLeader({ events }: Evidence): string[] {
  let before = 0
  return events.flatMap(({ kind, facts, seq }) => {
    if (kind !== 'leadership.taken') return []
    const epoch = Number(facts.epoch)
    const fault = epoch > before ? [] : [`event ${seq}: epoch ${epoch} followed epoch ${before}`]
    before = epoch
    return fault
  })
}

/** [I10] What people were told is taken is in the ledger, and comes to its end. */
export function nothingSubmittedIsLost(evidence: Evidence): string[] {
  const { acknowledged, workloads, events, settled } = evidence
  const rows = new Map(workloads.map((status) => [status.spec.name, status]))
  const told = new Set(
    events.map(({ kind, facts }) =>
      kind === 'workload.submitted' ? `${facts.name} ${facts.generation}` : '',
    ),
  )
  return (acknowledged ?? []).flatMap(({ workload, generation }) => {
    const row = rows.get(workload)
    if (!row) return [`${workload} was taken, and is not in the ledger`]
    if (row.spec.generation < generation) return [`generation ${generation} of ${workload} is lost`]
    if (!told.has(`${workload} ${generation}`)) return [`no event tells that ${workload} was taken`]
    return settled && row.endedAt === null ? [`${workload} never came to an end`] : []
  })
}

/** [I10] What was deleted is over only once no lease of it is in force. */
export function nothingOutlivesItsWorkload({ events }: Evidence): string[] {
  const open = new Map<string, string>()
  return events.flatMap(({ kind, workload, lease, facts, seq }) => {
    if (kind === 'lease.intended' && lease && workload) open.set(lease, workload)
    const isSettled = kind === 'lease.refused' && facts.settled === true
    if (lease && (kind === 'lease.gone' || isSettled)) open.delete(lease)
    if (kind !== 'workload.ended' || facts.state !== 'deleted') return []
    const left = [...open].filter(([, owner]) => owner === workload)
    return left.map(([id]) => `event ${seq}: ${workload} was deleted, and ${id} was in force`)
  })
}

/** [E2] Capacity above the ceiling of its purchase is never put to use. */
export function ceilingsHold({ events, leases }: Evidence): string[] {
  const ceilings = new Map(leases.map((lease) => [lease.id, lease.pricePerHourMax]))
  return events.flatMap(({ kind, lease, facts }) => {
    const ceiling = ceilings.get(lease ?? '')
    const isDear = ceiling !== undefined && Number(facts.pricePerHour) > ceiling
    return kind === 'lease.ready' && isDear
      ? [`${lease} is used at ${facts.pricePerHour} per hour, above its ceiling of ${ceiling}`]
      : []
  })
}

/** [I12] Each rental is charged once, from the supplier's own record, to the micro-dollar. */
export function chargesEqualInvoices(evidence: Evidence): string[] {
  const { rentals, charges, installation, settled } = evidence
  if (rentals === null) return []
  const byId = new Map(charges.map((charge) => [charge.id, charge]))
  return rentals
    .filter(({ rental }) => rental.owner === installation)
    .flatMap((sale) => invoiceFault(sale, byId, settled))
}

function invoiceFault(
  { supplier, rental }: Sale,
  charges: ReadonlyMap<string, Charge>,
  settled: boolean,
): string[] {
  const id = chargeId(supplier, rental.id)
  const charge = charges.get(id)
  if (!charge) return settled ? [`${id} was never charged`] : []
  const { startedAt, endedAt, pricePerHour } = rental
  if (charge.from !== startedAt) return [`${id} is charged from ${charge.from}, not ${startedAt}`]
  if (charge.to === null) return settled ? [`the charge of ${id} was never closed`] : []
  if (charge.to !== endedAt) return [`${id} is charged to ${charge.to}, not ${endedAt}`]
  const amount = costOf(pricePerHour, charge.to - startedAt)
  return charge.amount === amount ? [] : [`${id} is charged ${charge.amount}, not ${amount}`]
}

/** [I13] History only grows: numbers rise, and each charge opens and closes once. */
export function historyOnlyGrows({ events, charges }: Evidence): string[] {
  const found: string[] = []
  const said = new Map<string, number>()
  const closed = new Map<string, unknown>()
  let last = 0
  for (const { seq, kind, supplier, facts } of events) {
    if (seq <= last) found.push(`event ${seq} comes after event ${last}`)
    last = seq
    if (kind !== 'charge.opened' && kind !== 'charge.closed') continue
    const id = `${supplier}/${facts.rental}`
    const count = (said.get(`${kind} ${id}`) ?? 0) + 1
    said.set(`${kind} ${id}`, count)
    if (count === 2) found.push(`${id} has more than one ${kind}`)
    if (kind === 'charge.closed') closed.set(id, facts.amount)
  }
  for (const { id, to, amount } of charges) {
    if (to === null || closed.get(id) === amount) continue
    found.push(`${id} was closed with ${closed.get(id)}, and its row says ${amount}`)
  }
  return found
}

/**
 * [I14] All that may be held at once stays below the ceiling whenever a call leaves: what was asked
 * for at the most that it may cost, and what is held at its price.
 */
export function budgetHolds({ events, leases, pricePerHourMax }: Evidence): string[] {
  if (pricePerHourMax === null) return []
  const rows = new Map(leases.map((lease) => [lease.id, lease]))
  const held = new Map<string, number>()
  return events.flatMap(({ kind, lease, facts }) => {
    const row = rows.get(lease ?? '')
    if (!row) return []
    const isOver = kind === 'lease.gone' || (kind === 'lease.refused' && facts.settled === true)
    if (isOver) held.delete(row.id)
    if (kind === 'lease.held') held.set(row.id, row.pricePerHour ?? row.pricePerHourMax)
    if (kind !== 'lease.asked' || held.has(row.id)) return []
    held.set(row.id, row.pricePerHourMax)
    const sum = [...held.values()].reduce((a, b) => a + b, 0)
    return sum <= pricePerHourMax ? [] : [`${row.id} brought the sum to ${sum} per hour`]
  })
}

const hourMs = 3_600_000

/** [I14] Nothing is bought where its span has left too little of a budget for an hour of it. */
export function spansAreKept({ events, charges, rulings, leases }: Evidence): string[] {
  const policies = (rulings ?? []).filter((each) => 'policy' in each)
  if (!policies.some(({ policy }) => policy.budgets?.length)) return []
  const bought = new Map(leases.map((each) => [each.id, each]))
  return events.flatMap(({ kind, seq, at, lease, supplier, workload }) => {
    if (kind !== 'lease.intended') return []
    const budgets = policies.findLast(({ after }) => after < seq)?.policy.budgets ?? []
    const buyer = { everything: '', supplier, workload, team: bought.get(lease ?? '')?.team }
    const ahead = costOf(bought.get(lease ?? '')?.pricePerHourMax ?? 0, hourMs)
    const broken = budgets.find(({ of, name, amount, per }) => {
      if (buyer[of] !== name) return false
      const { year, month, day } = civilOf(at)
      const months = { year: 1, month, day: month }
      const from = msOfCivil({ year, month: months[per], day: per === 'day' ? day : 1 })
      const posted = charges.map((each) => {
        const payer = { everything: '', ...each }
        // By its supplier's clock what is bought may have begun a moment before: it is in `ahead`.
        if (each.lease === lease || each.account !== 'usage' || payer[of] !== name) return 0
        const until = Math.min(each.to ?? at, at)
        return costOf(each.pricePerHour, until - Math.max(each.from, from))
      })
      return posted.reduce((a, b) => a + b, 0) + ahead > amount
    })
    return broken
      ? [`${lease} was intended though ${broken.of} ${broken.name} had too little money`]
      : []
  })
}

/**
 * [I13] Every closed charge stands in the journal once, from one account to another, and each entry
 * goes on from the one before it.
 */
export function journalHolds({ charges, journal }: Evidence): string[] {
  if (!journal) return []
  const { head, digest } = journal
  // What was written after the head was read is for the next audit.
  const entries = charges.flatMap((charge) => {
    const { entry } = charge
    return entry && entry.number <= head.entries ? [{ charge, ...entry }] : []
  })
  entries.sort((a, b) => a.number - b.number)
  let before = ''
  const found = entries.flatMap(({ charge, number, debit, credit, hash }, index) => {
    const { id, lease, from, to, pricePerHour, amount, supplier, account } = charge
    const isBalanced = credit === `payable:${supplier}` && debit.startsWith(account)
    const says = [before, number, id, lease, from, to, pricePerHour, debit, credit, amount]
    const isChained = digest(JSON.stringify(says)) === hash
    before = hash
    return number === index + 1 && isBalanced && isChained
      ? []
      : [`entry ${number}, of ${id}, is not what was written after entry ${index}`]
  })
  const isWhole = entries.length === head.entries && before === head.hash
  if (isWhole) return found
  return [...found, `the journal ends with entry ${entries.length}, and not with ${head.entries}`]
}
