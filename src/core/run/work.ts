/**
 * What each node of a lease is to run, and all that its rank is told about the gang.
 *
 * One rank a node: launchers such as `torchrun` spread over the accelerators of the node. Starts
 * nothing, and says nothing of work that is not to go on.
 */
import type { Checkpoint } from '../domain/checkpoint.ts'
import type { Lease } from '../domain/lease.ts'
import type { Node, RankWork, Run } from '../domain/run.ts'
import type { Workload } from '../domain/workload.ts'

export interface WorkInput {
  readonly lease: Lease
  readonly run: Run
  readonly workload: Workload
  /** The nodes of the lease, in any order. */
  readonly nodes: readonly Node[]
  /** The newest checkpoint of the job. */
  readonly checkpoint: Checkpoint | null
  readonly settings: { readonly grantMs: number }
}

/** A rank together with the machines around it. */
interface Seat extends WorkInput {
  readonly rank: number
  readonly node: Node
  readonly first: Node
}

/** The work of one node; null while there is none, or while not all of the gang are known. */
export function workOf(input: WorkInput, index: number): RankWork | null {
  const { lease, run, workload, settings } = input
  if (run.state !== 'running' || run.lease !== lease.id) return null
  const nodes = input.nodes.filter((node) => node.lease === lease.id).toSorted(byIndex)
  const node = nodes[index]
  const first = nodes[0]
  if (!node || !first || !isWhole(nodes, lease)) return null
  const seat: Seat = { ...input, nodes, rank: index, node, first }
  const isService = workload.kind === 'Service'
  return {
    run: run.id,
    epoch: run.epoch,
    rank: index,
    worldSize: lease.nodes,
    setup: workload.setup,
    command: workload.run,
    // Ours come last: a user's value for one of them would split the gang.
    envs: { ...workload.envs, ...gangEnvs(seat), ...ownEnvs(seat), ...borrowedEnvs(seat) },
    grantMs: isService ? null : settings.grantMs,
    // The first rank of a replica is the one that answers for all of them.
    probe: isService && index === 0 ? { ...workload.readiness, port: portOf(seat) } : null,
  }
}

function byIndex(a: Node, b: Node): number {
  return a.index - b.index
}

/** Exactly one node for each index. */
function isWhole(nodes: readonly Node[], lease: Lease): boolean {
  return nodes.length === lease.nodes && nodes.every((node, index) => node.index === index)
}

type Envs = Readonly<Record<string, string>>

/** What PyTorch and its launchers read. */
function gangEnvs({ rank, lease, first }: Seat): Envs {
  return {
    RANK: `${rank}`,
    WORLD_SIZE: `${lease.nodes}`,
    LOCAL_RANK: '0',
    LOCAL_WORLD_SIZE: '1',
    GROUP_RANK: `${rank}`,
    NODE_RANK: `${rank}`,
    NNODES: `${lease.nodes}`,
    MASTER_ADDR: first.address,
    MASTER_PORT: `${first.ports?.master ?? 29_500}`,
  }
}

function ownEnvs(seat: Seat): Envs {
  const { lease, run, workload, checkpoint } = seat
  const isService = workload.kind === 'Service'
  const checkpointing = isService ? null : workload.checkpoint
  return {
    CALUMET_WORKLOAD: workload.name,
    [isService ? 'CALUMET_SERVICE' : 'CALUMET_JOB']: workload.name,
    CALUMET_RUN: run.id,
    CALUMET_EPOCH: `${run.epoch}`,
    CALUMET_LEASE: lease.id,
    CALUMET_SUPPLIER: lease.supplier,
    CALUMET_REGION: lease.region,
    CALUMET_ACCELERATOR: lease.accelerator,
    CALUMET_ACCELERATORS: `${lease.perNode}`,
    CALUMET_NODE_IPS: addressesOf(seat),
    ...(isService && { PORT: `${portOf(seat)}` }),
    ...(checkpointing && {
      CALUMET_CHECKPOINT_DIR: checkpointing.dir,
      CALUMET_CHECKPOINT_EVERY_MS: `${checkpointing.everyMs}`,
      CALUMET_CHECKPOINT: checkpoint?.uri ?? '',
    }),
  }
}

/** The names that SkyPilot and dstack give to the same things, so that their scripts run here. */
function borrowedEnvs(seat: Seat): Envs {
  const { rank, lease, run, workload, first } = seat
  return {
    SKYPILOT_NODE_RANK: `${rank}`,
    SKYPILOT_NODE_IPS: addressesOf(seat),
    SKYPILOT_NUM_NODES: `${lease.nodes}`,
    SKYPILOT_NUM_GPUS_PER_NODE: `${lease.perNode}`,
    SKYPILOT_TASK_ID: run.id,
    DSTACK_NODE_RANK: `${rank}`,
    DSTACK_NODES_NUM: `${lease.nodes}`,
    DSTACK_NODES_IPS: addressesOf(seat),
    DSTACK_MASTER_NODE_IP: first.address,
    DSTACK_GPUS_PER_NODE: `${lease.perNode}`,
    DSTACK_GPUS_NUM: `${lease.perNode * lease.nodes}`,
    DSTACK_RUN_NAME: workload.name,
  }
}

/** One address a line, in order of rank. */
function addressesOf({ nodes }: Seat): string {
  return nodes.map(({ address }) => address).join('\n')
}

/** A machine that shares its address with others was given a port of its own. */
function portOf({ node, workload }: Seat): number {
  return node.ports?.service ?? (workload.kind === 'Service' ? workload.port : 0)
}
