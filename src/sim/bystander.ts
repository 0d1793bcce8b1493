/**
 * Stands beside a simulated world and says at once what no row and no event would tell afterwards.
 * It only looks, but for one thing: it strikes in the very moment in which something is decided.
 */
import type { Event } from '../core/domain/event.ts'
import { announce, betray, hush, sever, spoil } from './spite.ts'
import { keys, type World } from './world.ts'

const minute = 60_000
/** An announced call leaves within five seconds of its process's clock, or never. */
const sendsWithinMs = 5_500

/** So late may what starts work be applied. */
export const startsWithinMs = 3_000

export function standBy(world: World, { silentMs }: { readonly silentMs: number }): void {
  const chance = world.chance.fork('spite')
  const betrayed = world.chance.fork('betrayal')
  const severed = world.chance.fork('severing')
  const overtaken = world.chance.fork('overtaking')
  const announcedAt = new Map<string, number>()
  /** When a machine was first given up as silent, whatever became of that decision. */
  const droppedAt = new Map<string, number>()
  const say = (invariant: string, text: string) => world.faults.push({ invariant, text })

  /** [I3] What was announced leaves at once: only so may a later look call it settled. */
  world.onSend = (key) => {
    const agoMs = world.kernel.now() - (announcedAt.get(key) ?? 0)
    if (agoMs > sendsWithinMs) say('I3', `${key} was sent ${agoMs} ms after its announcement`)
  }

  /** [I11] Nobody is given up as silent who had been answered again and again as it was decided. */
  function unwanted({ lease, facts }: Event): void {
    const index = silentNode(facts)
    if (index === null || lease === null) return
    const key = keys.keyOf('us', lease)
    const node = [...world.machines.values()].find(
      (each) => each.who.key === key && each.index === index,
    )
    // What was heard while the commit was on its way could not be known.
    const decidedAt = droppedAt.get(`${lease}/${index}`) ?? world.kernel.now()
    const heardAt = node?.heardBy(decidedAt) ?? null
    const agoMs = heardAt === null ? silentMs : decidedAt - heardAt
    if (agoMs < silentMs / 2) say('I11', `${lease} was dropped as silent, heard ${agoMs} ms before`)
  }

  /** [E3] Where a supplier shows rentals that nobody ordered, nothing is bought for long. */
  function intended({ lease, supplier }: Event): void {
    const shop = world.shops.get(supplier ?? '')
    if (!shop?.strangersSince || shop.manners.overlooks > 0) return
    if (world.kernel.now() - shop.strangersSince < 15 * minute) return
    say('E3', `${lease} was intended at ${supplier}, which lists what nobody ordered`)
  }

  /** Between an announcement and its call. */
  function standStill(): void {
    const leader = world.plants().find(({ process }) => process.name === world.store.leader())
    leader?.process.pause(chance.wait(30_000))
    world.note('pause of the leader')
  }

  world.listeners.push((event) => {
    const { kind, supplier, lease } = event
    if (kind === 'lease.asked') {
      announcedAt.set(keys.keyOf('us', lease ?? ''), world.kernel.now())
      if (chance.often(world.trouble.spite)) standStill()
    }
    if (kind === 'lease.unwanted') unwanted(event)
    if (kind === 'run.draining' && severed.often(world.trouble.severing)) {
      sever(world, severed, event.run ?? '')
    }
    if (kind === 'supplier.quarantined' && !world.shops.get(supplier ?? '')?.everHadStrangers) {
      say('E3', `${supplier} is under quarantine, and never listed a stranger`)
    }
    if (kind === 'lease.intended') intended(event)
    const isOpen = kind === 'lease.intended' || kind === 'lease.unsure'
    if (isOpen && chance.often(world.trouble.spite)) spoil(world, chance, event)
    const isAbout = kind === 'lease.held' || kind === 'node.joined'
    if (isAbout && betrayed.often(world.trouble.spite)) betray(world, betrayed, event)
    if (kind === 'lease.gone' && betrayed.often(world.trouble.spite)) announce(world, betrayed)
  })
  // What was paid is written late, so that whoever reads its memory anew misses it.
  world.isOvertaken = (events) => {
    const { requestLate, lateMsMax } = world.trouble.ledgerWeather
    const mayBeLate = requestLate > 0 && lateMsMax >= minute
    const paid = events.find(({ kind }) => kind === 'charge.closed')
    const isCounted = world.policies[0]?.budgets?.length
    if (!mayBeLate || !paid || !isCounted || !overtaken.often(0.5)) return false
    hush(world, overtaken, paid)
    return true
  }
  // What starts work is slow just then, and so is what is bought of whoever changes sides.
  world.onDecide = (events) => {
    for (const { lease, facts } of events.filter(({ kind }) => kind === 'lease.unwanted')) {
      const dropped = `${lease}/${silentNode(facts)}`
      if (!droppedAt.has(dropped)) droppedAt.set(dropped, world.kernel.now())
    }
    const bought = events.filter(({ kind }) => kind === 'lease.intended')
    const leftMs = bought.map(({ supplier }) => {
      return (world.foretold.get(supplier ?? '') ?? 0) - world.kernel.now()
    })
    if (leftMs.some((each) => each > 0 && each < startsWithinMs)) return startsWithinMs
    const start = events.find(({ kind }) => kind === 'run.started')
    if (!start || !betrayed.often(world.trouble.spite)) return 0
    betray(world, betrayed, start)
    return startsWithinMs
  }
}

/** Which node a lease was given up for; null where that was for something else. */
function silentNode({ because }: Event['facts']): number | null {
  const index = /^node (\d+) was not heard/.exec(String(because))?.[1]
  return index === undefined ? null : Number(index)
}
