/**
 * `calumet supplier serve`: options into the supplier server.
 */
import type { SupplierServeOptions } from '../cli/programs.ts'
import { serveSupplier } from '../supplier-server/serve.ts'
import { SetupError } from '../supplier-server/setup-error.ts'

export async function supplierServe(options: SupplierServeOptions): Promise<number> {
  const { file, host, port, dataDir, tokenFile } = options
  try {
    await serveSupplier({
      file,
      host,
      port,
      dataDir: dataDir ?? undefined,
      tokenFile: tokenFile ?? undefined,
    })
    return 0
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    console.error(`calumet: ${error.message}`)
    return 2
  }
}
