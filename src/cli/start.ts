/**
 * The commands that start long-running programs: their options, checked and with defaults, become
 * the options of `programs.ts`. What they run comes from the composition root.
 */
import { homedir } from 'node:os'
import { join } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { serverUrl } from './config.ts'
import type { Io } from './io.ts'
import { type LogLevel, type LoopDurations, logLevels, type Programs } from './programs.ts'
import type { Session } from './session.ts'
import type { Does } from './tree.ts'
import { durationMs, port } from './values.ts'

export interface Starting {
  readonly programs: Programs
  readonly does: Does
}

export function addStarts(root: Command, { programs, does }: Starting): void {
  addServer(root, programs, does)
  root
    .command('gateway')
    .description('run a gateway of its own for a control plane elsewhere')
    .option('--tokens <file>', 'SHA-256 hashes of tokens to accept even without the server')
    .option('--host <host>', 'where to listen', '127.0.0.1')
    .option('--port <port>', 'where to listen; 0 for any', port, 7_080)
    .option('--routes <file>', 'keeps the last known routes, for a start without a server')
    .option('--name <name>', 'reports load under this name', undefined)
    .option('--served-by', 'tell callers which supplier answered', false)
    .addOption(logLevel())
    .action(does((session, _, options: GatewayFlags) => startGateway(session, programs, options)))
}

interface ServerFlags extends Partial<LoopDurations> {
  readonly data?: string
  readonly host: string
  readonly port: number
  readonly ledger?: string
  readonly publicUrl?: string
  readonly gatewayPort: number
  readonly gateway: boolean
  readonly servedBy: boolean
  readonly logLevel: LogLevel
}

const durations: Readonly<Record<keyof LoopDurations, readonly [flag: string, about: string]>> = {
  tickMs: ['--tick', 'a turn of the loop, at the latest'],
  grantMs: ['--grant', 'how long a rank may go on without hearing from here'],
  silentMs: ['--silent', 'a machine that says nothing for so long is lost'],
  beatMs: ['--beat', 'how often machines report'],
  quoteEveryMs: ['--quote-every', 'how often suppliers are asked for prices'],
  listEveryMs: ['--list-every', 'how often suppliers are asked for what is rented'],
  bootTimeoutMs: ['--boot-timeout', 'how long a machine may take to come up'],
  deadManMs: ['--dead-man', 'a machine that hears nothing for so long switches itself off'],
  leadershipMs: ['--leadership', 'a control plane that died keeps others from leading for so long'],
}

function addServer(root: Command, programs: Programs, does: Does): void {
  const command = root
    .command('server')
    .description('run the control plane, with a gateway beside it')
    .option('--data <folder>', 'its data; else CALUMET_DATA, else ~/.local/share/calumet')
    .option('--host <host>', 'where to listen', '127.0.0.1')
    .option('--port <port>', 'where to listen; 0 for any', port, 7_070)
    .option('--ledger <url>', '`embedded` or postgres://…; else CALUMET_LEDGER', ledger)
    .option('--public-url <url>', 'how machines reach this server', url)
    .option('--gateway-port <port>', 'where the gateway listens', port, 7_080)
    .option('--no-gateway', 'run none')
    .option('--served-by', 'the gateway tells callers which supplier answered', false)
    .addOption(logLevel())
  for (const [flag, about] of Object.values(durations)) {
    command.option(`${flag} <duration>`, about, durationMs)
  }
  command.action(does(({ io }, _, flags: ServerFlags) => startServer(io, programs, flags)))
}

function startServer(io: Io, programs: Programs, flags: ServerFlags): Promise<number> {
  const given: Readonly<Record<string, unknown>> = { ...flags }
  const settings = Object.entries(durations).flatMap(([key, [flag]]) => {
    const value = given[camel(flag)]
    return value === undefined ? [] : [[key, value]]
  })
  return programs.server({
    dataDir: flags.data ?? io.env.CALUMET_DATA ?? dataFolder(io.env),
    host: flags.host,
    port: flags.port,
    ledger: flags.ledger ?? ledger(io.env.CALUMET_LEDGER ?? 'embedded'),
    publicUrl: flags.publicUrl ?? null,
    gatewayPort: flags.gateway ? flags.gatewayPort : null,
    servedBy: flags.servedBy,
    logLevel: flags.logLevel,
    settings: Object.fromEntries(settings) as Partial<LoopDurations>,
  })
}

interface GatewayFlags {
  readonly tokens?: string
  readonly host: string
  readonly port: number
  readonly routes?: string
  readonly name?: string
  readonly servedBy: boolean
  readonly logLevel: LogLevel
}

async function startGateway(
  { io, options }: Session,
  programs: Programs,
  flags: GatewayFlags,
): Promise<number> {
  const { addressOf } = await import('./connection.ts')
  return programs.gateway({
    ...(await addressOf(io.env, options)),
    host: flags.host,
    port: flags.port,
    tokensFrom: flags.tokens ?? null,
    servedBy: flags.servedBy,
    routesFile: flags.routes ?? null,
    name: flags.name ?? null,
    logLevel: flags.logLevel,
  })
}

interface ServeFlags {
  readonly file: string
  readonly host: string
  readonly port: number
  readonly data?: string
}

/** `supplier serve`: it stands below `supplier`, beside what asks the control plane. */
export function addServe(supplier: Command, { programs, does }: Starting): void {
  supplier
    .command('serve')
    .description('sell machines of this computer over the open supplier protocol')
    .requiredOption('-f, --file <file>', 'what is sold, in YAML')
    .option('--host <host>', 'where to listen', '127.0.0.1')
    .option('--port <port>', 'where to listen; 0 for any', port, 7_090)
    .option('--data <folder>', 'its journal and machines; else .calumet/suppliers/NAME')
    .addHelpText('after', '\nThe token of buyers: --token-file, else CALUMET_SUPPLIER_TOKEN.')
    .action(
      does(({ options }, _, { file, host, port, data }: ServeFlags) => {
        const tokenFile = options.tokenFile ?? null
        return programs.supplierServe({ file, host, port, dataDir: data ?? null, tokenFile })
      }),
    )
}

function logLevel(): Option {
  return new Option('--log-level <level>', 'what is logged').choices(logLevels).default('info')
}

function dataFolder(env: Io['env']): string {
  return join(env.XDG_DATA_HOME || join(env.HOME || homedir(), '.local', 'share'), 'calumet')
}

function ledger(text: string): string {
  if (text === 'embedded' || /^postgres(ql)?:\/\/./.test(text)) return text
  throw new InvalidArgumentError('Expected `embedded` or postgres://USER@HOST/DATABASE.')
}

function url(text: string): string {
  try {
    return serverUrl(text)
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message)
  }
}

/** `--quote-every` as commander calls it: `quoteEvery`. */
function camel(flag: string): string {
  return flag.slice(2).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
}
