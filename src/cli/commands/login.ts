/**
 * `calumet login`: tries a token and keeps it, with the address of its server, for later commands.
 */
import { serverUrl, writeConfig } from '../config.ts'
import { askSecret } from '../confirm.ts'
import { clientOf } from '../connection.ts'
import { CliError, exitCodes } from '../failure.ts'
import type { Session } from '../session.ts'
import { plain } from '../show/text.ts'

export async function login(session: Session): Promise<number> {
  const { io, options } = session
  const given = options.server ?? io.env.CALUMET_SERVER
  if (given === undefined) throw new CliError('invalid', 'no server: say --server URL')
  const server = serverUrl(given)
  if (isOpen(server)) session.note('note: over http the token travels unencrypted\n')
  const token = await askSecret(session, `token for ${server}`)
  if (token === '') throw new CliError('invalid', 'no token came; type it, or send it on stdin')
  await clientOf(io, { server, token })
    .call('workloads', { query: { limit: 1 } })
    .catch((error) => {
      // A token of a gateway may log in, though it may not look at workloads.
      if (!(error instanceof CliError && error.code === 'forbidden')) throw error
    })
  const path = await writeConfig(io.env, { server, token })
  session.reply({ server, file: path }, () => `logged in to ${server}; kept in ${plain(path)}\n`)
  return exitCodes.ok
}

function isOpen(server: string): boolean {
  const { protocol, hostname } = new URL(server)
  return protocol === 'http:' && !/^(localhost|127\..*|\[::1\])$/.test(hostname)
}
