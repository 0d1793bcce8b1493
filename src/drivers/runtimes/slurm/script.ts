/**
 * The batch script of a lease, in plain `sh`: what runs on a cluster in place of an agent.
 *
 * It owns the folder `<spool>/<key>`:
 *
 *     job                   number, key and comment of the job, for when its controller forgets it
 *     node.<i>              machine, address and ports of the i-th node, once a step has run there
 *     beat                  rises every second for as long as this script runs
 *     go                    from us: `run <epoch> <pulse>` or `stop <epoch> <pulse>`
 *     over                  up to this epoch nothing runs, nor will ever begin
 *     e<epoch>.setup, .run  from us: the texts of the workload
 *     e<epoch>.r<rank>.*    from us `env` and `checkpoint.answer`; from its rank `log`, `exit` and
 *                           `checkpoint`
 *
 * Every epoch is one step of the job, one rank a node. A rank ends itself when it is told to stop,
 * when the script falls silent, and when it can no longer see the folder. The script ends when its
 * controller says that the job is over, or when nobody was there for the dead-man's time. None of
 * them asks the control plane for anything.
 */
import { quoted } from '../../../ports/shell.ts'
import type { AcquireRequest } from '../../../ports/supplier.ts'

export function batchScript(
  { key, bootstrap }: AcquireRequest,
  spool: string,
  comment: string,
): string {
  const deadManSeconds = Math.ceil(bootstrap.deadManMs / 1_000)
  return `#!/bin/sh
umask 077
unset SLURM_EXPORT_ENV
# A lease lives once: a job that somebody had put back into the queue is another one.
[ "\${SLURM_RESTART_COUNT:-0}" -eq 0 ] || exit 0
mkdir -p ${quoted(`${spool}/${key}`)} && cd ${quoted(`${spool}/${key}`)} || exit 1
echo "$SLURM_JOB_ID" ${quoted(`${key} ${comment}`)} >job.new && mv job.new job
cat >node.sh <<'CALUMET_NODE'
${nodeScript}
CALUMET_NODE
cat >rank.sh <<'CALUMET_RANK'
${rankScript}
CALUMET_RANK
trap 'ending=1' TERM
trap '' INT HUP
ending= step= running=0 over=0 beat=0 pulse= alone=0
[ -f over ] && read -r over <over
srun --ntasks-per-node=1 --kill-on-bad-exit=1 sh ./node.sh || exit 1
while :; do
  beat=$((beat + 1))
  echo "$beat" >beat.new && mv beat.new beat
  verb= epoch=0 now=
  [ -f go ] && read -r verb epoch now <go
  if [ "$now" = "$pulse" ]; then alone=$((alone + 1)); else alone=0 pulse=$now; fi
  if [ -n "$step" ] && ! kill -0 "$step" 2>/dev/null; then
    wait "$step"
    step= over=$running
    echo "$over" >over.new && mv over.new over
  fi
  if [ -z "$step" ]; then
    [ -n "$ending" ] && exit 0
    if [ "$verb" = stop ] && [ "$epoch" -gt "$over" ]; then
      over=$epoch
      echo "$over" >over.new && mv over.new over
    elif [ "$verb" = run ] && [ "$epoch" -gt "$over" ]; then
      running=$epoch
      srun --ntasks-per-node=1 --kill-on-bad-exit=0 --job-name="e$epoch" sh ./rank.sh "$epoch" &
      step=$!
    fi
  fi
  [ "$alone" -lt ${deadManSeconds} ] || exit 0
  if [ $((beat % 10)) -eq 0 ] && state=$(squeue -h -j "$SLURM_JOB_ID" -o %T 2>/dev/null); then
    case $state in RUNNING | COMPLETING | CONFIGURING | SUSPENDED | STOPPED) ;; *) exit 0 ;; esac
  fi
  sleep 1 &
  wait $!
done`
}

/** Jobs may share a node’s address with others, so each has ports of its own. */
const nodeScript = `said=$(scontrol -o show node "$SLURMD_NODENAME") || exit 1
address=$(echo "$said" | sed -n 's/.* NodeAddr=\\([^ ]*\\).*/\\1/p')
port=$((20000 + SLURM_JOB_ID % 10000 * 2))
echo "$SLURMD_NODENAME $address $port $((port + 1))" >"node.$SLURM_PROCID.new"
mv "node.$SLURM_PROCID.new" "node.$SLURM_PROCID"`

// Names begin as ours do, so that none of a workload's is touched. The shell around the workload
// leads a process group, which goes with it.
const rankScript = `f=e$1.r$SLURM_PROCID
CALUMET_MACHINE=$SLURMD_NODENAME CALUMET_CHECKPOINT_FILE=$PWD/$f.checkpoint
export CALUMET_MACHINE CALUMET_CHECKPOINT_FILE
mkdir -p "$f.work" || exit 1
setsid sh -c '. "./$1.env" || exit 126
cd "$1.work" || exit 126
[ ! -f "../$2.setup" ] || sh "../$2.setup" </dev/null || exit
exec sh "../$2.run" </dev/null' calumet-rank "$f" "e$1" >>"$f.log" 2>&1 </dev/null &
child=$! told= lost= left= last= silent=0
trap 'told=1 lost=1' TERM
trap '' INT HUP
while kill -0 "$child" 2>/dev/null; do
  if seen=$(timeout -s KILL 20 cat beat go 2>/dev/null); then
    set -- "$1" $seen
    if [ "$2" = "$last" ]; then silent=$((silent + 1)); else silent=0 last=$2; fi
    [ "$3" = run ] && [ "$4" = "$1" ] || told=1
  else
    silent=$((silent + 2))
  fi
  if [ "$silent" -ge 60 ]; then
    echo 'calumet: killed: the job of this rank is over, or out of sight' >>"$f.log"
    lost=1 told=1 left=0
  fi
  if [ -n "$told" ]; then
    [ -n "$left" ] || { left=6; kill -TERM -"$child" 2>/dev/null; }
    left=$((left - 1))
    [ "$left" -gt 0 ] || kill -KILL -"$child" 2>/dev/null
  fi
  sleep 1 &
  wait $!
done
wait "$child"
code=$?
kill -KILL -"$child" 2>/dev/null
[ -z "$lost" ] || code=-1
echo "$code" >"$f.exit.new"
mv "$f.exit.new" "$f.exit"`
