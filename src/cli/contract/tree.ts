/**
 * The commands below `calumet contract`: names, arguments and options.
 */
import { Argument, type Command, Option } from 'commander'
import type { DecisionOrder } from '../../api/wire/money.ts'
import { CliError } from '../failure.ts'
import type { Does } from '../tree.ts'
import { dayOf, decimal, monthOf, positive, usdOf, wholeNumber } from '../values.ts'
import type { AsOfOptions, CheckOptions, WaiveOptions } from './commands.ts'
import type { ExerciseOptions } from './delivery.ts'
import type { IndexOptions, RatesOptions } from './rates.ts'
import type { EvidenceOptions } from './rights.ts'

export function addContract(root: Command, does: Does): void {
  const contract = root
    .command('contract')
    .description('what was signed, and what follows from it')
    .helpCommand(false)
  contract
    .command('list')
    .description('contracts, each in its last version')
    .action(does(async (session) => (await import('./commands.ts')).list(session)))
  contract
    .command('explain')
    .description('every clause in words, those that bind first')
    .argument('[name]', 'a contract, or one clause such as msa/alone; all by default')
    .action(
      does(async (session, [name]) => (await import('./commands.ts')).explain(session, name, {})),
    )
  contract
    .command('asof')
    .description('what bound us on a day, as it was known on a day')
    .argument('<day>', 'such as 2025-10-28', dayOf)
    .option('--as-known <day>', 'with what was known then; else with what is known now', dayOf)
    .action(
      does(async (session, [day = ''], { asKnown }: AsOfOptions) => {
        const commands = await import('./commands.ts')
        return commands.explain(session, undefined, { at: dayOf(day), known: asKnown })
      }),
    )
  contract
    .command('calendar')
    .description('every date ahead, with whose turn it is')
    .action(does(async (session) => (await import('./commands.ts')).calendar(session)))
  contract
    .command('check')
    .description('what cannot be meant of contracts, and what rests on values nobody confirmed')
    .option('-f, --file <file...>', 'with these contracts beside what is there; - for stdin')
    .action(
      does(async (session, _, options: CheckOptions) =>
        (await import('./commands.ts')).check(session, options),
      ),
    )
  addDelivery(contract, does)
  addMoney(contract, does)
  addRofr(contract, does)
  addRecords(contract, does)
  contract
    .command('waive')
    .description('set a clause aside; without --granted a second person has to ask for the same')
    .argument('<clause>', 'such as msa/alone')
    .requiredOption('--until <day>', 'the last moment is the one before', dayOf)
    .requiredOption('--reason <text>', 'or, with --granted, the paper that says so')
    .option('--granted', 'the other side gave way')
    .action(
      does(async (session, [clause = ''], options: WaiveOptions) =>
        (await import('./commands.ts')).waive(session, clause, options),
      ),
    )
  contract
    .command('waivers')
    .description('clauses that were set aside, by whom, why and until when')
    .action(does(async (session) => (await import('./commands.ts')).waivers(session)))
}

/** What was promised to come, and what may come besides. */
function addDelivery(contract: Command, does: Does): void {
  contract
    .command('delivery')
    .description('what was promised to come: how far it is, how late, and what that is worth')
    .argument('[name]', 'a contract or clause; all by default')
    .action(
      does(async (session, [name]) => (await import('./delivery.ts')).delivery(session, name)),
    )
  contract
    .command('contingent')
    .description('what may come and may not: options to take, and backstops to pay')
    .action(does(async (session) => (await import('./delivery.ts')).contingent(session)))
  contract
    .command('exercise')
    .description('take an option; a second person has to say the same')
    .argument('<option>', 'such as msa/more')
    .requiredOption('--quantity <number>', 'in the unit of the option, at most all of it', positive)
    .requiredOption('--due <day>', 'when it is to come', dayOf)
    .requiredOption('--paper <text>', 'our letter that says so')
    .action(
      does(async (session, [clause = ''], options: ExerciseOptions) =>
        (await import('./delivery.ts')).exercise(session, clause, options),
      ),
    )
  contract
    .command('exit')
    .description(
      'what leaving each agreement would cost from now to its end, and when it is cheapest',
    )
    .argument('[name]', 'a contract or clause; all by default')
    .action(does(async (session, [name]) => (await import('./exit.ts')).exit(session, name)))
  contract
    .command('substitute')
    .description('whether what is offered instead may stand in for what was agreed')
    .argument('<clause>', 'such as msa/like-kind')
    .argument('<figure=value...>', 'what was measured, such as memory_gb=141 fabric=infiniband')
    .action(
      does(async (session, [clause = '', ...figures]) =>
        (await import('./delivery.ts')).substitute(session, clause, figures.flat()),
      ),
    )
}

/** What was promised and what it came to. */
function addMoney(contract: Command, does: Does): void {
  contract
    .command('rates')
    .description('what an hour costs by each clause about a price, by which reading or tier')
    .argument('[name]', 'a contract or clause; all by default')
    .option('--at <day>', 'of another day, such as 2026-11-01', dayOf)
    .option('--as-known <day>', 'with what was known then; else with what is known now', dayOf)
    .action(
      does(async (session, [name], options: RatesOptions) =>
        (await import('./rates.ts')).rates(session, name, options),
      ),
    )
  contract
    .command('burn-down')
    .description('how far commitments are used, what is due when, and what will be missing')
    .argument('[name]', 'a contract or clause; all by default')
    .action(does(async (session, [name]) => (await import('./rights.ts')).burnDown(session, name)))
  contract
    .command('claims')
    .description('what was down or too dear, by month, and what may be claimed until when')
    .argument('[name]', 'a contract or clause; all by default')
    .action(does(async (session, [name]) => (await import('./claims.ts')).claims(session, name)))
  contract
    .command('claim')
    .description('the draft of a claim, with its evidence')
    .argument('<clause>', 'such as msa/uptime')
    .argument('<month>', 'of UTC, such as 2026-11', monthOf)
    .action(
      does(async (session, [clause = '', month = '']) =>
        (await import('./claims.ts')).claim(session, clause, month),
      ),
    )
  contract
    .command('exposure')
    .description('what suppliers hold of ours: paid ahead, lent or deposited')
    .action(does(async (session) => (await import('./rights.ts')).exposure(session)))
}

interface RecordOptions {
  readonly on: number
  readonly document: string
  readonly released?: number
}

const excuseCauses = ['maintenance', 'force-majeure', 'our-fault'] as const

interface ExcuseOptions extends RecordOptions {
  readonly until: number
  readonly cause: (typeof excuseCauses)[number]
}

/** Launches and inabilities are of a product and a supplier; a first question is of a clause. */
function addRecords(contract: Command, does: Does): void {
  const record = contract
    .command('record')
    .description('note what happened that a clause asks for, with the paper that shows it')
    .helpCommand(false)
  const noted = (name: string, description: string) =>
    record
      .command(name)
      .description(description)
      .requiredOption('--on <day>', 'when it happened', dayOf)
      .requiredOption('--document <text>', 'the paper that shows it')
  for (const [kind, description] of [
    ['launch', 'a product started there'],
    ['inability', 'it is in writing that a supplier cannot carry a product'],
  ] as const) {
    noted(kind, description)
      .argument('<product>')
      .argument('<supplier>')
      .action(
        does(async (session, [product = '', supplier = ''], options: RecordOptions) => {
          const { on: at, document } = options
          const order = { kind, product, supplier, at, document }
          return (await import('./records.ts')).record(session, order)
        }),
      )
  }
  noted('first-look', 'whoever may offer first was asked')
    .argument('<clause>', 'such as msa/offer')
    .option('--released <day>', 'when they let us go', dayOf)
    .action(
      does(async (session, [clause = ''], options: RecordOptions) => {
        const { on: at, document, released: releasedAt = null } = options
        const order = { kind: 'first-look', clause, releasedAt, at, document } as const
        return (await import('./records.ts')).record(session, order)
      }),
    )
  noted('excuse', 'what was down there was so for a cause that clauses may exclude')
    .argument('<supplier>')
    .requiredOption('--until <moment>', 'when it was over, such as 2026-11-03T04:30Z', dayOf)
    .addOption(new Option('--cause <cause>').choices([...excuseCauses]).makeOptionMandatory())
    .action(
      does(async (session, [supplier = ''], options: ExcuseOptions) => {
        const { on: at, until, cause, document } = options
        const order = { kind: 'excuse', supplier, cause, until, at, document } as const
        return (await import('./records.ts')).record(session, order)
      }),
    )
  addIndex(record, does)
  contract
    .command('records')
    .description('launches, inabilities, first questions, excuses and indices, as they were noted')
    .action(does(async (session) => (await import('./records.ts')).records(session)))
}

/** A level is of a day, and many come in a table. */
function addIndex(record: Command, does: Does): void {
  record
    .command('index')
    .description('where an index stood that a price moves with; what is noted later corrects it')
    .argument('<index>', 'its name, as the clause has it')
    .argument('[value]', 'what it stood at; or --file', decimal)
    .requiredOption('--unit <text>', 'such as USD/MWh')
    .requiredOption('--document <text>', 'who says so')
    .option('--on <day>', 'the day on which it stood there', dayOf)
    .option('--file <file>', 'a table with the columns day and value; - for stdin')
    .action(
      does(async (session, [index = '', value], options: IndexOptions) => {
        const told = value === undefined ? null : Number(value)
        return (await import('./rates.ts')).noteIndex(session, index, { ...options, value: told })
      }),
    )
}

function addRofr(contract: Command, does: Does): void {
  const rofr = contract
    .command('rofr')
    .description('rights of first refusal, from an offer to the freedom to take it')
    .helpCommand(false)
  rofr
    .command('list')
    .description('every case, and how it stands now')
    .action(does(async (session) => (await import('./rights.ts')).listRights(session)))
  rofr
    .command('open')
    .description('open the cases that buying there would trigger')
    .argument('<workload>')
    .argument('<offer>', 'such as rival/h100x8')
    .action(
      does(async (session, [workload = '', offer = '']) =>
        (await import('./rights.ts')).openRight(session, workload, offer),
      ),
    )
  rofr
    .command('notice')
    .description('the notice to the holder, with no more than the clause asks for; its time runs')
    .argument('<case>')
    .requiredOption('--proof <text>', 'how the delivery is proven, such as a receipt')
    .action(
      does(async (session, [id = ''], { proof }: { readonly proof: string }) =>
        (await import('./rights.ts')).notice(session, id, proof),
      ),
    )
  rofr
    .command('decide')
    .description('what the holder decided, or what became of it')
    .argument('<case>')
    .addArgument(
      new Argument('<decision>').choices([
        ...['decline', 'match', 'take', 'dispute', 'withdraw', 'sign', 'fail'],
        ...['settle-declined', 'settle-waived', 'settle-upheld'],
      ]),
    )
    .option('--accelerators <number>', 'how many of them, with take', wholeNumber)
    .option('--price <usd>', 'of one accelerator and hour, with match', usdOf)
    .option('--reason <text>', 'why, with dispute, withdraw and fail; the paper, with sign')
    .action(
      does(async (session, [id = '', decision = ''], options: DecideOptions) =>
        (await import('./rights.ts')).decide(session, id, moveOf(decision, options)),
      ),
    )
  rofr
    .command('waive')
    .description('the holder gave its right up for this deal')
    .argument('<case>')
    .requiredOption('--paper <text>', 'what says so')
    .action(
      does(async (session, [id = ''], { paper }: { readonly paper: string }) =>
        (await import('./rights.ts')).decide(session, id, { event: 'waive', digest: paper }),
      ),
    )
  addEvidence(rofr, does)
}

function addEvidence(rofr: Command, does: Does): void {
  rofr
    .command('evidence')
    .description('every move with who, when, why and what proves it, each chained to the last')
    .argument('<case>')
    .option('--for <party>', 'who is to be shown it; refused where that would tell what is kept')
    .action(
      does(async (session, [id = ''], options: EvidenceOptions) =>
        (await import('./rights.ts')).evidence(session, id, options),
      ),
    )
}

interface DecideOptions {
  readonly accelerators?: number
  readonly price?: number
  readonly reason?: string
}

function moveOf(decision: string, options: DecideOptions): DecisionOrder['move'] {
  const need = <T>(value: T | undefined, option: string): T => {
    if (value !== undefined) return value
    throw new CliError('invalid', `${decision} needs --${option}`)
  }
  switch (decision) {
    case 'take':
      return { event: 'take', accelerators: need(options.accelerators, 'accelerators') }
    case 'match':
      return { event: 'match', pricePerHour: need(options.price, 'price') }
    case 'dispute':
    case 'withdraw':
    case 'fail':
      return { event: decision, why: need(options.reason, 'reason') }
    case 'sign':
      return { event: 'sign-with-holder', digest: need(options.reason, 'reason') }
    case 'settle-declined':
      return { event: 'settle', as: 'declined' }
    case 'settle-waived':
      return { event: 'settle', as: 'waived' }
    case 'settle-upheld':
      return { event: 'settle', as: 'upheld' }
    default:
      return { event: 'decline' }
  }
}
