/**
 * What went wrong with the file of the embedded ledger, in words that help.
 *
 * An error that neither SQLite nor the file system raised is a bug, and stays what it is.
 */
import { LedgerError } from '../../ports/ledger.ts'

/** How long another process may keep the file before we give up. */
export const busyMs = 5_000

/** By SQLite's primary result code. */
const sqliteFailures: Readonly<Record<number, string>> = {
  5: `another process has kept it locked for ${busyMs / 1_000} s`,
  8: 'it may not be written; check the owner and mode of the file and its folder',
  10: 'the disk failed',
  11: 'it is damaged; restore it from a backup',
  13: 'the disk is full; make room and try again',
  14: 'it cannot be opened; check the owner and mode of the file and its folder',
  26: 'it is no ledger but a file of some other kind; name another path',
}

const fileFailures: Readonly<Record<string, string>> = {
  EACCES: 'permission denied; check the owner and mode of the file and its folder',
  EPERM: 'permission denied; check the owner and mode of the file and its folder',
  EROFS: 'the disk is read-only',
  EISDIR: 'it is a folder; name a file',
  ENOTDIR: 'a part of its path is no folder',
  EEXIST: 'a part of its path is no folder',
  ENOSPC: 'the disk is full; make room and try again',
}

/** Errors of a COMMIT that come before its last byte was written: BUSY, FULL and IOERR_WRITE. */
const beforeCommit = [5, 13, 778]

interface NodeError {
  readonly code?: unknown
  readonly errcode?: unknown
  readonly message?: unknown
}

export function failure(path: string, error: unknown, when?: 'at-commit'): Error {
  if (!(error instanceof Error)) return new Error(String(error))
  if (error instanceof LedgerError) return error
  const { code, errcode, message }: NodeError = error
  const fail = (kind: LedgerError['kind'], why: string) =>
    new LedgerError(kind, `ledger ${path}: ${why}`, { cause: error })
  if (code === 'ERR_SQLITE_ERROR' && typeof errcode === 'number') {
    const known = sqliteFailures[errcode & 0xff]
    const isSettled = when !== 'at-commit' || beforeCommit.includes(errcode)
    const why = known ?? `SQLite says ${message} (${errcode})`
    return isSettled
      ? fail('unavailable', why)
      : fail('unknown', `${why}; what was being written may stand`)
  }
  if (code === 'ERR_INVALID_STATE') return fail('unavailable', 'it is closed')
  const known = typeof code === 'string' && fileFailures[code]
  return known ? fail('unavailable', known) : error
}
