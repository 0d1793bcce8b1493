/**
 * What the machine tells its agent, all of it in environment variables. Reads no file.
 */
export interface Settings {
  readonly server: string
  readonly key: string
  readonly secret: string
  /** Which of the lease's nodes this is, from 0. */
  readonly node: number
  /** The supplier's own name of this machine. */
  readonly machine: string
  /** Where the other machines of the lease reach this one. */
  readonly address: string
  /** Other machines have the same address, so that every server here needs a port of its own. */
  readonly sharesHost: boolean
  readonly home: string
  /** Without an answer for so long, the machine is nobody's any more. */
  readonly deadManMs: number
  /** From the request to stop until the kill. */
  readonly graceMs: number
}

export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const text = (name: string): string => {
    const value = env[name]
    if (value) return value
    throw new Error(`${name} is not set; whoever boots this machine has to tell the agent`)
  }
  const whole = (name: string, fallback: string): number => {
    const value = env[name] || fallback
    if (/^\d{1,12}$/.test(value)) return Number(value)
    throw new Error(`${name} is "${value}"; expected a whole number such as 5000`)
  }
  const server = text('CALUMET_SERVER')
  if (!/^https?:\/\//.test(server) || !URL.canParse(server)) {
    throw new Error(`CALUMET_SERVER is "${server}"; expected a URL such as https://host:8700`)
  }
  return {
    server: server.replace(/\/+$/, ''),
    key: text('CALUMET_KEY'),
    secret: text('CALUMET_SECRET'),
    node: whole('CALUMET_NODE', ''),
    machine: text('CALUMET_MACHINE'),
    address: text('CALUMET_ADDRESS'),
    sharesHost: env.CALUMET_SHARED_HOST === '1',
    home: text('CALUMET_HOME'),
    deadManMs: whole('CALUMET_DEAD_MAN_MS', `${45 * 60_000}`),
    graceMs: whole('CALUMET_GRACE_MS', '5000'),
  }
}
