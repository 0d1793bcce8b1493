/**
 * Follows the control plane's events and the gang's log, and tells them as they come.
 */
import type { EventView } from '../../src/api/wire.ts'
import type { ControlPlane } from './control-plane.ts'
import { say } from './narrator.ts'

export interface Follower {
  stop(): Promise<void>
}

/** Kinds that matter to bookkeeping more than to a listener. */
const untold = new Set([
  'plan.committed',
  'lease.intended',
  'lease.asked',
  'lease.unwanted',
  'lease.releasing',
  'charge.opened',
  'charge.closed',
  'checkpoint.accepted',
  'node.joined',
  'run.created',
  'run.waiting',
  'token.created',
  'leadership.taken',
  'supplier.submitted',
  'policy.submitted',
])

export function follow(plane: ControlPlane): Follower {
  let stopped = false
  const told = tell()
  return {
    async stop() {
      stopped = true
      await told
    },
  }

  async function tell(): Promise<void> {
    const log = gangLog(plane)
    let seq = 0
    while (!stopped) {
      const events = await plane.events(seq).catch((): readonly EventView[] => [])
      for (const event of events) {
        seq = Math.max(seq, event.seq)
        if (!untold.has(event.kind)) say(event.text)
        log.note(event)
      }
      await log.read().catch(() => {})
      await pause()
    }
    // The last words of a gang may be brought after its end.
    for (let tries = 0; tries < lastWordsTries && !log.isDone(); tries += 1) {
      await log.read().catch(() => {})
      await pause()
    }
  }
}

const lastWordsTries = 50
const pause = () => new Promise((resolve) => setTimeout(resolve, 200))

/** Rank 0's own words: the loss as it falls, one line in so many. */
function gangLog(plane: ControlPlane) {
  let epoch = 0
  let offset = 0
  let toldStep = -100
  let begun = ''
  let isDone = false
  return {
    isDone: () => isDone,
    note(event: EventView) {
      if (event.kind !== 'run.started' || event.workload !== 'pretrain') return
      epoch = Number(event.facts.epoch)
      offset = 0
      toldStep = -100
      begun = ''
    },
    async read() {
      if (epoch === 0) return
      const { text, next } = await plane.log('pretrain.0', epoch, offset)
      offset = next
      const lines = `${begun}${text}`.split('\n')
      // A line may come in two parts.
      begun = lines.pop() ?? ''
      for (const line of lines) {
        isDone ||= line.startsWith('done')
        const step = Number(/^step (\d+) /.exec(line)?.[1] ?? Number.NaN)
        if (step - toldStep < 40 && !line.startsWith('done')) continue
        if (Number.isNaN(step) && !line.startsWith('done') && !line.startsWith('resume')) continue
        if (!Number.isNaN(step)) toldStep = step
        say(`  rank 0: ${line}`)
      }
    },
  }
}
