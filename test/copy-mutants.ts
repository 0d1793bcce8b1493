/**
 * Bugs by which bytes of ours come to where they may not be, or tell one supplier of another; and
 * the tests that have to notice.
 */
import type { ClauseMutant } from './clause-mutants.ts'
import { mutant } from './sim/mutants/mutant.ts'

const copies = 'src/operate/copies.test.ts'
const barrier = 'src/operate/barrier-fields.test.ts'
const custody = 'src/core/contracts/custody.ts'
const checkpoints = 'src/drivers/runtimes/agent/checkpoints.ts'

/** What breaks it: the file, what stands there, and what stands there instead. */
function bug(
  name: string,
  breaks: string,
  test: string,
  [file, find, replace]: readonly [string, string, string],
): ClauseMutant {
  return { ...mutant(name, breaks, file, find, replace), kind: 'copies', test }
}

export const copyMutants: readonly ClauseMutant[] = [
  bug('read-unasked', 'what a gang reads may go anywhere', 'src/core/contracts/custody.test.ts', [
    custody,
    '[own, ...read, ...kept]',
    '[own, ...kept]',
  ]),
  bug('saved-unasked', 'what was saved as secret goes where its job may go by now', copies, [
    custody,
    '[own, ...read, ...kept]',
    '[own, ...read]',
  ]),
  bug('saved-unseen', 'the loop does not know under which classes anything was saved', copies, [
    'src/operate/turn/rules.ts',
    "houseOf(policy, rows.all('supplier'), rows.all('checkpoint'))",
    "houseOf(policy, rows.all('supplier'))",
  ]),
  bug('saved-forgets', 'a state is of the class alone that its job names last', copies, [
    checkpoints,
    'return [...new Set([...(last?.dataClasses ?? []), ...named])]',
    'return named',
  ]),
  bug('told-anywhere', 'a machine is told what any job has saved', copies, [
    checkpoints,
    'row && (await keptBack(row.body, lease))',
    'row && null',
  ]),
  bug('copied-abroad', 'a copy goes where a clause about data does not let it', copies, [
    'src/core/contracts/law.ts',
    'law.inForce.filter(isHard)',
    'law.inForce.slice(law.inForce.length)',
  ]),
  bug('held-back-for-others', 'who sells is asked later where another is a rival', barrier, [
    'src/operate/turn/carry.ts',
    'const jitterMs = jitterAt(law, { seller, region: action.region })',
    `const other = law.house.suppliers.find(({ relations }) => relations)
  const jitterMs = jitterAt(law, { seller: other ?? seller, region: action.region })`,
  ]),
  bug('work-tells-of-others', 'machines are told how much goes on elsewhere', barrier, [
    'src/drivers/runtimes/agent.ts',
    "return { outcome: 'ok', value: { ...told, beatMs: settings.beatMs } }",
    `const news = (await ledger.events({ limit: 1_000 })).length
          return { outcome: 'ok', value: { ...told, beatMs: settings.beatMs + news } }`,
  ]),
  bug('price-in-notice', 'a notice tells the price, whatever its clause says', barrier, [
    'src/core/contracts/rofr/notice.ts',
    'Object.fromEntries(clause.disclose.map(',
    "Object.fromEntries([...clause.disclose, 'price_per_hour' as const].map(",
  ]),
]
