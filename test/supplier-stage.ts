/**
 * A supplier server on loopback to try things on: in this process, with a folder of its own, and an
 * agent that only stays. Leaves no process and no file behind.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { remote } from '../src/drivers/suppliers/remote.ts'
import type { AcquireRequest, Supplier } from '../src/ports/supplier.ts'
import { readConfig } from '../src/supplier-server/config.ts'
import { machines } from '../src/supplier-server/machines.ts'
import { type SupplierServer, supplierServer } from '../src/supplier-server/server.ts'

export const token = 'a-token-for-tests'

export interface ShopFloor {
  readonly dataDir: string
  readonly agentEntry: string
  /** Powers off what is left and throws the folder away. */
  clear(): Promise<void>
}

export function shopFloor(agent = 'setInterval(() => {}, 1e6)'): ShopFloor {
  const dataDir = mkdtempSync(join(tmpdir(), 'calumet-supplier-'))
  const agentEntry = join(dataDir, 'fake-agent.js')
  writeFileSync(agentEntry, agent)
  return {
    dataDir,
    agentEntry,
    async clear() {
      const left = machines({ dir: join(dataDir, 'machines'), agentEntry })
      await left.powerOff(left.ids(), [], 0)
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** `extra` is more YAML; one offer, `h100x8`, of which there are 5. */
export function configText(extra = ''): string {
  return `name: acme
region: eu-north
release_grace: 50ms
offers:
  - { id: h100x8, accelerator: H100, per_node: 8, price_per_hour: 20.00, nodes: 5 }
${extra}`
}

export function serve(floor: ShopFloor, extra = ''): Promise<SupplierServer> {
  const { dataDir, agentEntry } = floor
  const config = readConfig(configText(extra), 'acme.yaml')
  return supplierServer({ config, dataDir, agentEntry, token })
}

export function driver({ url }: { url: string }): Supplier {
  return remote({ name: 'acme', url, token, fetch, timeoutMs: 5_000 })
}

export const order: AcquireRequest = {
  installation: 'lab',
  key: 'k',
  offer: 'h100x8',
  nodes: 1,
  pricePerHourMax: 1_000_000_000,
  bootstrap: { server: 'http://127.0.0.1:9', key: 'k', secret: 'hush', deadManMs: 60_000 },
}
