/**
 * The command line: arguments in, an exit code out. It never throws, and never ends the process.
 *
 * What the commands are stands in `tree.ts`; how they end in `failure.ts`.
 */
import { readFileSync } from 'node:fs'
import { type Command, CommanderError } from 'commander'
import { CliError, complaint, exitCodes } from './failure.ts'
import { type Io, ownIo } from './io.ts'
import type { Programs } from './programs.ts'
import { type GlobalOptions, type Session, session } from './session.ts'
import { type Does, tree, type Work } from './tree.ts'

export async function cli(
  argv: readonly string[],
  programs: Programs,
  io: Io = ownIo(),
): Promise<number> {
  let opened: Session | null = null
  const isJson = argv.includes('--json')
  let exitCode: number = exitCodes.ok
  const does: Does =
    <Options>(work: Work<Options>) =>
    async (...given) => {
      const command = given.at(-1) as Command
      opened = session(io, command.optsWithGlobals<GlobalOptions>())
      exitCode = await work(opened, command.args, command.opts() as Options)
    }
  const root = tree({ programs, version: versionOfPackage(), does })
  prepare(root, { io, isJson })
  try {
    await root.parseAsync(argv, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.ok
    const { text, exitCode: code } = complaint(
      error instanceof CommanderError ? usage(error) : error,
      {
        isJson,
        isDebug: io.env.CALUMET_DEBUG === '1',
        sources: (opened as Session | null)?.sources ?? new Map(),
      },
    )
    io.stderr.write(text)
    return code
  }
}

/** Below `root` nothing exits, and errors are told once, by us. */
function prepare(command: Command, world: { readonly io: Io; readonly isJson: boolean }): void {
  const { io, isJson } = world
  command.exitOverride().configureOutput({
    writeOut: (text) => io.stdout.write(text),
    writeErr: (text) => void (isJson || io.stderr.write(text)),
    outputError: () => {},
    getOutHelpWidth: () => (io.isTTY ? (io.columns ?? 80) : 100),
    getErrHelpWidth: () => 100,
    getOutHasColors: () => false,
    getErrHasColors: () => false,
  })
  for (const child of command.commands) prepare(child, world)
}

/** `error: unknown option '--jsn'\n(Did you mean --json?)` as one line of ours. */
function usage({ code, message }: CommanderError): CliError {
  const said = message
    .replace(/^error: /, '')
    .replace(/\n\(Did you mean (.*)\?\)$/, '; did you mean $1?')
    .replace(/\.$/, '')
  const isHelp = code === 'commander.help'
  return new CliError('invalid', isHelp ? 'no command was named' : said)
}

function versionOfPackage(): string {
  const { version } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  ) as { version: string }
  return version
}
