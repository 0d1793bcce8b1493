/**
 * Each supplier, with all its machines, in a network namespace of its own behind one cable that can
 * be pulled. Needs root and `ip`.
 */
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type Hazard, type Name, type Shop, shops } from './hazard.ts'

const spanMsMax = 6_100
/**
 * What was sent over a cable that is pulled arrives all the same: TCP sends it again, the last time
 * after 12.6 s if the cable is back by then. Another pull before that would make it later still.
 */
const restMs = 20_000
export const lateMs = 15_000

export interface Roads extends Hazard {
  addressOf(name: Name): string
  /** A supplier runs through this, and so does all that it starts. */
  throughOf(shop: Shop): readonly string[]
}

/** Throws where this machine does not allow it. */
export function roadsOf(): Roads {
  const id = randomBytes(2).toString('hex')
  const net = `10.${100 + (Number.parseInt(id, 16) % 100)}`
  const partOf = (shop: Shop) => `${net}.${shops.indexOf(shop)}`
  const spaceOf = (shop: Shop) => `calumet-${id}-${shop}`
  const cableOf = (shop: Shop) => `cal${id}${shops.indexOf(shop)}`
  const home = `${net}.9.9`
  const remove = () => {
    quietly(() => ip('addr', 'del', `${home}/32`, 'dev', 'lo'))
    for (const shop of shops) {
      quietly(() => ip('link', 'del', cableOf(shop)))
      quietly(() => ip('netns', 'del', spaceOf(shop)))
    }
  }

  function lay(shop: Shop): void {
    const [space, cable, far] = [spaceOf(shop), cableOf(shop), `${cableOf(shop)}x`]
    ip('netns', 'add', space)
    ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', far, 'netns', space)
    ip('addr', 'add', `${partOf(shop)}.1/24`, 'dev', cable)
    ip('link', 'set', cable, 'up')
    ip('-n', space, 'addr', 'add', `${partOf(shop)}.2/24`, 'dev', far)
    ip('-n', space, 'link', 'set', 'lo', 'up')
    ip('-n', space, 'link', 'set', far, 'up')
    ip('-n', space, 'route', 'add', 'default', 'via', `${partOf(shop)}.1`)
  }

  try {
    ip('addr', 'add', `${home}/32`, 'dev', 'lo')
    for (const shop of shops) lay(shop)
  } catch (error) {
    remove()
    throw error
  }
  const pulledAtMs = new Map<Shop, number>()
  return {
    // At the end of no cable, so that it stays when one is pulled.
    addressOf: (name) => (name === 'server' ? home : `${partOf(name)}.2`),
    throughOf: (shop) => ['ip', 'netns', 'exec', spaceOf(shop)],
    envOf: () => ({}),
    blows: {
      partition(chance) {
        const shop = chance.pick(shops)
        const spanMs = chance.whole(300, spanMsMax)
        if (performance.now() - (pulledAtMs.get(shop) ?? -restMs) < restMs) return null
        pulledAtMs.set(shop, performance.now())
        ip('link', 'set', cableOf(shop), 'down')
        const mended = pause(spanMs).then(() => {
          ip('link', 'set', cableOf(shop), 'up')
        })
        return { spanMs, mended }
      },
    },
    close: async () => remove(),
  }
}

function ip(...args: readonly string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] })
}

function quietly(work: () => void): void {
  try {
    work()
  } catch {
    // It is gone already, or was never there.
  }
}
