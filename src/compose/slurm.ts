/**
 * Slurm clusters, from a spec to what buys there and what runs there: by slurmrestd, or by commands
 * on this computer or on a login node.
 */
import { canonical } from '../core/catalog/accelerators.ts'
import type { SupplierSpec } from '../core/domain/supplier.ts'
import { batchScript } from '../drivers/runtimes/slurm.ts'
import { slurm } from '../drivers/suppliers/slurm.ts'
import { systemClock } from '../drivers/system/clock.ts'
import { systemShell } from '../drivers/system/shell.ts'
import type { Shell } from '../ports/shell.ts'
import type { Supplier } from '../ports/supplier.ts'

/** Throws where the spec makes no sense. */
export function openSlurm(spec: SupplierSpec, token: () => string | null): Supplier {
  const { steadyMs } = systemClock()
  const shell = shellOf(spec)
  const own = { script: batchScript, canonical, now: Date.now, steadyMs }
  return slurm({ spec, token, fetch, shell, ...own })
}

/** Null for a supplier that is no Slurm cluster. */
export function slurmShellOf(spec: SupplierSpec): Shell | null {
  return spec.driver === 'slurm' ? shellOf(spec) : null
}

function shellOf({ url, settings }: SupplierSpec): Shell {
  const { protocol, hostname, port } = new URL(url)
  if (protocol !== 'ssh:') return systemShell({ ssh: null })
  const target = settings?.user ? `${settings.user}@${hostname}` : hostname
  return systemShell({ ssh: { target, port: port === '' ? null : Number(port) } })
}
