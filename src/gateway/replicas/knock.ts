/**
 * Finds out about machines that died without a word, which no open connection would tell.
 *
 * Only where an answer is awaited and nothing comes, and only by connecting: a replica that thinks
 * for long is left alone, for its machine still takes connections.
 */
import { connect } from 'node:net'
import { urlToHttpOptions } from 'node:url'
import type { Clock } from '../../ports/clock.ts'
import type { Settings } from '../settings.ts'
import type { Fleet, Replica } from './fleet.ts'

export interface KnockOptions {
  readonly fleet: Fleet
  readonly clock: Clock
  readonly settings: Pick<Settings, 'knockMs' | 'connectTimeoutMs'>
  readonly signal: AbortSignal
}

/** One lost packet must not end what goes well, so a single knock proves nothing. */
const unheardMax = 2

/** Goes on until the signal fires. */
export async function knock({ fleet, clock, settings, signal }: KnockOptions): Promise<void> {
  const unheard = new WeakMap<Replica, number>()
  while (!signal.aborted) {
    await clock.sleep(settings.knockMs, signal)
    const busy = fleet.busy()
    const silent = busy.filter(({ heard }) => !heard)
    for (const replica of busy) {
      if (replica.heard) unheard.delete(replica)
      replica.heard = false
    }
    const knocks = silent.map(async (replica) => {
      const isAnswered = await takesConnection(replica.url, settings.connectTimeoutMs)
      const count = isAnswered || replica.heard ? 0 : (unheard.get(replica) ?? 0) + 1
      unheard.set(replica, count)
      if (count < unheardMax) return
      for (const end of [...replica.stays]) end('the machine takes no connections any more')
    })
    await Promise.all(knocks)
  }
}

function takesConnection(url: URL, timeoutMs: number): Promise<boolean> {
  const { hostname, port } = urlToHttpOptions(url)
  const usual = url.protocol === 'https:' ? 443 : 80
  return new Promise((resolve) => {
    const socket = connect({ host: hostname ?? '', port: Number(port || usual) })
    const settle = (isTaken: boolean) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(isTaken)
    }
    const timer = setTimeout(settle, timeoutMs, false)
    socket.once('connect', () => settle(true))
    socket.once('error', () => settle(false))
  })
}
