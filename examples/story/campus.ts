/**
 * One more supplier for the story, with `CALUMET_STORY_SLURM=1`: a real Slurm cluster on this
 * machine, at a price between the incumbent's and the rival's.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Campus {
  /** The supplier as people write it. */
  readonly yaml: string
  /** For the control plane. */
  readonly env: Readonly<Record<string, string>>
  stop(): Promise<void>
}

/** Throws where Slurm's programs are missing. */
export async function campus(folder: string): Promise<Campus> {
  // Loaded only here: the script is no part of the published package.
  const { slurmCluster, slurmMissing } = await import('../../scripts/slurm.ts')
  const missing = slurmMissing()
  if (missing) throw new Error(missing)
  const cluster = await slurmCluster()
  const tokenFile = join(folder, 'campus-token')
  writeFileSync(tokenFile, await cluster.token(), { mode: 0o600 })
  const yaml = `kind: Supplier
name: campus
driver: slurm
url: ${cluster.url}
token: { file: ${tokenFile} }
late_effect: 5s
list_lag: 1s
settings:
  user: ${cluster.user}
  spool: ${cluster.spool}
  partitions: gpu
  price.h100: 12.50
`
  return { yaml, env: cluster.env, stop: cluster.stop }
}
