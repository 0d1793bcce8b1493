/**
 * Lives a day once more with every clock wrong but the ledger's. The same has to be decided, or
 * something compared the clocks of two machines.
 */
import type { Fleet } from './fleet.ts'
import type { Answer, Task } from './worker.ts'

export async function againByWrongClocks(
  workers: Fleet,
  asked: Task,
  first: Answer,
): Promise<Answer> {
  if (first.decisions === null) return first
  const second = await workers.run({ ...asked, wrongClocks: true })
  if (second.decisions === first.decisions) return first
  const text = `${asked.seed} went another way where the clocks of others were wrong`
  return { ...first, violations: [...first.violations, { invariant: 'I20', text }] }
}
