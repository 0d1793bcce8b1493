/**
 * A price list in a file: what it sells, by whom, how old it is, and which of its rows were left
 * out. A list without a name for its seller is named after its file, or after its folder where the
 * file is called `vms.csv` as in the SkyPilot catalogue.
 */
import { stat } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { type PriceList, readPriceList } from '../core/catalog/price-list.ts'
import type { Ms } from '../core/domain/time.ts'
import { readDocument } from './documents.ts'
import { CliError } from './failure.ts'
import type { Session } from './session.ts'

const bytesMax = 50_000_000
/** What the API takes in one request. */
const offersMax = 5_000

export interface Prices extends Pick<PriceList, 'faults' | 'plainRows'> {
  readonly file: string
  /** When the file was last written: its prices are no younger. */
  readonly asOf: Ms
  readonly offers: PriceList['offers'][number][]
}

export async function readPrices(session: Session, file: string): Promise<Prices> {
  const { text } = await readDocument(session, file, bytesMax)
  const asOf = file === '-' ? session.io.now() : Math.floor((await stat(file)).mtimeMs)
  const { offers, faults, plainRows } = readPriceList(text, sellerOf(file))
  const [first] = faults
  if (offers.length === 0) {
    const why = first ? `, the first row at line ${first.line}: ${first.what}` : ''
    throw new CliError('invalid', `${file} holds no price of an accelerator${why}`)
  }
  if (offers.length > offersMax) {
    const told = `${file} holds ${offers.length} offers; at most ${offersMax} go into one request`
    throw new CliError('too-large', `${told}: leave regions out`)
  }
  return { file, asOf, offers: [...offers], faults, plainRows }
}

function sellerOf(file: string): string {
  const name = basename(file, '.csv')
  return name === 'vms' ? basename(dirname(resolve(file))) : name === '-' ? 'stdin' : name
}
