/**
 * One rank of a data-parallel training gang, as its control plane starts it on a rented machine.
 *
 * Every rank learns from its own share of the text, gradients are averaged over TCP, and rank 0
 * saves checkpoints and commits them through the local agent. When a rank goes away all of them
 * end; whether, where and from which checkpoint the gang starts again is not for a rank to decide.
 *
 * Exit codes: 0 done, 143 told to stop, 3 replaced by a newer gang, 1 anything else.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { load, save } from './checkpoint.ts'
import { committer, type Verdict } from './commit.ts'
import { messageOf, pathOf, wholeNumber, words } from './environment.ts'
import { type Gang, joinGang, type Seat } from './gang.ts'
import {
  advance,
  checksum,
  drawBatch,
  gradientAt,
  lossAt,
  parameterCount,
  positionCount,
  type Training,
  untrained,
} from './model.ts'

const seed = 20250121
const batchSize = 24
const reportSteps = 20

interface Settings extends Omit<Seat, 'signal'> {
  readonly steps: number
  readonly stepMs: number
  readonly folder: string
  readonly resumeFrom: string
  readonly agentUrl: string
  readonly checkpointFile: string
  readonly checkpointEveryMs: number
  /** How long rank 0 waits at the end for the control plane to take note. */
  readonly patienceMs: number
}

/** Why a rank ends before its work is done, as an exit code. */
class Ending extends Error {
  readonly code: number
  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

class Fenced extends Ending {
  constructor(epoch: number) {
    super(3, `epoch ${epoch} is fenced off: a newer gang owns this job`)
  }
}

try {
  await train(readSettings())
  process.exit(0)
} catch (error) {
  console.error(messageOf(error))
  process.exit(error instanceof Ending ? error.code : 1)
}

async function train(settings: Settings): Promise<void> {
  const { rank, size, epoch, steps, stepMs, resumeFrom } = settings
  const stop = new AbortController()
  const { signal } = stop
  process.once('SIGTERM', () => stop.abort(new Ending(143, `rank ${rank} was told to stop`)))
  const keeper = rank === 0 ? keep(settings, stop) : null
  const start = resumeFrom === '' ? untrained(seed) : load(resumeFrom)
  let training = start
  console.log(`rank ${rank} of ${size} starts at step ${start.step} (epoch ${epoch})`)
  try {
    const gang = await joinGang({ ...settings, signal })
    let losses: number[] = []
    while (training.step < steps) {
      const { loss, next } = await takeStep(gang, training, rank)
      training = next
      losses = [...losses, loss].slice(-reportSteps)
      if (keeper && training.step % reportSteps === 0) report(training.step, losses, settings)
      keeper?.tick(training)
      await sleep(stepMs, undefined, { signal })
    }
    await gang.leave()
    const verdict = await keeper?.finish(training, settings.patienceMs)
    if (verdict === 'away') throw new Error('the last checkpoint is saved but not committed')
  } catch (error) {
    const cause = signal.aborted ? signal.reason : error
    // Whatever ended the gang, the steps it took need not be taken again, if they still count.
    const worthKeeping = training.step > start.step && !(cause instanceof Fenced)
    if (worthKeeping) await keeper?.finish(training, 0)
    throw signal.aborted ? signal.reason : error
  }
  console.log(`rank ${rank} ends with model ${checksum(training.parameters).toString(16)}`)
  if (keeper) console.log(`done: step ${training.step} loss ${wholeLoss(training).toFixed(3)}`)
}

/** One step of all ranks. The loss travels as one more number behind the gradient. */
async function takeStep(
  gang: Gang,
  training: Training,
  rank: number,
): Promise<{ readonly loss: number; readonly next: Training }> {
  const { step, parameters } = training
  const own = new Float64Array(parameterCount + 1)
  const batch = drawBatch({ seed, rank, step, size: batchSize })
  own[parameterCount] = gradientAt(parameters, batch, own.subarray(0, parameterCount))
  const mean = await gang.average(own, { step, checksum: checksum(parameters) })
  const next = advance(training, mean.subarray(0, parameterCount))
  return { loss: mean[parameterCount] as number, next }
}

/** What rank 0 does besides: it saves, and sees to it that what it saved counts. */
function keep(settings: Settings, stop: AbortController) {
  const { folder, epoch, agentUrl, checkpointFile: file, checkpointEveryMs } = settings
  const { signal } = stop
  const onFenced = () => stop.abort(new Fenced(epoch))
  const { offer, settle } = committer({ agentUrl, file, signal, onFenced })
  let savedAt = performance.now()
  return {
    tick(training: Training): void {
      if (performance.now() - savedAt < checkpointEveryMs) return
      savedAt = performance.now()
      offer({ uri: save(folder, epoch, training), step: training.step })
    },
    async finish(training: Training, patienceMs: number): Promise<Verdict> {
      const uri = save(folder, epoch, training)
      const verdict = await settle({ uri, step: training.step }, patienceMs)
      if (verdict === 'fenced') throw new Fenced(epoch)
      return verdict
    },
  }
}

function report(step: number, losses: readonly number[], { epoch, size }: Settings): void {
  const loss = losses.reduce((sum, each) => sum + each) / losses.length
  console.log(`step ${step} loss ${loss.toFixed(3)} (epoch ${epoch}, ${size} ranks)`)
}

/** The loss over the whole text, not over the last few samples of it. */
function wholeLoss({ parameters }: Training): number {
  return lossAt(parameters, [...Array(positionCount).keys()])
}

function readSettings(): Settings {
  return {
    rank: wholeNumber('RANK', 0),
    size: wholeNumber('WORLD_SIZE', 1),
    epoch: wholeNumber('CALUMET_EPOCH', 1),
    host: words('MASTER_ADDR', '127.0.0.1'),
    port: wholeNumber('MASTER_PORT', 29500),
    joinMs: wholeNumber('JOIN_MS', 60_000),
    silenceMs: wholeNumber('SILENCE_MS', 15_000),
    steps: wholeNumber('STEPS', 600),
    stepMs: wholeNumber('STEP_MS', 50),
    folder: pathOf(words('CALUMET_CHECKPOINT_DIR', 'checkpoints')),
    resumeFrom: words('CALUMET_CHECKPOINT', ''),
    agentUrl: words('CALUMET_AGENT_URL', ''),
    checkpointFile: words('CALUMET_CHECKPOINT_FILE', ''),
    checkpointEveryMs: wholeNumber('CALUMET_CHECKPOINT_EVERY_MS', 2000),
    patienceMs: wholeNumber('COMMIT_WAIT_MS', 300_000),
  }
}
