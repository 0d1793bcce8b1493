/**
 * The table of accelerators: their names, their memory and their worth in training.
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
  /** So many percent the figure may be off. */
  readonly withinPercent: number
  /** Where the figure comes from; `sources` says what its letters stand for. */
  readonly source: string
  /** Other ways to write it; case, spaces and punctuation do not matter. */
  readonly aliases: readonly string[]
}

export const sources: Readonly<Record<string, string>> = {
  'T4.1': 'chip-minutes beside those of H100 SXM at the same scale, MLPerf Training v4.1',
  'I5.1': 'offline results per chip beside those of H100 SXM, MLPerf Inference v5.1',
  peak: 'dense 16-bit peak beside that of H100 SXM (989 TFLOPS), as the makers state them',
}

/** Kind, name, memory in GB, work an hour, percent it may be off, source; and its other names. */
const table = `
  gpu H100 80 1 0 the unit of the table
    = H100-80GB, H100 SXM, H100 SXM5, H100-SXM-80GB, H100-SXM5-80GB
  gpu H100-PCIE 80 0.76 15 peak 756/989: fewer units and slower memory than the SXM board
    = H100-PCIE-80GB
  gpu H100-NVL 94 0.8 15 T4.1 on ssd: 290/362
    = H100-NVL-94GB
  gpu H200 141 1.15 15 T4.1, geometric mean of six tasks: 1.07 (bert) to 1.46 (gnn)
    = H200-141GB, H200 SXM, H200-SXM-141GB, H200-SXM5-141GB
  gpu GH200 96 1 10 peak 990/989: the same processor beside its own host
    = GH200-96GB, GH200-480GB
  gpu B200 180 1.8 20 T4.1, preview, geometric mean of seven tasks: 1.45 (bert) to 2.15 (lora)
    = B200-180GB, B200-192GB, B200 SXM, B200-SXM-180GB
  gpu B300 288 1.8 30 peak 2,250/989 like B200, so taken as B200
    = B300-288GB, B300 SXM
  gpu GB200 186 1.8 25 I5.1 on llama2-70b: 1.02 × B200
    = GB200-186GB, GB200 NVL72
  gpu GB300 288 1.8 30 taken as GB200
    = GB300-288GB, GB300 NVL72
  gpu A100 40 0.32 25 peak 312/989; both sizes have the same processor
    = A100-40GB, A100-SXM4-40GB, A100 SXM 40GB, A100-PCIE-40GB
  gpu A100-80GB 80 0.32 25 peak 312/989; both sizes have the same processor
    = A100-SXM4-80GB, A100-SXM-80GB, A100-PCIE-80GB
  gpu L40S 48 0.3 25 I5.1 on llama3.1-8b 0.28, on stable-diffusion-xl 0.30
    = L40S-48GB
  gpu L40 48 0.18 30 peak 181/989
    = L40-48GB
  gpu L4 24 0.12 30 peak 121/989, I5.1 on stable-diffusion-xl 0.13
    = L4-24GB, L4-PCIE-24GB
  gpu A10 24 0.13 30 peak 125/989
    = A10-24GB
  gpu A10G 24 0.07 30 peak 70/989
    = A10G-24GB
  gpu A6000 48 0.16 30 peak 155/989
    = RTX A6000, A6000-48GB
  gpu RTX4090 24 0.17 40 peak 165/989: no fast link between boards
    = 4090, GeForce RTX 4090, RTX4090-24GB
  gpu V100 16 0.13 30 peak 125/989; no bfloat16
    = V100-16GB, V100-SXM2-16GB
  gpu V100-32GB 32 0.13 30 peak 125/989; no bfloat16
    = V100-SXM2-32GB
  gpu T4 16 0.06 40 peak 65/989; no bfloat16
    = T4-16GB
  gpu MI300X 192 0.9 25 I5.1 on llama2-70b: 0.89; peak 1,307/989 is not reached
    = MI300X-192GB, Instinct MI300X
  gpu MI325X 256 1.1 25 I5.1 on llama2-70b: 1.09
    = MI325X-256GB, Instinct MI325X
  gpu MI355X 288 1.7 35 peak 2,516/989, scaled like MI300X (measured ÷ peak 0.68)
    = MI355X-288GB, Instinct MI355X
  gpu MI250X 128 0.39 35 peak 383/989; one board with two dies
    = MI250X-128GB, Instinct MI250X
  tpu tpu-v4 32 0.28 30 peak 275/989
    = v4, TPU v4
  tpu tpu-v5e 16 0.2 40 peak 197/989
    = v5e, v5litepod, tpu-v5-lite, ct5lp
  tpu tpu-v5p 95 0.6 15 T4.1 on gpt3 0.54 and stable-diffusion 0.65
    = v5p, ct5p
  tpu tpu-v6e 32 0.52 15 T4.1 on gpt3, preview results at 512 and 1,024 chips: 0.49 and 0.55
    = v6e, trillium, tpu-trillium, ct6e
  trainium trn1 32 0.19 40 peak 190/989
    = trainium, trainium1, trn1n
  trainium trn2 96 0.67 35 peak 667/989
    = trainium2, trn2u
  gaudi Gaudi2 96 0.44 30 peak 432/989
    = gaudi-2, HL-225
`

export const chips: readonly Accelerator[] = table
  .trim()
  .split(/\n {2}(?! )/)
  .map((entry) => {
    const [figures = '', names = ''] = entry.split(' = ')
    const [kind, name = '', memory, work, within, ...source] = figures.trim().split(/\s+/)
    return {
      kind: kind as AcceleratorKind,
      name,
      memoryGb: Number(memory),
      throughput: Number(work),
      withinPercent: Number(within),
      source: source.join(' '),
      aliases: names.split(', '),
    }
  })
