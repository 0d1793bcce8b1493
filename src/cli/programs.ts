/**
 * What the long-running programs are started with. The command line reads these options; the
 * composition root runs the programs. Shapes only.
 */

/** Each program runs until a signal ends it, and resolves with its exit code. */
export interface Programs {
  server(options: ServerOptions): Promise<number>
  gateway(options: GatewayOptions): Promise<number>
  supplierServe(options: SupplierServeOptions): Promise<number>
}

export const logLevels = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof logLevels)[number]

/** Durations of the loop, in milliseconds; what is not set keeps its default. */
export interface LoopDurations {
  readonly tickMs: number
  readonly grantMs: number
  readonly silentMs: number
  readonly beatMs: number
  readonly quoteEveryMs: number
  readonly listEveryMs: number
  readonly bootTimeoutMs: number
  readonly deadManMs: number
  readonly leadershipMs: number
}

export interface ServerOptions {
  readonly dataDir: string
  readonly host: string
  readonly port: number
  /** `embedded`, or the `postgres://…` URL of a database. */
  readonly ledger: string
  /** How machines reach this server; null where that is its host and port. */
  readonly publicUrl: string | null
  /** Null where no gateway is to run beside the server. */
  readonly gatewayPort: number | null
  /** Whether answers of services carry `x-served-by`. */
  readonly servedBy: boolean
  readonly logLevel: LogLevel
  readonly settings: Partial<LoopDurations>
}

export interface GatewayOptions {
  /** Base URL of the control plane, and the token of a gateway to it. */
  readonly server: string
  readonly token: string
  readonly host: string
  readonly port: number
  /** A file with SHA-256 hashes, one a line, of tokens to accept beside those of the server. */
  readonly tokensFrom: string | null
  readonly servedBy: boolean
  /** Where the last known routes are kept; null: nowhere. */
  readonly routesFile: string | null
  /** Under this name load is reported; null for the name of this machine. */
  readonly name: string | null
  readonly logLevel: LogLevel
}

export interface SupplierServeOptions {
  readonly file: string
  readonly host: string
  readonly port: number
  /** Null for a folder named after the supplier. */
  readonly dataDir: string | null
  /** Null where the token stands in `CALUMET_SUPPLIER_TOKEN`. */
  readonly tokenFile: string | null
}
