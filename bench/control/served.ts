/**
 * A real `calumet server` over a data folder, and a client with its token.
 */
import { stage, until } from '../../examples/story/stage.ts'
import { type Client, client } from '../../src/api/client.ts'

export interface Served {
  readonly client: Client
  readonly pid: number
  stop(): Promise<void>
}

export interface ServedOptions {
  readonly data: string
  /** One that the ledger knows; null: the first one, which the server prints. */
  readonly token: string | null
  /** Further options of `calumet server`. */
  readonly args?: readonly string[]
}

export async function served({ data, token, args = [] }: ServedOptions): Promise<Served> {
  const { start, clear, remove } = stage()
  const stop = async () => {
    await clear()
    remove()
  }
  try {
    const fixed = ['server', '--port', '0', '--no-gateway', '--data', data]
    const server = start('server', [...fixed, ...args])
    const said = (pattern: RegExp) => () => pattern.exec(server.log())?.[1]
    const url = await until('a server', 60, said(/on (http:[^",\s]+)/))
    const secret = token ?? (await until('a token', 60, said(/(cal_[\w-]{20,})/)))
    const api = client({ url, token: secret, fetch })
    await until('a leader', 60, async () => {
      const { leading } = (await (await fetch(`${url}/health`)).json()) as { leading: boolean }
      return leading
    })
    return { client: api, pid: server.pid, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
