/**
 * The last tables of the story: where all ran, what was refused and why, what it cost, who was
 * served. All of it is read from the ledger, and from what the callers counted.
 */
import { formatDuration } from '../../src/core/domain/time.ts'
import type { ControlPlane } from './control-plane.ts'
import type { Result } from './load.ts'
import { scene, table, usd } from './narrator.ts'

export async function closing(plane: ControlPlane, results: readonly Result[]): Promise<void> {
  scene('Where all ran')
  table(
    ['lease', 'supplier', 'accelerators', 'price', 'held for', 'how it ended'].map((head) => ({
      head,
      right: head === 'price',
    })),
    (await plane.leases())
      .filter(({ heldAt }) => heldAt !== null)
      .map(({ id, supplier, accelerators, pricePerHour, heldAt, goneAt, state, end, why }) => [
        id,
        supplier,
        accelerators,
        `${usd(pricePerHour ?? 0)}/h`,
        formatDuration((goneAt ?? Date.now()) - (heldAt ?? 0)),
        state === 'gone' ? `${end}${why ? `: ${why}` : ''}` : `${state}${why ? `: ${why}` : ''}`,
      ]),
  )
  scene('What was refused, and why')
  const refusals = (await plane.events(0)).filter(({ kind }) => kind === 'lease.refused')
  for (const { text } of refusals) console.log(`  ${text}`)
  scene('What it cost')
  const { rows, total } = await plane.cost()
  table(
    [{ head: 'supplier' }, { head: 'usage', right: true }, { head: 'waste', right: true }],
    [
      ...rows.map(({ name, usage, waste }) => [name, usd(usage), usd(waste)]),
      ['total', usd(total), ''],
    ],
  )
  scene('Who was served')
  const served = Map.groupBy(results, ({ servedBy }) => servedBy?.split('/')[0] ?? 'nobody')
  table(
    [
      { head: 'by' },
      { head: 'requests', right: true },
      { head: 'streamed', right: true },
      { head: 'failed', right: true },
      { head: 'cut off mid-answer', right: true },
    ],
    [...served, ['all', results] as const].map(([by, answers]) => [
      by,
      String(answers.length),
      String(answers.filter(({ streamed }) => streamed).length),
      String(answers.filter(({ ok, firstByteSeen }) => !ok && !firstByteSeen).length),
      String(answers.filter(({ ok, firstByteSeen }) => !ok && firstByteSeen).length),
    ]),
  )
}
