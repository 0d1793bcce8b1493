/**
 * `calumet supplier serve`: one supplier in the foreground, until a signal ends it.
 *
 * Stopping it stops no machine: the next start finds them again.
 */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig } from './config.ts'
import { supplierServer } from './server.ts'
import { SetupError } from './setup-error.ts'

export interface ServeOptions {
  /** YAML; docs/guide/sell.md has its fields. */
  readonly file: string
  readonly host?: string
  readonly port?: number
  readonly dataDir?: string
  /** The token itself, or a file that has it; else it is in `CALUMET_SUPPLIER_TOKEN`. */
  readonly token?: string
  readonly tokenFile?: string
  readonly agentEntry?: string
  readonly log?: (line: string) => void
}

/** Resolves once the supplier was stopped. Throws a `SetupError` where it cannot begin. */
export async function serveSupplier(options: ServeOptions): Promise<void> {
  const { file, host, port, agentEntry, log = console.error } = options
  const config = readConfig(contentOf(file), file)
  const dataDir = options.dataDir ?? join('.calumet', 'suppliers', config.name)
  const token = tokenOf(options)
  const server = await supplierServer({ config, dataDir, token, host, port, agentEntry, log })
  log(`${config.name} sells ${config.offers.length} offers on ${server.url}`)
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')])
  log(`${config.name} closes; its machines stay`)
  await server.close()
}

function tokenOf({ token, tokenFile }: ServeOptions): string {
  const found = token ?? (tokenFile ? contentOf(tokenFile) : process.env.CALUMET_SUPPLIER_TOKEN)
  if (found?.trim()) return found.trim()
  throw new SetupError(
    tokenFile
      ? `${tokenFile} is empty; it must hold the token that buyers send`
      : 'no token: set CALUMET_SUPPLIER_TOKEN or name a file with --token-file',
  )
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new SetupError(code === 'ENOENT' ? `there is no file ${path}` : `${path}: ${message}`)
  }
}
