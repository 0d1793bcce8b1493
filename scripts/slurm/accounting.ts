/**
 * Accounting for a Slurm cluster to try things on: slurmdbd, and a MariaDB of its own that answers
 * on no port, only on a socket in a folder that nobody else can enter.
 */
import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { notFound } from './processes.ts'

const packages = 'slurmdbd mariadb-server'

/** Why there can be none here; null where there can. */
export function accountingMissing(): string | null {
  const missing = notFound(['slurmdbd', 'sacct', 'sacctmgr', 'mariadbd', 'mariadb-install-db'])
  if (missing.length === 0) return null
  return `${missing.join(', ')} not found; on Debian: apt-get install ${packages}`
}

export function socketOf(folder: string): string {
  return join(folder, 'db', 'socket')
}

/** Small, since there is little to keep and it is thrown away. */
const size = ['--innodb-buffer-pool-size=64M', '--innodb-log-file-size=8M']

export async function createDatabase(folder: string, user: string): Promise<void> {
  mkdirSync(join(folder, 'db'), { mode: 0o700 })
  const where = ['--no-defaults', `--datadir=${folder}/db/data`, `--user=${user}`]
  const how = ['--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve']
  await promisify(execFile)('mariadb-install-db', [...where, ...how, ...size], { timeout: 60_000 })
}

/** Whoever can enter its folder may do everything: nobody else can. */
export function databaseArgv(folder: string, user: string): readonly string[] {
  const db = join(folder, 'db')
  const where = [`--datadir=${db}/data`, `--socket=${socketOf(folder)}`, `--pid-file=${db}/pid`]
  const how = [`--user=${user}`, '--skip-networking', '--skip-grant-tables']
  const quick = ['--innodb-flush-log-at-trx-commit=0', ...size]
  return ['mariadbd', '--no-defaults', ...where, ...how, ...quick]
}

export function writeAccountingConf(folder: string, user: string, port: number): void {
  const text = `AuthType=auth/munge
AuthInfo=socket=${folder}/munge.socket
AuthAltTypes=auth/jwt
AuthAltParameters=jwt_key=${folder}/jwt.key
DbdHost=localhost
DbdAddr=127.0.0.1
DbdPort=${port}
SlurmUser=${user}
LogFile=${folder}/slurmdbd.log
PidFile=${folder}/slurmdbd.pid
StorageType=accounting_storage/mysql
StorageHost=localhost
StorageUser=${user}
StorageLoc=calumet
`
  writeFileSync(join(folder, 'slurmdbd.conf'), text, { mode: 0o600 })
}

/** Its lines in `slurm.conf`; a job’s comment is kept only where that is asked for. */
export function accountingLines(folder: string, port: number | null): string {
  if (port === null) return 'AccountingStorageType=accounting_storage/none'
  return `AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort=${port}
AccountingStoragePass=${folder}/munge.socket
AccountingStoreFlags=job_comment`
}
