/**
 * Bugs of running: epochs, fences, grants, checkpoints and what agents say.
 */
import { type Mutant, mutant } from './mutant.ts'

const advance = 'src/core/run/advance.ts'
const agent = 'src/drivers/runtimes/agent.ts'
const report = 'src/drivers/runtimes/agent/report.ts'
const checkpoints = 'src/drivers/runtimes/agent/checkpoints.ts'

export const running: readonly Mutant[] = [
  mutant(
    'fence-skipped',
    'a gang is started again at once when its machines are lost',
    advance,
    "const isSafe = workload?.kind === 'Service' || isOff(input)",
    'const isSafe = true',
  ),
  mutant(
    'fence-too-short',
    'the fence ends before the last grant does',
    'src/operate/settings.ts',
    'return Math.ceil(grantMs * 1.05) + 1_000',
    'return Math.ceil(grantMs * 0.9)',
  ),
  mutant(
    'fence-forgets-drift',
    'the fence does not allow for clocks that run slow',
    'src/operate/settings.ts',
    'return Math.ceil(grantMs * 1.05) + 1_000',
    'return grantMs - 2_000',
  ),
  mutant(
    'one-rank-stands-for-all',
    'a gang counts as stopped once one of its ranks has ended',
    advance,
    "return reportsOf(input).filter(({ state }) => state === 'exited').length >= lease.nodes",
    "return reportsOf(input).some(({ state }) => state === 'exited')",
  ),
  mutant(
    'drain-is-stop',
    'a gang that was told to stop counts as stopped',
    advance,
    'return isOff(input) || (fencedAt !== null && input.now >= fencedAt)',
    'return isOff(input) || fencedAt !== null',
  ),
  mutant(
    'late-reports-count',
    'a report counts though what its machine said after it was heard before',
    agent,
    'const isLate = isOvertaken(sync.sent, latest.get(id)) || isOvertaken(sync.sent, old?.sent)',
    'const isLate = latest.size < 0',
  ),
  mutant(
    'half-a-gang-is-done',
    'a job is done once its first rank is',
    advance,
    "return exited.length === lease.nodes ? end(input, 'done', 0, null) : null",
    "return end(input, 'done', 0, null)",
  ),
  mutant(
    'epoch-not-raised',
    'a gang is started again under the epoch that it had',
    'src/operate/turn/carry.ts',
    "state: 'running', epoch, lease, revision, ...cleared }",
    "state: 'running', epoch: Math.max(1, run.epoch), lease, revision, ...cleared }",
  ),
  mutant(
    'former-runs-forgotten',
    'a workload that comes again counts its epochs from 0',
    'src/operate/turn/reality.ts',
    'newRun(id, workload.name, slot, former?.run ?? { attempts: 0, epoch: 0 }, now)',
    'newRun(id, workload.name, slot, { attempts: 0, epoch: 0 }, now)',
  ),
  mutant(
    'grants-never-end',
    'ranks may go on for an hour without an answer',
    'src/core/run/work.ts',
    'grantMs: isService ? null : settings.grantMs,',
    'grantMs: isService ? null : 3_600_000,',
  ),
  {
    name: 'work-while-stopping',
    breaks: 'a gang that was told to stop is granted to go on',
    patches: [
      {
        file: 'src/core/run/work.ts',
        find: "if (run.state !== 'running' || run.lease !== lease.id) return null",
        replace: "if (run.state === 'waiting' || run.lease !== lease.id) return null",
      },
      {
        file: 'src/drivers/runtimes/agent/views.ts',
        find: "return run?.state === 'running' && run.lease === lease.id ? run.epoch : null",
        replace:
          "return run && run.state !== 'waiting' && run.lease === lease.id ? run.epoch : null",
      },
      {
        file: 'src/drivers/runtimes/agent/views.ts',
        find: "if (!lease.wanted || lease.state === 'releasing' ||",
        replace: "if (''.length > 0 ||",
      },
    ],
  },
  mutant(
    'any-machine-may-join',
    'two machines of one key are both taken for the same node',
    agent,
    "if (old && old.machine !== sync.machine) return 'other'",
    '',
  ),
  mutant(
    'heard-at-lost',
    'a machine that reports counts as silent all the same',
    agent,
    '      heardAtMs.set(node.id, clock.steadyMs())\n',
    '',
  ),
  mutant(
    'silence-before-leading',
    'silence counts from before there was anybody to report to',
    'src/operate/loop.ts',
    'heardAgoMs: Math.min(sight.heardAgoMs, heardMs),',
    'heardAgoMs: sight.heardAgoMs + (heardMs < 0 ? 1 : 0),',
  ),
  {
    name: 'ended-twice',
    breaks: 'a rank that ended may be said to run again, and to end again',
    patches: [
      { file: report, find: "if (before?.state === 'exited') return before", replace: '' },
      {
        file: agent,
        find: 'if (old && isLate) return old',
        replace: '',
      },
    ],
  },
  mutant(
    'other-epochs-count',
    'what a rank of an older epoch says counts for the new one',
    report,
    'rank.run === lease.run && rank.epoch === run?.epoch && rank.rank === index',
    'rank.run === lease.run && rank.rank === index',
  ),
  {
    name: 'checkpoint-of-any-epoch',
    breaks: 'a checkpoint is taken from an epoch that is over',
    patches: [
      {
        file: checkpoints,
        find: 'if (commit.epoch !== run.epoch) return',
        replace: 'if (commit.epoch > run.epoch) return',
      },
      {
        file: checkpoints,
        find: 'if (last && last.epoch > epoch) {',
        replace: 'if (last && last.epoch < 0) {',
      },
      {
        file: checkpoints,
        find: 'if (run.lease !== lease.id) return',
        replace: 'if (run.lease === null) return',
      },
    ],
  },
  mutant(
    'spread-ignored',
    'replicas that are to sit apart are bought at one supplier',
    'src/core/plan/spread.ts',
    'if (!wantsSpread(workload)) return wide',
    'return wide',
  ),
  mutant(
    'regions-ignored',
    'replicas that are to sit in two regions are bought in one, with two suppliers',
    'src/core/plan/spread.ts',
    "gap('region', Math.min(region, replicas), seats)",
    "gap('region', Math.min(region, 1), seats)",
  ),
]
