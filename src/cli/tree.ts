/**
 * The tree of commands: names, arguments, options, and which file does the work. That file is
 * imported when its command is called, so that `calumet --help` stays quick.
 */
import { Argument, Command, Option } from 'commander'
import type { ApplyOptions } from './commands/apply.ts'
import type { Branch, Shell } from './commands/completion.ts'
import type { CostOptions } from './commands/cost.ts'
import type { DeleteOptions } from './commands/delete.ts'
import type { WhyOptions } from './commands/describe.ts'
import type { EventsOptions } from './commands/events.ts'
import type { GetOptions } from './commands/get.ts'
import type { LogsOptions } from './commands/logs.ts'
import type { PlanOptions } from './commands/plan.ts'
import type { SimOptions } from './commands/sim.ts'
import type { CreateOptions } from './commands/token.ts'
import { addContract } from './contract/tree.ts'
import { addMoney } from './money/tree.ts'
import type { Programs } from './programs.ts'
import type { Session } from './session.ts'
import { addServe, addStarts } from './start.ts'
import type { ClearanceOptions } from './supplier/clearance.ts'
import { type StandingOptions, verbs } from './supplier/standing.ts'
import type { ToldOptions } from './supplier/told.ts'
import { dayOf, durationMs, kinds, wholeNumber } from './values.ts'

/** The work of a command: its arguments as they were typed, its options parsed. */
export type Work<Options> = (session: Session, args: string[], options: Options) => Promise<number>

/** Makes an action of a work: the session is opened for it, its exit code is kept. */
export type Does = <Options>(work: Work<Options>) => (...given: readonly unknown[]) => Promise<void>

export interface TreeOptions {
  readonly programs: Programs
  readonly version: string
  readonly does: Does
}

export function tree({ programs, version, does }: TreeOptions): Command {
  const root = new Command('calumet')
    .description('One control plane for accelerators that you rent from rival suppliers')
    .version(version)
    .option('--server <url>', 'the control plane; else CALUMET_SERVER, else the last login')
    .option('--token-file <file>', 'holds the token; else CALUMET_TOKEN, else the last login')
    .option('--json', 'print JSON, errors too')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', exits)
    .helpCommand(false)
  root.commandsGroup('Submit:')
  addSubmits(root, does)
  root.commandsGroup('Look:')
  addLooks(root, does)
  addContract(root, does)
  addMoney(root, does)
  addStreams(root, does)
  root.commandsGroup('Set up:')
  addAdmin(root, does)
  addSupplier(root, { programs, does })
  addLocal(root, version, does)
  root.commandsGroup('Run:')
  addStarts(root, { programs, does })
  return root
}

const exits = `
Exit codes: 0 ok, 1 failed or found something, 2 wrong usage, faulty file or not confirmed,
3 not found, 4 not allowed, 5 server not reachable, 6 demand unmet (plan --strict),
130 interrupted`

function addSubmits(root: Command, does: Does): void {
  root
    .command('apply')
    .description('submit files; shows the plan and asks before anything is bought')
    .requiredOption('-f, --file <file...>', 'YAML; - for stdin')
    .option('-y, --yes', 'buy without being asked')
    .action(
      does(async (session, _, options: ApplyOptions) =>
        (await import('./commands/apply.ts')).apply(session, options),
      ),
    )
  root
    .command('plan')
    .description('what is done next, or applying files would do, or what if …; changes nothing')
    .option('-f, --file <file...>', 'YAML; - for stdin')
    .option('--what-if <file...>', 'what if this were submitted as well? A contract, a job, …')
    .option('--without <supplier...>', 'what if this supplier were gone?')
    .option('--stock <offer=nodes...>', 'what if acme/h100x8 had so many nodes, as in …=4?')
    .option('--price <offer=usd...>', 'what if a node of acme/h100x8 cost so much, as in …=9.50?')
    .option('--prices <file...>', 'what if others sold at these prices? A SkyPilot catalogue, CSV')
    .option('--strict', 'exit with 6 where demand stays unmet')
    .action(
      does(async (session, _, options: PlanOptions) =>
        (await import('./commands/plan.ts')).plan(session, options),
      ),
    )
  root
    .command('sim')
    .description('what if? plays days of a scenario in seconds, beside today; needs no server')
    .argument('<file>', 'the scenario, in YAML; jobs and services may stand beside it')
    .option('-f, --file <file...>', 'more YAML: jobs, services, suppliers, a policy')
    .option('--seed <seed>', 'draws what is left to chance', '1')
    .addOption(
      new Option('--against <what>', 'what it is compared with')
        .choices(['base', 'none'])
        .default('base', 'today, without what the scenario makes happen'),
    )
    .option('--all', 'the whole timeline, every event')
    .action(
      does(async (session, [file = ''], options: SimOptions) =>
        (await import('./commands/sim.ts')).sim(session, file, options),
      ),
    )
  root
    .command('delete')
    .description('stop jobs and services and give their capacity back')
    .argument('<workload...>')
    .option('-y, --yes', 'do it without being asked')
    .action(
      does(async (session, names, options: DeleteOptions) =>
        (await import('./commands/delete.ts')).deleteWorkloads(session, names, options),
      ),
    )
}

function addLooks(root: Command, does: Does): void {
  const kind = new Argument('[kind]', 'workloads where none is named')
  // Offered to completion and help only: the command itself takes the singular too.
  kind.argChoices = [...kinds]
  root
    .command('get')
    .description('tables of what there is')
    .addArgument(kind)
    .argument('[name]', 'only the one of this name')
    .option('-a, --all', 'also what is over')
    .option('-w, --watch', 'again and again, as it changes')
    .action(
      does(async (session, args, options: GetOptions) =>
        (await import('./commands/get.ts')).get(session, args, options),
      ),
    )
  root
    .command('offers')
    .description('what suppliers sell now')
    .action(
      does(async (session) => (await import('./commands/get.ts')).get(session, ['offers'], {})),
    )
  root
    .command('describe')
    .description('all that is known of a job or service')
    .argument('<workload>')
    .action(
      does(async (session, [name = '']) =>
        (await import('./commands/describe.ts')).describe(session, name),
      ),
    )
  root
    .command('why')
    .description('why it runs where it runs, and why not elsewhere')
    .argument('<workload>')
    .option('--at <day>', 'what contracts said on this day to what is for sale now', dayOf)
    .action(
      does(async (session, [name = ''], options: WhyOptions) =>
        (await import('./commands/describe.ts')).why(session, name, options),
      ),
    )
}

function addStreams(root: Command, does: Does): void {
  root
    .command('logs')
    .description('what a rank printed')
    .argument('<workload>', 'a job or service, or one run such as chat.1')
    .option('-f, --follow', 'until the run is over, wherever it moves')
    .option('--rank <number>', 'of which machine of the gang', wholeNumber)
    .option('--epoch <number>', 'of which start; the newest where none is named', wholeNumber)
    .action(
      does(async (session, [name = ''], options: LogsOptions) =>
        (await import('./commands/logs.ts')).logs(session, name, options),
      ),
    )
  root
    .command('events')
    .description('what happened')
    .option('-f, --follow', 'and what happens from now on')
    .option('--workload <name>', 'only of this job or service')
    .option('--supplier <name>', 'only of this supplier')
    .option('--since <duration>', 'as far back as this, for example 1h', durationMs)
    .action(
      does(async (session, _, options: EventsOptions) =>
        (await import('./commands/events.ts')).events(session, options),
      ),
    )
  root
    .command('cost')
    .description('what was and is being spent')
    .addOption(
      new Option('--by <what>', 'one row for each').choices([
        'supplier',
        'workload',
        'team',
        'accelerator',
        'contract',
      ]),
    )
    .action(
      does(async (session, _, options: CostOptions) =>
        (await import('./commands/cost.ts')).cost(session, options),
      ),
    )
}

function addAdmin(root: Command, does: Does): void {
  root
    .command('login')
    .description('keep a server and its token, which is asked for or read from stdin')
    .action(does(async (session) => (await import('./commands/login.ts')).login(session)))
  root
    .command('doctor')
    .description('is everything as it should be?')
    .action(does(async (session) => (await import('./commands/doctor.ts')).doctor(session)))
  root
    .command('audit')
    .description('holds all invariants against the ledger and what suppliers list')
    .action(does(async (session) => (await import('./commands/audit.ts')).audit(session)))
  const token = root.command('token').description('keys to the API').helpCommand(false)
  token
    .command('create')
    .description('make a token and show it once')
    .argument('<name>')
    .addOption(
      new Option('--role <role>', 'what it may do')
        .choices(['admin', 'writer', 'reader', 'gateway', 'client'])
        .makeOptionMandatory(),
    )
    .option('--person <name>', 'whose it is, where two persons have to agree; else its own name')
    .option('--expires <duration>', 'for example 90d; never where none is named', durationMs)
    .action(
      does(async (session, [name = ''], options: CreateOptions) =>
        (await import('./commands/token.ts')).createToken(session, name, options),
      ),
    )
  token
    .command('list')
    .description('all tokens, without their secrets')
    .action(
      does(async (session) => (await import('./commands/get.ts')).get(session, ['tokens'], {})),
    )
  token
    .command('revoke')
    .description('a token that opens nothing any more')
    .argument('<name>')
    .action(
      does(async (session, [name = '']) =>
        (await import('./commands/token.ts')).revokeToken(session, name),
      ),
    )
}

function addSupplier(root: Command, { programs, does }: Omit<TreeOptions, 'version'>): void {
  const supplier = root
    .command('supplier')
    .description('suppliers: buy from them, or be one')
    .helpCommand(false)
  addServe(supplier, { programs, does })
  supplier
    .command('list')
    .description('all suppliers and how they are doing')
    .option('--public', 'as customers may see it: who, for what and where')
    .action(
      does(async (session, _, { public: isPublic }: { readonly public?: boolean }) =>
        isPublic
          ? (await import('./supplier/score.ts')).listPublic(session)
          : (await import('./commands/get.ts')).get(session, ['suppliers'], {}),
      ),
    )
  supplier
    .command('score')
    .description('how suppliers did: refusals, time to capacity, what they took back')
    .action(does(async (session) => (await import('./supplier/score.ts')).score(session)))
  supplier
    .command('clearance')
    .description('what is kept from a supplier of dealings with others, and why')
    .argument('<name>', 'or public, for whoever reads what is published')
    .option('--at <day>', 'on this day, or at this moment', dayOf)
    .action(
      does(async (session, [name = ''], options: ClearanceOptions) =>
        (await import('./supplier/clearance.ts')).clearance(session, name, options),
      ),
    )
  supplier
    .command('told')
    .description('what left for a supplier: what it was asked for, given back, given notice of')
    .argument('<name>')
    .option('--since <day>', 'from this day on, or this moment', dayOf)
    .action(
      does(async (session, [name = ''], options: ToldOptions) =>
        (await import('./supplier/told.ts')).told(session, name, options),
      ),
    )
  for (const [verb, state] of Object.entries(verbs)) {
    supplier
      .command(verb)
      .description(`make it ${state}: anything new is bought from an active supplier alone`)
      .argument('<name>')
      .requiredOption('--reason <text>', 'why; kept with who says so')
      .action(
        does(async (session, [name = ''], { reason }: StandingOptions) =>
          (await import('./supplier/standing.ts')).decideStanding(session, name, { state, reason }),
        ),
      )
  }
  supplier
    .command('delete')
    .description('forget a supplier from which nothing is held')
    .argument('<name>')
    .option('-y, --yes', 'do it without being asked')
    .action(
      does(async (session, [name = ''], options: DeleteOptions) =>
        (await import('./commands/delete.ts')).deleteSupplier(session, name, options),
      ),
    )
}

function addLocal(root: Command, version: string, does: Does): void {
  root
    .command('completion')
    .description('a script that completes commands: source <(calumet completion bash)')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish', 'names']))
    .action(
      does(async (session, [shell]) => {
        const { completion, printNames } = await import('./commands/completion.ts')
        if (shell === 'names') return printNames(session)
        return completion(session, shell as Shell, branchesOf(root))
      }),
    )
  root
    .command('schema')
    .description('the JSON Schema of spec files, for editors')
    .action(does(async (session) => (await import('./commands/reference.ts')).schema(session)))
  root
    .command('accelerators')
    .description('the accelerators that are known, what each is worth, and where that comes from')
    .argument('[name]', 'however it is called, such as h100-sxm or tpu-v5p-8')
    .action(
      does(async (session, [name]) =>
        (await import('./commands/reference.ts')).accelerators(session, name),
      ),
    )
  root
    .command('egress')
    .description('a table of what a gigabyte costs from region to region, as `egress` of a policy')
    .argument('<file>', 'CSV with from, to, per_gb; or src, dest, cost')
    .action(
      does(async (session, [file = '']) =>
        (await import('./money/egress.ts')).egress(session, file),
      ),
    )
  root
    .command('version')
    .description('the version of this program')
    .action(
      does(async (session) => {
        session.reply({ version }, () => `${version}\n`)
        return 0
      }),
    )
}

/** The tree as completion needs it. */
function branchesOf(command: Command, path = ''): readonly Branch[] {
  const below = command.commands.flatMap((child) =>
    branchesOf(child, `${path} ${child.name()}`.trim()),
  )
  const args = command.registeredArguments
  const choices = args.flatMap(({ argChoices = [] }) => argChoices)
  const options = [...command.options, ...(path === '' ? [] : (rootOf(command).options ?? []))]
  const takesNames = args.some((argument) => argument.name() === 'workload')
  const takesFiles = command.options.some(({ long }) => long === '--file')
  const branch: Branch = {
    path,
    words: [...command.commands.map((child) => child.name()), ...choices],
    options: [...options.flatMap(({ long }) => long ?? []), '--help'],
    takes: takesNames ? 'names' : takesFiles ? 'files' : 'nothing',
  }
  return [branch, ...below]
}

function rootOf(command: Command): Command {
  return command.parent ? rootOf(command.parent) : command
}
