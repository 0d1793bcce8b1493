/**
 * The files that people name: read whole, within limits, under the names that people gave them.
 * What is in them is for others to judge.
 */
import { open } from 'node:fs/promises'
import type { ApplyRequest } from '../api/wire.ts'
import { readAll } from './confirm.ts'
import { CliError } from './failure.ts'
import type { Session } from './session.ts'

/** What the API takes. */
const bytesMax = 1_000_000
const filesMax = 50

export async function readDocuments(
  session: Session,
  files: readonly string[],
): Promise<ApplyRequest> {
  if (files.length > filesMax) {
    throw new CliError(
      'too-large',
      `${files.length} files; at most ${filesMax} go into one request`,
    )
  }
  const twice = files.find((file, index) => files.indexOf(file) !== index)
  if (twice !== undefined) throw new CliError('invalid', `${twice} is named twice; once is enough`)
  const documents: ApplyRequest['documents'] = []
  for (const file of files) {
    documents.push(await readDocument(session, file, bytesMax))
  }
  return { documents }
}

/** One file, or stdin where it is called `-`. Faults can show lines of it from now on. */
export async function readDocument(
  session: Session,
  file: string,
  most: number,
): Promise<ApplyRequest['documents'][number]> {
  const bytes = file === '-' ? await readAll(session.io.stdin, most) : await readFile(file, most)
  const document = { file: file === '-' ? 'stdin' : file, text: decode(bytes, file) }
  session.sources.set(document.file, document.text)
  return document
}

async function readFile(file: string, most: number): Promise<Uint8Array> {
  try {
    const handle = await open(file)
    try {
      const { size } = await handle.stat()
      // A pipe has no size, so what is read is counted as well.
      if (size > most) throw new CliError('too-large', `it has more than ${most / 1_000_000} MB`)
      return await readAll(handle.createReadStream({ autoClose: false }), most)
    } finally {
      await handle.close()
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new CliError('not-found', `there is no file ${file}`)
    if (code === 'EISDIR') throw new CliError('invalid', `${file} is a folder; name its files`)
    throw new CliError('invalid', `${file} cannot be read: ${message}`)
  }
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new CliError('invalid', `${file} is not UTF-8 text; save it as UTF-8`)
  }
}
