/**
 * The files of a Slurm cluster to try things on: what it is, in one folder, on loopback.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { accountingLines, writeAccountingConf } from './accounting.ts'

export interface Config {
  readonly folder: string
  readonly user: string
  readonly names: readonly string[]
  readonly controllerPort: number
  readonly nodePorts: readonly number[]
  /** Null for a cluster that keeps no accounts. */
  readonly accountingPort: number | null
  /** For so long its controller knows a job that is over. */
  readonly minJobAgeSeconds: number
}

export function writeConfig(config: Config): void {
  const { folder, user, names, accountingPort } = config
  const file = (name: string, text: string | Buffer, mode = 0o644) => {
    writeFileSync(join(folder, name), text, { mode })
  }
  for (const name of ['state', 'shared']) mkdirSync(join(folder, name), { mode: 0o755 })
  const secret = () => crypto.getRandomValues(Buffer.alloc(64))
  file('munge.key', secret(), 0o600)
  file('jwt.key', secret(), 0o600)
  for (let index = 0; index < 8; index += 1) file(`nvidia${index}`, '')
  file('slurm.conf', slurmConf(config))
  file('topology.conf', topologyConf(names))
  if (accountingPort !== null) writeAccountingConf(folder, user, accountingPort)
  const devices = `Name=gpu Type=h100 File=${folder}/nvidia[0-7]`
  file('gres.conf', names.map((name) => `NodeName=${name} ${devices}\n`).join(''))
}

/** Short waits, so that what a person would wait minutes for happens within seconds. */
function slurmConf(config: Config): string {
  const { folder, user, names, controllerPort, nodePorts } = config
  const { accountingPort, minJobAgeSeconds } = config
  const nodes = names.map((name, index) => {
    const place = `NodeAddr=127.0.0.1 NodeHostname=localhost Port=${nodePorts[index]}`
    return `NodeName=${name} ${place} CPUs=8 RealMemory=8000 Gres=gpu:h100:8`
  })
  return `ClusterName=calumet
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=${controllerPort}
SlurmUser=${user}
SlurmdUser=${user}
SlurmdParameters=config_overrides
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool.%n
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.%n.pid
SlurmctldLogFile=${folder}/slurmctld.log
SlurmdLogFile=${folder}/slurmd.%n.log
AuthType=auth/munge
AuthInfo=socket=${folder}/munge.socket,cred_expire=5
AuthAltTypes=auth/jwt
AuthAltParameters=jwt_key=${folder}/jwt.key
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SwitchType=switch/none
TopologyPlugin=topology/tree
GresTypes=gpu
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=1,sched_min_interval=0,batch_sched_delay=0,bf_interval=1
PreemptType=preempt/partition_prio
PreemptMode=CANCEL
SlurmctldTimeout=5
SlurmdTimeout=5
MessageTimeout=3
KillWait=2
MinJobAge=${minJobAgeSeconds}
ReturnToService=2
${accountingLines(folder, accountingPort)}
JobAcctGatherType=jobacct_gather/none
JobCompType=jobcomp/none
${nodes.join('\n')}
PartitionName=gpu Nodes=ALL Default=YES MaxTime=INFINITE PriorityTier=10 PreemptMode=OFF
PartitionName=scavenger Nodes=ALL MaxTime=INFINITE PriorityTier=1 PreemptMode=CANCEL
PartitionName=short Nodes=${names[0]} MaxTime=30 PriorityTier=10 PreemptMode=OFF
`
}

/** Two nodes on each switch, and one switch above them all. */
function topologyConf(names: readonly string[]): string {
  const switches = Array.from({ length: Math.ceil(names.length / 2) }, (_, index) => {
    return `SwitchName=s${index + 1} Nodes=${names.slice(2 * index, 2 * index + 2).join(',')}\n`
  })
  return `${switches.join('')}SwitchName=top Switches=s[1-${switches.length}]\n`
}
