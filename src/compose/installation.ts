/**
 * What an installation keeps beside its ledger: one secret, from which the proofs of its machines
 * are made. Drawn once, readable by its owner only.
 */
import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** `CALUMET_KEY` comes first: several control planes of one ledger must share it. */
export function installationSecret(dataDir: string): string {
  const given = process.env.CALUMET_KEY
  if (given) return given
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const path = join(dataDir, 'key')
  const known = readKey(path)
  if (known) return known
  const fresh = randomBytes(32).toString('base64url')
  const file = openSync(path, 'wx', 0o600)
  try {
    writeSync(file, fresh)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  return fresh
}

function readKey(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim() || null
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
