/**
 * The commands below `calumet focus` and `calumet invoice`: names, arguments and options.
 */
import { Argument, type Command } from 'commander'
import { type Dataset, datasets } from '../../core/focus/columns.ts'
import type { Does } from '../tree.ts'
import { monthOf } from '../values.ts'
import type { CheckOptions, ExportOptions } from './commands.ts'

const dataset = () => new Argument('<dataset>', 'which table of it').choices(datasets)

export function addMoney(root: Command, does: Does): void {
  const focus = root
    .command('focus')
    .description('what was charged, in the words of FOCUS 1.4')
    .helpCommand(false)
  focus
    .command('export')
    .description('one dataset, as a table with commas')
    .addArgument(dataset())
    .option('--month <month>', 'such as 2026-11; everything by default', monthOf)
    .option('-o, --output <file>', 'into a file')
    .action(
      does(async (session, [which = ''], options: ExportOptions) =>
        (await import('./commands.ts')).exportFocus(session, which as Dataset, options),
      ),
    )
  focus
    .command('check')
    .description('whether a table is what FOCUS 1.4 says; needs no server')
    .addArgument(dataset())
    .argument('<file>', 'or - for stdin')
    .option('--invoices <file>', 'invoice details that cost and usage has to come to')
    .action(
      does(async (session, [which = '', file = ''], { invoices }: CheckOptions) =>
        (await import('./commands.ts')).checkFile(session, {
          dataset: which as Dataset,
          file,
          invoices,
        }),
      ),
    )
  const invoice = root
    .command('invoice')
    .description('what suppliers ask for, beside what was charged')
    .helpCommand(false)
  invoice
    .command('list')
    .description('invoices that came in')
    .action(does(async (session) => (await import('./commands.ts')).listInvoices(session)))
  invoice
    .command('import')
    .description('take an invoice in, once, and compare it line by line')
    .argument('<file>', 'in FOCUS, or with invoice,rental,amount,currency,from,to; - for stdin')
    .requiredOption('--supplier <name>', 'whose invoice it is')
    .action(
      does(async (session, [file = ''], { supplier }: { readonly supplier: string }) =>
        (await import('./commands.ts')).importInvoice(session, file, supplier),
      ),
    )
  invoice
    .command('compare')
    .description('an invoice that came in, line by line; exits with 1 where a line does not agree')
    .argument('<supplier>')
    .argument('<number>')
    .action(
      does(async (session, [supplier = '', number = '']) =>
        (await import('./commands.ts')).compareInvoice(session, supplier, number),
      ),
    )
}
