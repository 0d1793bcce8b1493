/**
 * The folder through which a cluster is told what to run and tells what became of it: read in one
 * look, written whole. `script.ts` says what stands where.
 */
import { quoted, type Shell } from '../../../ports/shell.ts'

export interface Spool {
  /** Every lease's folder, by key. */
  look(): Promise<ReadonlyMap<string, LeaseFolder>>
  /** Writes files whole, one after the other, into the folder of a lease that is there. */
  write(key: string, files: readonly (readonly [name: string, text: string])[]): Promise<void>
  read(key: string, name: string, offset: number, limit: number): Promise<Buffer>
  remove(key: string): Promise<void>
}

export interface LeaseFolder {
  readonly nodes: readonly SpooledNode[]
  readonly beat: string
  readonly go: { readonly verb: 'run' | 'stop'; readonly epoch: number; readonly pulse: string }
  readonly over: number
  readonly ranks: readonly SpooledRank[]
}

export interface SpooledNode {
  readonly index: number
  readonly machine: string
  readonly address: string
  readonly ports: { readonly service: number; readonly master: number }
}

export interface SpooledRank {
  readonly epoch: number
  readonly rank: number
  /** Null until it has begun. */
  readonly logBytes: number | null
  readonly exitCode: number | null
  readonly checkpoint: string | null
}

export function spool(folder: string, shell: Shell): Spool {
  async function run(script: string): Promise<Buffer> {
    const { code, stdout, stderr } = await shell.run(script)
    if (code === 0) return stdout
    throw new Error(`the spool ${folder}: ${stderr.split('\n').at(-1) || `exit code ${code}`}`)
  }
  const at = (key: string) => `cd ${quoted(`${folder}/${key}`)} || exit 1`

  return {
    async look() {
      return readLook((await run(lookScript(folder))).toString())
    },
    async write(key, files) {
      const lines = files.map(([name, text]) => {
        const [whole, part] = [quoted(name), quoted(`${name}.new`)]
        return `printf %s ${quoted(text)} >${part} && mv ${part} ${whole} || exit 1`
      })
      await run([at(key), 'umask 077', ...lines].join('\n'))
    },
    read(key, name, offset, limit) {
      return run(`${at(key)}\ntail -c +${offset + 1} ${quoted(name)} | head -c ${limit}`)
    },
    async remove(key) {
      await run(`rm -rf ${quoted(`${folder}/${key}`)}`)
    },
  }
}

function lookScript(folder: string): string {
  return `cd ${quoted(folder)} || exit 1
for f in */node.* */beat */go */over */e*.exit */e*.checkpoint; do
  case $f in *.new | *.sh) continue ;; esac
  [ -f "$f" ] && { read -r line <"$f"; printf '%s\\t%s\\n' "$f" "$line"; }
done
for f in */.; do [ -d "$f" ] && printf '%s\\t\\n' "$f"; done
for f in */e*.log; do [ -f "$f" ] && printf '%s\\t%s\\n' "$f" "$(wc -c <"$f")"; done
:`
}

/** Lines of `<key>/<file>`, a tab and what stands there; `<key>/.` for each folder, however new. */
export function readLook(text: string): ReadonlyMap<string, LeaseFolder> {
  const files = text.split('\n').flatMap((line) => {
    const [, key = '', name = '', said = ''] = /^([^/\t]+)\/([^\t]+)\t(.*)$/.exec(line) ?? []
    return key === '' ? [] : [{ key, name, said: said.trim() }]
  })
  const folders = Map.groupBy(files, ({ key }) => key)
  return new Map([...folders].map(([key, own]) => [key, folderOf(own)]))
}

interface File {
  readonly name: string
  readonly said: string
}

function folderOf(files: readonly File[]): LeaseFolder {
  const said = (name: string) => files.find((file) => file.name === name)?.said ?? ''
  const [, verb, epoch = '0', pulse = ''] = /^(run|stop) (\d+) (\S+)$/.exec(said('go')) ?? []
  return {
    nodes: files.flatMap(nodeOf).sort((a, b) => a.index - b.index),
    beat: said('beat'),
    go: { verb: verb === 'run' ? 'run' : 'stop', epoch: Number(epoch), pulse },
    over: Number(/^\d+$/.exec(said('over'))?.[0] ?? 0),
    ranks: ranksOf(files),
  }
}

function nodeOf({ name, said }: File): readonly SpooledNode[] {
  const [, index] = /^node\.(\d+)$/.exec(name) ?? []
  const [, machine, address, service, master] = /^(\S+) (\S+) (\d+) (\d+)$/.exec(said) ?? []
  if (index === undefined || !machine || !address) return []
  const ports = { service: Number(service), master: Number(master) }
  return [{ index: Number(index), machine, address, ports }]
}

function ranksOf(files: readonly File[]): readonly SpooledRank[] {
  const found = files.flatMap(({ name, said }) => {
    const [, epoch, rank, what] = /^e(\d+)\.r(\d+)\.(log|exit|checkpoint)$/.exec(name) ?? []
    return what === undefined ? [] : [{ id: `${epoch}.${rank}`, what, said }]
  })
  return [...Map.groupBy(found, ({ id }) => id)].map(([id, own]) => {
    const [epoch = 0, rank = 0] = id.split('.').map(Number)
    const said = (what: string) => own.find((each) => each.what === what)?.said ?? null
    const [code, bytes] = [said('exit'), said('log')]
    return {
      ...{ epoch, rank },
      logBytes: bytes === null ? null : Number(bytes),
      exitCode: code !== null && /^-?\d{1,3}$/.test(code) ? Number(code) : null,
      checkpoint: said('checkpoint'),
    }
  })
}
