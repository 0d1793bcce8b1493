/**
 * An append-only file, one JSON line an event, on disk before `append` returns.
 *
 * Blocks while the disk does: between two lines nothing else can happen, which is what makes a kill
 * at any instruction survivable. After a failed write it takes no more: nobody knows what the disk
 * holds until the file is read again.
 */
import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { SetupError } from './setup-error.ts'

export interface Journal<Event> {
  append(event: Event): void
  close(): void
}

/** Replays the file into `onEvent`. A last line that was never finished is cut off. */
export function openJournal<Event>(path: string, onEvent: (event: Event) => void): Journal<Event> {
  const fd = openSync(path, 'a+', 0o600)
  const content = readFileSync(fd)
  const end = content.lastIndexOf(0x0a) + 1
  let number = 0
  for (let from = 0; from < end; ) {
    const to = content.indexOf(0x0a, from)
    number += 1
    replay(content.toString('utf8', from, to), `${path}:${number}`, onEvent)
    from = to + 1
  }
  if (end < content.length) ftruncateSync(fd, end)
  fsyncSync(fd)
  syncFolder(path)

  let broken: unknown = null
  return {
    append(event) {
      if (broken) throw new Error(`${path} takes no more since a write failed`, { cause: broken })
      try {
        writeLine(fd, event)
        fdatasyncSync(fd)
      } catch (error) {
        broken = error
        throw error
      }
    },
    close: () => closeSync(fd),
  }
}

/** Puts a shorter journal in the place of a longer one: either of them, never a mixture. */
export function rewriteJournal(path: string, events: Iterable<unknown>): void {
  const fd = openSync(`${path}.new`, 'w', 0o600)
  for (const event of events) writeLine(fd, event)
  fsyncSync(fd)
  closeSync(fd)
  renameSync(`${path}.new`, path)
  syncFolder(path)
}

function replay<Event>(line: string, where: string, onEvent: (event: Event) => void): void {
  try {
    onEvent(JSON.parse(line))
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    throw new SetupError(`${where}: the journal is damaged (${said}); restore it from a copy`)
  }
}

function writeLine(fd: number, event: unknown): void {
  const line = Buffer.from(`${JSON.stringify(event)}\n`)
  for (let written = 0; written < line.length; ) written += writeSync(fd, line, written)
}

/** A new name is only on disk once its folder is. */
function syncFolder(path: string): void {
  const folder = openSync(dirname(path), 'r')
  fsyncSync(folder)
  closeSync(folder)
}
