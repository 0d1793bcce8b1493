/**
 * The accelerators that are well known: their names, their memory and their worth in training.
 *
 * Figures are priors for comparing offers, not promises: a workload that states its own throughput
 * overrides them. Nothing here knows a price or a supplier.
 */

export type AcceleratorKind = 'gpu' | 'tpu' | 'trainium' | 'gaudi'

export interface Accelerator {
  /** The one name under which plans, prices and specs know it. */
  readonly name: string
  readonly kind: AcceleratorKind
  /** Of one chip, as the maker states it. */
  readonly memoryGb: number
  /** Useful training work per chip and hour, H100 = 1. */
  readonly throughput: number
  /** Other ways to write it; case, spaces and punctuation do not matter. */
  readonly aliases: readonly string[]
}

/**
 * Sources: `T4.1` is the ratio of chip-minutes to those of H100 SXM at the same scale in MLPerf
 * Training v4.1; `I5.1` the ratio of offline results per chip in MLPerf Inference v5.1; `peak` the
 * ratio of the makers' dense 16-bit peaks (H100 SXM: 989 TFLOPS), which real training may miss by
 * the share behind the ±.
 */
const known: readonly Accelerator[] = [
  // The unit of the table.
  gpu('H100', 80, 1, ['H100-80GB', 'H100 SXM', 'H100 SXM5', 'H100-SXM-80GB', 'H100-SXM5-80GB']),
  // peak 756/989, ±15 %: fewer units and slower memory than the SXM board.
  gpu('H100-PCIE', 80, 0.76, ['H100-PCIE-80GB']),
  // T4.1 on ssd: 290/362, ±15 %.
  gpu('H100-NVL', 94, 0.8, ['H100-NVL-94GB']),
  // T4.1, geometric mean of six tasks: 1.07 (bert) to 1.46 (gnn), ±15 %.
  gpu('H200', 141, 1.15, ['H200-141GB', 'H200 SXM', 'H200-SXM-141GB', 'H200-SXM5-141GB']),
  // peak 990/989, ±10 %: the same processor beside its own host.
  gpu('GH200', 96, 1, ['GH200-96GB', 'GH200-480GB']),
  // T4.1, preview results, geometric mean of seven tasks: 1.45 (bert) to 2.15 (lora), ±20 %.
  gpu('B200', 180, 1.8, ['B200-180GB', 'B200-192GB', 'B200 SXM', 'B200-SXM-180GB']),
  // peak 2,250/989 like B200, so taken as B200, ±30 %.
  gpu('B300', 288, 1.8, ['B300-288GB', 'B300 SXM']),
  // I5.1 on llama2-70b: 1.02 × B200, ±25 %.
  gpu('GB200', 186, 1.8, ['GB200-186GB', 'GB200 NVL72']),
  // Taken as GB200, ±30 %.
  gpu('GB300', 288, 1.8, ['GB300-288GB', 'GB300 NVL72']),
  // peak 312/989, ±25 %; both sizes have the same processor.
  gpu('A100', 40, 0.32, ['A100-40GB', 'A100-SXM4-40GB', 'A100 SXM 40GB', 'A100-PCIE-40GB']),
  gpu('A100-80GB', 80, 0.32, ['A100-SXM4-80GB', 'A100-SXM-80GB', 'A100-PCIE-80GB']),
  // I5.1 on llama3.1-8b 0.28, on stable-diffusion-xl 0.30; ±25 %.
  gpu('L40S', 48, 0.3, ['L40S-48GB']),
  // peak 181/989, ±30 %.
  gpu('L40', 48, 0.18, ['L40-48GB']),
  // peak 121/989, I5.1 on stable-diffusion-xl 0.13; ±30 %.
  gpu('L4', 24, 0.12, ['L4-24GB', 'L4-PCIE-24GB']),
  // peak 125/989, ±30 %.
  gpu('A10', 24, 0.13, ['A10-24GB']),
  // peak 70/989, ±30 %.
  gpu('A10G', 24, 0.07, ['A10G-24GB']),
  // peak 155/989, ±30 %.
  gpu('A6000', 48, 0.16, ['RTX A6000', 'A6000-48GB']),
  // peak 165/989, ±40 %: no fast link between boards.
  gpu('RTX4090', 24, 0.17, ['4090', 'GeForce RTX 4090', 'RTX4090-24GB']),
  // peak 125/989, ±30 %; no bfloat16.
  gpu('V100', 16, 0.13, ['V100-16GB', 'V100-SXM2-16GB']),
  gpu('V100-32GB', 32, 0.13, ['V100-SXM2-32GB']),
  // peak 65/989, ±40 %; no bfloat16.
  gpu('T4', 16, 0.06, ['T4-16GB']),
  // I5.1 on llama2-70b: 0.89, ±25 %; peak 1,307/989 is not reached.
  gpu('MI300X', 192, 0.9, ['MI300X-192GB', 'Instinct MI300X']),
  // I5.1 on llama2-70b: 1.09, ±25 %.
  gpu('MI325X', 256, 1.1, ['MI325X-256GB', 'Instinct MI325X']),
  // peak 2,516/989, scaled like MI300X (measured ÷ peak 0.68), ±35 %.
  gpu('MI355X', 288, 1.7, ['MI355X-288GB', 'Instinct MI355X']),
  // peak 383/989, ±35 %; one board with two dies.
  gpu('MI250X', 128, 0.39, ['MI250X-128GB', 'Instinct MI250X']),
  // peak 275/989, ±30 %.
  chip('tpu', 'tpu-v4', 32, 0.28, ['v4', 'TPU v4']),
  // peak 197/989, ±40 %.
  chip('tpu', 'tpu-v5e', 16, 0.2, ['v5e', 'v5litepod', 'tpu-v5-lite', 'ct5lp']),
  // T4.1 on gpt3 0.54 and stable-diffusion 0.65, ±15 %.
  chip('tpu', 'tpu-v5p', 95, 0.6, ['v5p', 'ct5p']),
  // T4.1 on gpt3, preview results at 512 and 1,024 chips: 0.49 and 0.55, ±15 %.
  chip('tpu', 'tpu-v6e', 32, 0.52, ['v6e', 'trillium', 'tpu-trillium', 'ct6e']),
  // peak 190/989, ±40 %.
  chip('trainium', 'trn1', 32, 0.19, ['trainium', 'trainium1', 'trn1n']),
  // peak 667/989, ±35 %.
  chip('trainium', 'trn2', 96, 0.67, ['trainium2', 'trn2u']),
  // peak 432/989, ±30 %.
  chip('gaudi', 'Gaudi2', 96, 0.44, ['gaudi-2', 'HL-225']),
]

const makers = new Set(['nvidia', 'amd', 'intel', 'google', 'cloud', 'aws', 'tesla'])

const byKey = new Map(
  known.flatMap((each) => [each.name, ...each.aliases].map((name) => [keyOf(name), each] as const)),
)

/** Useful work per chip and hour by canonical name; what is missing counts as 1. */
export const throughputs: Readonly<Record<string, number>> = Object.fromEntries(
  known.map(({ name, throughput }) => [name, throughput]),
)

/** What is known under this name, however it is written; null where nothing is. */
export function lookUp(name: string): Accelerator | null {
  return byKey.get(keyOf(name)) ?? null
}

/** The one name of an accelerator; a name that nobody knows stays as it was written. */
export function canonical(name: string): string {
  return lookUp(name)?.name ?? name
}

export interface Slice {
  readonly accelerator: string
  readonly chips: number
}

/** Cores in a chip of the generations whose slices are named by cores: `v5p-8` has four chips. */
const coresPerChip: Readonly<Record<string, number>> = { v2: 2, v3: 2, v4: 2, v5p: 2 }

/**
 * What a name such as `tpu-v5p-8` stands for: so many chips that are rented together. Null where
 * it is no slice, or half a chip.
 */
export function sliceOf(name: string): Slice | null {
  const parts = /^(?:tpu-)?(v\d+[a-z]*)-(\d{1,6})$/i.exec(name.trim())
  if (!parts) return null
  const generation = parts[1]?.toLowerCase() ?? ''
  const accelerator = canonical(`tpu-${generation}`)
  if (lookUp(generation)?.kind === 'gpu') return null
  const chips = Number(parts[2]) / (coresPerChip[generation] ?? 1)
  return Number.isInteger(chips) && chips > 0 ? { accelerator: named(accelerator), chips } : null

  function named(tpu: string): string {
    return isKnown(tpu) ? tpu : canonical(generation)
  }
}

/** Whether the table has a figure for it; where not, one chip counts as one H100. */
export function isKnown(name: string): boolean {
  return lookUp(name) !== null
}

/** The known accelerator that somebody who wrote this may have meant; null where none is near. */
export function nearest(name: string): string | null {
  const key = keyOf(name)
  let best: { readonly name: string; readonly distance: number } | null = null
  for (const [alias, accelerator] of byKey) {
    const distance = editDistance(key, alias)
    if (best === null || distance < best.distance) best = { name: accelerator.name, distance }
  }
  return best && best.distance * 3 <= key.length ? best.name : null
}

/** What is left of a name when makers, case, spaces and punctuation are taken away. */
function keyOf(name: string): string {
  const words = name.toLowerCase().split(/[^a-z0-9]+/)
  return words.filter((word) => !makers.has(word)).join('')
}

/** How many letters must be put in, taken out or replaced to get from one word to the other. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let line = 1; line <= from.length; line += 1) {
    const next = [line]
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (row[column - 1] ?? 0) + (from[line - 1] === to[column - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}

function gpu(name: string, memoryGb: number, throughput: number, aliases: readonly string[]) {
  return chip('gpu', name, memoryGb, throughput, aliases)
}

function chip(
  kind: AcceleratorKind,
  name: string,
  memoryGb: number,
  throughput: number,
  aliases: readonly string[],
): Accelerator {
  return { name, kind, memoryGb, throughput, aliases }
}
