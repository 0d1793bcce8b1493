/**
 * The file that `calumet login` keeps: one server and the token to it, readable by its owner only.
 */
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { CliError } from './failure.ts'
import type { Io } from './io.ts'

export interface Config {
  readonly server: string
  readonly token: string
}

export function configPath(env: Io['env']): string {
  const base = env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config')
  return join(base, 'calumet', 'config.json')
}

/** Null where nobody has logged in. */
export async function readConfig(env: Io['env']): Promise<Config | null> {
  const path = configPath(env)
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw new CliError('invalid', `${path} cannot be read: ${error.message}`)
  })
  if (text === null) return null
  const config = parse(text)
  if (config) return config
  throw new CliError('invalid', `${path} holds no server and token; run \`calumet login\` again`)
}

function parse(text: string): Config | null {
  try {
    const { server, token } = JSON.parse(text) as Partial<Record<keyof Config, unknown>>
    return typeof server === 'string' && typeof token === 'string' ? { server, token } : null
  } catch {
    return null
  }
}

/** Written whole or not at all, and never readable by others, not even for a moment. */
export async function writeConfig(env: Io['env'], config: Config): Promise<string> {
  const path = configPath(env)
  const draft = `${path}.new`
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeFile(draft, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 })
  // A draft that was left behind keeps the mode it had.
  await chmod(draft, 0o600)
  await rename(draft, path)
  return path
}

/** Without a slash at its end. */
export function serverUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  const isPlain = url !== null && /^https?:$/.test(url.protocol) && url.host !== ''
  if (isPlain && url.username === '' && url.password === '' && url.search === '') {
    return `${url.origin}${url.pathname}`.replace(/\/+$/, '')
  }
  const expected = 'a URL such as https://calumet.example:7070'
  throw new CliError('invalid', `${text} is no address of a server; expected ${expected}`)
}
