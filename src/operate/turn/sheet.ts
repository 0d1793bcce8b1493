/**
 * A working copy of the live rows: what a turn changes is collected here and becomes one commit.
 *
 * Every write carries the version that was read, so a row that somebody else changed meanwhile
 * makes the whole commit stale.
 */
import type { EventDraft } from '../../core/domain/event.ts'
import type { Bodies, Kind, Put, Row, Snapshot } from '../../ports/ledger.ts'

export interface Sheet {
  readonly events: EventDraft[]
  /** The bodies as they stand on the sheet, live ones only, in order of id. */
  all<K extends Kind>(kind: K): readonly Bodies[K][]
  get<K extends Kind>(kind: K, id: string): Bodies[K] | null
  /** The bodies written in this turn, those that stopped being live among them. */
  changed<K extends Kind>(kind: K): readonly Bodies[K][]
  isChanged(kind: Kind, id: string): boolean
  version(kind: Kind, id: string): number
  set<K extends Kind>(kind: K, id: string, body: Bodies[K], live?: boolean): void
  /** Lets a row that is not live come back: tells the sheet at which version it stands. */
  knowVersion(kind: Kind, id: string, version: number): void
  puts(): readonly Put[]
}

interface Cell {
  readonly version: number
  readonly body: Bodies[Kind] | null
  readonly live: boolean
  readonly changed: boolean
}

/** The rows of a kind as they were read, and the bodies of them, in order of id. */
interface Printed {
  readonly rows: ReadonlyMap<string, Row>
  readonly bodies: readonly Bodies[Kind][]
}

/** What is known otherwise than printed, and all live bodies; null after a change. */
interface Page extends Printed {
  readonly cells: Map<string, Cell>
  live: readonly Bodies[Kind][] | null
}

/** A memo and nothing else: most rows stand for many turns. */
const prints = new WeakMap<readonly Row[], Printed>()

function printed(rows: readonly Row[]): Printed {
  const known = prints.get(rows)
  if (known) return known
  const byId = new Map<string, Row>()
  for (const row of rows) byId.set(row.id, row)
  const fresh = { rows: byId, bodies: rows.map(({ body }) => body) }
  prints.set(rows, fresh)
  return fresh
}

function liveOn({ rows, cells }: Page): readonly Bodies[Kind][] {
  const added = [...cells.keys()].filter((id) => !rows.has(id))
  const bodies: Bodies[Kind][] = []
  // Rows are read in order: what is nearly in order is put in order quickly.
  for (const id of [...rows.keys(), ...added].sort()) {
    const cell = cells.get(id) ?? rows.get(id)
    if (cell?.live && cell.body !== null) bodies.push(cell.body)
  }
  return bodies
}

export function sheet(snapshot: Snapshot): Sheet {
  const pages = new Map<Kind, Page>()

  function page(kind: Kind): Page {
    const known = pages.get(kind)
    if (known) return known
    const print = printed(snapshot.rows[kind] ?? [])
    const fresh = { ...print, cells: new Map(), live: print.bodies }
    pages.set(kind, fresh)
    return fresh
  }

  function cellOf(kind: Kind, id: string): Pick<Cell, 'version' | 'body' | 'live'> | null {
    const { rows, cells } = page(kind)
    return cells.get(id) ?? rows.get(id) ?? null
  }

  return {
    events: [],
    all<K extends Kind>(kind: K) {
      const own = page(kind)
      own.live ??= liveOn(own)
      return own.live as readonly Bodies[K][]
    },
    get<K extends Kind>(kind: K, id: string) {
      const cell = cellOf(kind, id)
      return cell?.live ? (cell.body as Bodies[K] | null) : null
    },
    changed<K extends Kind>(kind: K) {
      const written = [...page(kind).cells.values()].filter(({ changed }) => changed)
      return written.map(({ body }) => body as Bodies[K])
    },
    isChanged: (kind, id) => page(kind).cells.get(id)?.changed ?? false,
    version: (kind, id) => cellOf(kind, id)?.version ?? 0,
    set(kind, id, body, live = true) {
      const own = page(kind)
      const old = cellOf(kind, id)
      if (old?.body === body && old.live === live) return
      own.cells.set(id, { version: old?.version ?? 0, body, live, changed: true })
      own.live = null
    },
    knowVersion(kind, id, version) {
      const own = page(kind)
      // Most were not live before: what is live stays as it is then, and need not be sorted anew.
      if (cellOf(kind, id)?.live) own.live = null
      own.cells.set(id, { version, body: null, live: false, changed: false })
    },
    puts() {
      return [...pages].flatMap(([kind, { cells }]) =>
        [...cells]
          .filter(([, { changed }]) => changed)
          .map(([id, { version, body, live }]) => ({ kind, id, version, body, live }) as Put),
      )
    },
  }
}
