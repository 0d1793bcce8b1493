/**
 * `calumet get`: tables of what there is; with `--watch` again and again as it changes.
 */

import type { Client } from '../../api/client.ts'
import { nearest } from '../../core/spec/words.ts'
import { CliError, exitCodes } from '../failure.ts'
import { isRead, patience } from '../patience.ts'
import type { Session } from '../session.ts'
import * as columns from '../show/columns.ts'
import { outline } from '../show/outline.ts'
import { type Column, table } from '../show/table.ts'
import { type Kind, kinds } from '../values.ts'

export interface GetOptions {
  readonly all?: boolean
  readonly watch?: boolean
}

interface Wish extends GetOptions {
  readonly kind: Kind
  /** Only the one of this name; undefined for all. */
  readonly name: string | undefined
}

/** What came, and what people see of it. */
interface Found {
  readonly reply: unknown
  readonly text: string
}

export async function get(
  session: Session,
  [kind, name]: readonly string[],
  options: GetOptions,
): Promise<number> {
  const wish: Wish = { ...options, kind: kindOf(kind), name }
  const api = await session.api()
  if (options.watch) await watch(session, api, wish)
  else {
    const { reply, text } = await find(session, api, wish)
    session.reply(reply, () => text)
  }
  return exitCodes.ok
}

/** Takes the singular as well. */
function kindOf(word: string | undefined): Kind {
  if (word === undefined) return 'workloads'
  const kind = kinds.find((each) => each === word || singular(each) === word)
  if (kind) return kind
  const meant = nearest(word, kinds)
  const hint = meant ? `did you mean ${meant}?` : `to see one workload: calumet describe ${word}`
  const known = kinds.join(', ')
  throw new CliError('invalid', `there is no kind ${word}; expected one of ${known}; ${hint}`)
}

function singular(kind: Kind): string {
  return kind === 'policies' ? 'policy' : kind.slice(0, -1)
}

/** Draws anew when something changed; on a terminal in the place of what was there. */
async function watch(session: Session, api: Client, wish: Wish): Promise<void> {
  const { io } = session
  const waits = patience(session, 1_000)
  let shown = ''
  while (isRead(session)) {
    try {
      const { reply, text } = await find(session, api, wish)
      waits.answered()
      const seen = session.isJson ? JSON.stringify(reply) : text
      if (seen !== shown)
        session.replyLine(reply, () => (io.isTTY ? `${clear}${text}` : `${text}\n`))
      shown = seen
    } catch (error) {
      waits.complain(error)
    }
    await waits.pause()
  }
}

/** Home, and everything below it empty. */
const clear = '\x1b[H\x1b[J'

async function find(session: Session, api: Client, wish: Wish): Promise<Found> {
  const now = session.io.now()
  const { kind, all } = wish
  switch (kind) {
    case 'workloads': {
      const reply = { workloads: only(wish, await allWorkloads(api, all), ({ name }) => name) }
      const text = list(session, columns.workloadColumns(now), reply.workloads)
      return { reply, text: text || nothing(wish) }
    }
    case 'runs': {
      const runs = (await allWorkloads(api, all)).flatMap((workload) => workload.runs)
      const reply = { runs: only(wish, runs, ({ id }) => id) }
      return { reply, text: list(session, columns.runColumns(now), reply.runs) || nothing(wish) }
    }
    case 'leases': {
      const leases = await paged(
        (query) => api.call('leases', { query: { ...query, all } }).then((page) => page.leases),
        ({ id }) => id,
      )
      const reply = { leases: only(wish, leases, ({ id }) => id) }
      return {
        reply,
        text: list(session, columns.leaseColumns(now), reply.leases) || nothing(wish),
      }
    }
    case 'policies': {
      const { policies } = await api.call('policies', {})
      const reply = { policies: only(wish, policies, nameOf) }
      return {
        reply,
        text: reply.policies.map((each) => outline(each)).join('\n') || nothing(wish),
      }
    }
    default:
      return findWhole(session, api, { ...wish, kind })
  }
}

/** Kinds that come in one reply and have one row each. */
async function findWhole(
  session: Session,
  api: Client,
  wish: Wish & { readonly kind: 'suppliers' | 'offers' | 'quotas' | 'tokens' },
): Promise<Found> {
  switch (wish.kind) {
    case 'suppliers': {
      const { suppliers } = await api.call('suppliers', {})
      const reply = { suppliers: only(wish, suppliers, ({ name }) => name) }
      const text = list(session, columns.supplierColumns, reply.suppliers)
      return { reply, text: text || nothing(wish) }
    }
    case 'quotas': {
      const { quotas } = await api.call('quotas', {})
      const reply = { quotas: only(wish, quotas, ({ team }) => team) }
      return { reply, text: list(session, columns.quotaColumns, reply.quotas) || nothing(wish) }
    }
    case 'offers': {
      const { offers } = await api.call('offers', {})
      const reply = { offers: only(wish, offers, ({ supplier, id }) => `${supplier}/${id}`) }
      return {
        reply,
        text: list(session, columns.offerColumns(session.io.now()), reply.offers) || nothing(wish),
      }
    }
    case 'tokens': {
      const { tokens } = await api.call('tokens', {})
      const reply = { tokens: only(wish, tokens, ({ name }) => name) }
      return { reply, text: list(session, columns.tokenColumns, reply.tokens) || nothing(wish) }
    }
  }
}

function list<Row>(session: Session, shown: readonly Column<Row>[], rows: readonly Row[]): string {
  return rows.length > 0 ? table(shown, rows, session.look) : ''
}

function allWorkloads(api: Client, all: boolean | undefined) {
  return paged(
    (query) => api.call('workloads', { query: { ...query, all } }).then((page) => page.workloads),
    ({ name }) => name,
  )
}

interface Page {
  readonly after?: string
  readonly limit: number
}

const pageMax = 1_000

async function paged<Row>(
  fetchPage: (page: Page) => Promise<readonly Row[]>,
  nameOfRow: (row: Row) => string,
): Promise<readonly Row[]> {
  const rows: Row[] = []
  while (true) {
    const last = rows.at(-1)
    const page = await fetchPage({ after: last && nameOfRow(last), limit: pageMax })
    rows.push(...page)
    if (page.length < pageMax) return rows
  }
}

function only<Row>(
  { kind, name }: Wish,
  rows: readonly Row[],
  nameOfRow: (row: Row) => string,
): readonly Row[] {
  if (name === undefined) return rows
  const found = rows.filter((row) => nameOfRow(row) === name)
  if (found.length > 0) return found
  const meant = nearest(name, rows.map(nameOfRow))
  const hint = meant === null ? `\`calumet get ${kind}\` lists them` : `did you mean ${meant}?`
  throw new CliError('not-found', `there is no ${singular(kind)} ${name}; ${hint}`)
}

function nameOf(policy: unknown): string {
  return String((policy as { readonly name?: unknown }).name ?? '')
}

/** What to do where there is nothing yet. */
function nothing({ kind, all }: Wish): string {
  const submit = 'submit one with `calumet apply -f FILE`'
  const ended = all ? '' : '; `--all` shows those that are over too'
  switch (kind) {
    case 'workloads':
      return `no jobs and services; ${submit}${ended}\n`
    case 'runs':
      return `no runs; they come with jobs and services: ${submit}${ended}\n`
    case 'leases':
      return `no leases: nothing is held and nothing is being bought${ended}\n`
    case 'suppliers':
      return `no suppliers; ${submit}, and see examples/supplier.yaml\n`
    case 'offers':
      return 'no offers; `calumet get suppliers` tells whether any supplier answers\n'
    case 'policies':
      return `no policy: nothing limits what is spent but max_price; ${submit}\n`
    case 'quotas':
      return 'no quotas: teams may hold as much as they like; a policy may have `quotas`\n'
    case 'tokens':
      return 'no tokens; make one with `calumet token create NAME --role ROLE`\n'
  }
}
