/**
 * Opens the socket of a supplier that people named: which driver, and where its token is.
 */
import { readFileSync } from 'node:fs'
import type { SupplierSpec } from '../core/domain/supplier.ts'
import { remote } from '../drivers/suppliers/remote.ts'
import { type OpenSupplier, type Supplier, SupplierError } from '../ports/supplier.ts'
import { openSlurm } from './slurm.ts'

/** A supplier whose token cannot be read is one that refuses; nothing else stops for it. */
export const openSupplier: OpenSupplier = (spec) => {
  try {
    return spec.driver === 'slurm' ? openSlurm(spec, () => tokenOf(spec)) : openRemote(spec)
  } catch (error) {
    if (error instanceof SupplierError) return refusing(spec, error.message)
    throw error
  }
}

function openRemote(spec: SupplierSpec): Supplier {
  const { name, url, tokenFrom } = spec
  const token = tokenOf(spec)
  if (token !== null) return remote({ name, url, token, fetch })
  const place = tokenFrom && 'env' in tokenFrom ? `the variable ${tokenFrom.env}` : 'its token file'
  return refusing(spec, `${name} needs a token, and ${place} holds none`)
}

function tokenOf({ tokenFrom }: SupplierSpec): string | null {
  if (tokenFrom === null) return ''
  if ('env' in tokenFrom) return process.env[tokenFrom.env]?.trim() || null
  try {
    return readFileSync(tokenFrom.file, 'utf8').trim() || null
  } catch {
    return null
  }
}

function refusing({ name }: SupplierSpec, why: string): Supplier {
  const refuse = async (): Promise<never> => {
    throw new SupplierError('refused', why)
  }
  return { name, offers: refuse, acquire: refuse, list: refuse, release: refuse }
}
