/**
 * What people want while everything is being killed: jobs that last some seconds, gangs among them
 * and jobs that fail, and a service. Ranks write down by themselves when they begin, that they are
 * there, and that they end.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { ApiError, type Client } from '../../../src/api/client.ts'
import type { Acknowledged } from '../../../src/core/audit/evidence.ts'
import type { Chance } from '../../../src/sim/engine/chance.ts'

export interface Job {
  readonly name: string
  readonly nodes: number
  /** How many times it writes that it is there, four times a second. */
  readonly beats: number
  /** What each rank ends with when nobody kills it. */
  readonly exitCode: number
  /** Its owner thinks better of it. */
  readonly isWithdrawn: boolean
}

export const service = 'web'
export const replicas = 2

/** So many jobs are wanted at once. */
const openMax = 6

export interface Wishes {
  readonly jobs: readonly Job[]
  readonly acknowledged: readonly Acknowledged[]
}

/** Keeps some jobs going, and remembers what was said to be taken. */
export async function wish(
  client: Client,
  chance: Chance,
  { witness, signal }: { witness: string; signal: AbortSignal },
): Promise<Wishes> {
  const jobs: Job[] = []
  const acknowledged = [await submitted(client, service, serviceYaml(witness))]
  const withdrawals: Promise<unknown>[] = []
  while (!signal.aborted) {
    const { workloads } = await insist((abort) =>
      client.call('workloads', { query: {}, signal: abort }),
    )
    if (workloads.length > openMax) {
      await pause(300)
      continue
    }
    const job: Job = {
      name: `job-${jobs.length}`,
      nodes: chance.whole(1, 2),
      beats: chance.whole(4, 24),
      exitCode: chance.often(0.2) ? chance.whole(1, 99) : 0,
      isWithdrawn: chance.often(0.1),
    }
    const afterMs = chance.whole(0, 4_000)
    jobs.push(job)
    acknowledged.push(await submitted(client, job.name, jobYaml(job, witness)))
    if (job.isWithdrawn) withdrawals.push(pause(afterMs).then(() => withdraw(client, job.name)))
  }
  await Promise.all(withdrawals)
  return { jobs, acknowledged }
}

/** Asks under one key until somebody says that it is taken. */
async function submitted(client: Client, name: string, text: string): Promise<Acknowledged> {
  const body = { documents: [{ file: `${name}.yaml`, text }] }
  const { results } = await insist((signal) =>
    client.call('apply', { body, idempotencyKey: name, signal }),
  )
  return { workload: name, generation: results[0]?.generation ?? 0 }
}

export async function withdraw(client: Client, name: string): Promise<void> {
  await insist((signal) => client.call('deleteWorkload', { params: { name }, signal }))
}

/** Asks again until it is answered; only an answer that says "never" ends it. */
async function insist<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask(AbortSignal.timeout(5_000))
    } catch (error) {
      const isFinal = error instanceof ApiError && error.status < 500 && error.status !== 429
      if (isFinal) throw error
      await pause(200)
    }
  }
}

function jobYaml({ name, nodes, beats, exitCode }: Job, witness: string): string {
  return `kind: Job
name: ${name}
resources: { accelerators: "H100:1", nodes: ${nodes} }
retries: ${exitCode === 0 ? 1000 : 0}
envs: { WITNESS: ${witness}, BEATS: "${beats}", CODE: "${exitCode}" }
run: |
  life="$CALUMET_RUN $CALUMET_EPOCH $RANK $$ $CALUMET_MACHINE"
  say() { echo "$life $1 $(date +%s%3N)" >>"$WITNESS/$CALUMET_RUN"; }
  say begin
  i=0
  while [ $i -lt $BEATS ]; do
    sleep 0.25
    echo "line $i"
    say beat
    i=$((i + 1))
  done
  echo "line end"
  say end
  exit $CODE
`
}

function serviceYaml(witness: string): string {
  return `kind: Service
name: ${service}
priority: 80
resources: { accelerators: "H100:1" }
replicas: ${replicas}
spread: { suppliers: 2 }
readiness: { path: /, period: 500ms, timeout: 2s, initial_delay: 20s }
envs: { WITNESS: ${witness}, REPLICA: ${replica} }
run: exec node "$REPLICA"
`
}

const replica = fileURLToPath(new URL('replica.ts', import.meta.url))
