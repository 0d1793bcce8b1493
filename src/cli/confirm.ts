/**
 * Asks a person before money is spent or work is stopped. Nobody is asked where nobody sits.
 */
import { CliError } from './failure.ts'
import type { Session } from './session.ts'
import { plain } from './show/text.ts'

/** Returns when the answer was yes; anything else ends the command with nothing done. */
export async function confirm(
  { io, canAsk }: Session,
  question: string,
  isYes: boolean | undefined,
): Promise<void> {
  if (isYes) return
  if (!canAsk) {
    const hint = 'nobody can be asked here; say -y to go ahead'
    throw new CliError('unconfirmed', `not confirmed: ${question} ${hint}`)
  }
  const clack = await import('@clack/prompts')
  const answer = await clack.confirm({
    message: plain(question),
    initialValue: false,
    input: io.stdin,
    output: io.stdout,
    signal: io.interruption(),
  })
  if (clack.isCancel(answer)) throw new CliError('interrupted', 'interrupted; nothing was done')
  if (!answer) throw new CliError('unconfirmed', 'not confirmed; nothing was done')
}

/** A secret, not shown while it is typed; from a pipe, all that comes. */
export async function askSecret({ io, canAsk }: Session, message: string): Promise<string> {
  if (!canAsk) return (await readAll(io.stdin, secretMax)).toString('utf8').trim()
  const clack = await import('@clack/prompts')
  const options = { message, input: io.stdin, output: io.stdout, signal: io.interruption() }
  const answer = await clack.password(options)
  if (clack.isCancel(answer)) throw new CliError('interrupted', 'interrupted; nothing was done')
  return answer.trim()
}

const secretMax = 10_000

/** What comes on a stream; more than `bytesMax` is refused, whoever sends it. */
export async function readAll(stream: AsyncIterable<unknown>, bytesMax: number): Promise<Buffer> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of stream) {
    const buffer = Buffer.from(part as Buffer | string)
    bytes += buffer.length
    if (bytes > bytesMax) {
      throw new CliError('too-large', `stdin has more than ${bytesMax} bytes; that is too much`)
    }
    parts.push(buffer)
  }
  return Buffer.concat(parts)
}
