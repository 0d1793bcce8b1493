/**
 * Guesses the word that somebody meant. Suggests, never corrects.
 */

/** Words of other tools, and what they are called here. */
const translations: Readonly<Record<string, string>> = {
  command: 'run',
  commands: 'run',
  cmd: 'run',
  env_vars: 'envs',
  gpu: 'accelerators',
  gpus: 'accelerators',
  num_nodes: 'nodes',
  use_spot: 'market',
  spot: 'market',
  spot_policy: 'market',
  max_hourly_price: 'max_price',
  backends: 'suppliers',
  cloud: 'suppliers',
  max_restarts: 'retries',
  readiness_probe: 'readiness',
  initial_delay_seconds: 'initial_delay',
  timeout_seconds: 'timeout',
  endpoint: 'url',
  right_of_first_refusal: 'rofr',
  right_of_first_offer: 'rofo',
  first_look: 'rofo',
  most_favoured_nation: 'price',
  minimum_commitment: 'take_or_pay',
  drawdown: 'spend_commit',
  sla: 'sla_credit',
  chips: 'accelerators',
  gpu_hours: 'accelerator-hours',
}

const lengthMax = 40

/** The right word nearest to `word`: at most two slips away, or one the beginning of the other. */
export function nearest(word: string, rightWords: readonly string[]): string | null {
  if (word.length > lengthMax) return null
  const wanted = word.toLowerCase()
  const translated = Object.hasOwn(translations, wanted) ? translations[wanted] : undefined
  if (translated !== undefined && rightWords.includes(translated)) return translated
  let best: string | null = null
  let bestSlips = wanted.length <= 3 ? 2 : 3
  for (const right of rightWords) {
    const slips = slipsBetween(wanted, right.toLowerCase())
    if (slips < bestSlips) [best, bestSlips] = [right, slips]
  }
  return best ?? rightWords.find((right) => isBeginning(wanted, right.toLowerCase())) ?? null
}

function isBeginning(a: string, b: string): boolean {
  return Math.min(a.length, b.length) >= 3 && (a.startsWith(b) || b.startsWith(a))
}

/** Levenshtein distance, one row at a time. */
function slipsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const swapped = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, swapped))
    }
    row = next
  }
  return row[b.length] ?? 0
}
