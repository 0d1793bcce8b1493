/**
 * Keeps what ranks print as files: `<folder>/<run>/<epoch>/<rank>.log`.
 *
 * What was acknowledged is on the disk. One process at a time may append; nothing is ever cut,
 * rotated or deleted here.
 */
import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { LogStream, Logs } from '../../ports/logs.ts'

export function files(folder: string): Logs {
  const pathOf = ({ run, epoch, rank }: LogStream) =>
    join(folder, nameOf(run), numberOf('epoch', epoch), `${numberOf('rank', rank)}.log`)
  // Appends to one stream follow one another, so that each sees the length that the last one left.
  const ends = new Map<string, Promise<unknown>>()
  return {
    async append(stream, offset, bytes) {
      numberOf('offset', offset)
      const path = pathOf(stream)
      const before = ends.get(path) ?? Promise.resolve()
      const appended = before.then(() => append(folder, path, offset, bytes))
      const end = appended.catch(() => {})
      ends.set(path, end)
      try {
        return await appended
      } finally {
        if (ends.get(path) === end) ends.delete(path)
      }
    },

    async read(stream, offset, limit) {
      numberOf('offset', offset)
      numberOf('limit', limit)
      const path = pathOf(stream)
      const file = await orNull(open(path, 'r'))
      if (!file) return new Uint8Array()
      try {
        const { size } = await file.stat()
        const wanted = Math.max(0, Math.min(limit, size - offset))
        const { bytesRead, buffer } = await file.read(new Uint8Array(wanted), 0, wanted, offset)
        return buffer.subarray(0, bytesRead)
      } finally {
        await file.close()
      }
    },

    async streams(run) {
      const home = join(folder, nameOf(run))
      const epochs = numbersIn(await namesIn(home), /^(\d+)$/)
      const perEpoch = epochs.map(async (epoch) => {
        const ranks = numbersIn(await namesIn(join(home, String(epoch))), /^(\d+)\.log$/)
        return ranks.map((rank) => ({ run, epoch, rank }))
      })
      return (await Promise.all(perEpoch)).flat()
    },
  }
}

async function append(
  folder: string,
  path: string,
  offset: number,
  bytes: Uint8Array,
): Promise<number> {
  const file = (await orNull(open(path, 'r+'))) ?? (offset === 0 && (await create(path)))
  if (!file) return 0
  try {
    const { size } = await file.stat()
    // A new name is only safe once every folder above it was synced.
    if (size === 0) for (const each of foldersAbove(folder, path)) await syncFolder(each)
    const fresh = offset > size ? new Uint8Array() : bytes.subarray(size - offset)
    let length = size
    for (let rest = fresh; rest.length > 0; rest = fresh.subarray(length - size)) {
      length += (await file.write(rest, 0, rest.length, length)).bytesWritten
    }
    // Also where nothing is new: an append that a crash cut short may not have come this far.
    await file.datasync()
    return length
  } finally {
    await file.close()
  }
}

async function create(path: string): Promise<FileHandle> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  return open(path, constants.O_RDWR | constants.O_CREAT, 0o600)
}

function foldersAbove(folder: string, path: string): readonly string[] {
  return [dirname(path), dirname(dirname(path)), folder, dirname(folder)]
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

function nameOf(run: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/.test(run)) return run
  throw new Error(`run ${JSON.stringify(run)} is no name of letters, digits, '.', '_' and '-'`)
}

function numberOf(what: string, number: number): string {
  if (Number.isSafeInteger(number) && number >= 0) return String(number)
  throw new Error(`${what} is ${number}; a whole number from 0 was expected`)
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return (await orNull(readdir(folder))) ?? []
}

function numbersIn(names: readonly string[], pattern: RegExp): readonly number[] {
  const numbers = names.flatMap((name) => pattern.exec(name)?.[1] ?? [])
  return numbers.map(Number).toSorted((one, other) => one - other)
}

/** Null where there is no such file or folder. */
async function orNull<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
