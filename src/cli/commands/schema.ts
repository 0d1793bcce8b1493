/**
 * `calumet schema`: the JSON Schema of spec files, for editors.
 */
import { readFile } from 'node:fs/promises'
import { exitCodes } from '../failure.ts'
import type { Session } from '../session.ts'

const file = new URL('../../../schema/calumet.schema.json', import.meta.url)

export async function schema(session: Session): Promise<number> {
  session.say(await readFile(file, 'utf8'))
  return exitCodes.ok
}
