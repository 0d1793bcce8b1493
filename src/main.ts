/**
 * The composition root: the only file that knows everybody. It puts drivers into sockets and hands
 * the programs to the command line; nothing else happens here.
 *
 * What a program needs is loaded when that program runs, so that `calumet --help` stays quick.
 */
import { cli } from './cli/cli.ts'

process.exitCode = await cli(process.argv.slice(2), {
  server: async (options) => (await import('./compose/server.ts')).server(options),
  gateway: async (options) => (await import('./compose/gateway.ts')).gatewayAlone(options),
  supplierServe: async (options) => (await import('./compose/supplier.ts')).supplierServe(options),
})
