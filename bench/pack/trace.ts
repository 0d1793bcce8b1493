/**
 * Reads the public trace of a shared cluster: its machines, and the pods that arrive one by one.
 *
 * Reads files and nothing else; the trace is not part of this package.
 */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** What is free on a machine; each GPU in thousandths, least first. */
export interface Host {
  readonly cpu: number
  readonly memory: number
  readonly gpus: readonly number[]
}

/** So many whole GPUs, or a share of one: `milli` is below 1000 only where `gpus` is 1. */
export interface Kind {
  readonly cpu: number
  readonly memory: number
  readonly gpus: number
  readonly milli: number
  /** The part of all pods that are of this kind. */
  readonly weight: number
}

export interface Trace {
  readonly hosts: readonly Host[]
  /** The kind of each pod; equal pods share one. */
  readonly pods: readonly Kind[]
}

const folder =
  process.env.CALUMET_PACKING_TRACE ??
  fileURLToPath(new URL('../data/packing-openb', import.meta.url))

export function readTrace(): Trace {
  const hosts = rowsOf('openb_node_list_gpu_node.csv').map((row) => ({
    cpu: Number(row.cpu_milli),
    memory: Number(row.memory_mib),
    gpus: Array.from({ length: Number(row.gpu) }, () => 1000),
  }))
  const rows = rowsOf('openb_pod_list_default.csv')
  if (rows.some(({ gpu_spec }) => gpu_spec)) {
    throw new Error('a pod asks for a model of GPU; this benchmark packs pods that take any')
  }
  const kinds = new Map(
    [...Map.groupBy(rows, kindKey)].map(([key, { length, 0: row }]) => [
      key,
      {
        cpu: Number(row?.cpu_milli),
        memory: Number(row?.memory_mib),
        gpus: Number(row?.num_gpu),
        milli: Number(row?.gpu_milli),
        weight: length / rows.length,
      },
    ]),
  )
  return { hosts, pods: rows.flatMap((row) => kinds.get(kindKey(row)) ?? []) }
}

/** All pods, and copies drawn by chance until `load` of all GPUs are asked for, shuffled. */
export function arrivalsOf({ hosts, pods }: Trace, load: number, random: () => number): Kind[] {
  const wanted = load * milliOf(hosts)
  const all = [...pods]
  let asked = all.reduce((sum, { gpus, milli }) => sum + gpus * milli, 0)
  while (asked < wanted) {
    const pod = pods[Math.floor(random() * pods.length)]
    if (!pod) break
    all.push(pod)
    asked += pod.gpus * pod.milli
  }
  for (let last = all.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    const [a, b] = [all[last], all[other]]
    if (a && b) [all[last], all[other]] = [b, a]
  }
  return all
}

export function milliOf(hosts: readonly Host[]): number {
  return hosts.reduce((sum, { gpus }) => sum + 1000 * gpus.length, 0)
}

type Row = Readonly<Record<string, string>>

function kindKey(row: Row): string {
  return [row.cpu_milli, row.memory_mib, row.num_gpu, row.gpu_milli].join()
}

function rowsOf(file: string): Row[] {
  const path = `${folder}/${file}`
  if (!existsSync(path)) {
    throw new Error(
      `${path} is not there; bench/data/README.md says where the trace comes from, and ` +
        'CALUMET_PACKING_TRACE names another folder that holds it',
    )
  }
  const [head = '', ...lines] = readFileSync(path, 'utf8').trim().split('\n')
  const names = head.split(',')
  return lines.map((line) => {
    const cells = line.split(',')
    return Object.fromEntries(names.map((name, index) => [name, cells[index] ?? '']))
  })
}
