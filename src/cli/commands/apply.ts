/**
 * `calumet apply`: shows the plan, asks before money is spent, and submits all files as one.
 *
 * The request carries a key of its own, so it is taken once, however often it has to be sent.
 */

import type { Client } from '../../api/client.ts'
import type { ApplyReply, ApplyRequest } from '../../api/wire.ts'
import { formatUsd } from '../../core/domain/money.ts'
import { confirm } from '../confirm.ts'
import { readDocuments } from '../documents.ts'
import { CliError, exitCodes } from '../failure.ts'
import type { Session } from '../session.ts'
import { changesText, planText, purchasePerHour } from '../show/plan.ts'

export interface ApplyOptions {
  readonly file: readonly string[]
  readonly yes?: boolean
}

export async function apply(session: Session, { file, yes }: ApplyOptions): Promise<number> {
  const body = await readDocuments(session, file)
  const api = await session.api()
  const plan = await api.call('plan', { body })
  if (!session.isJson) session.say(`${planText(plan, session.look, 'decisive')}\n`)
  const price = purchasePerHour(plan)
  if (price !== null) await confirm(session, `buy for up to ${formatUsd(price)}/h?`, yes)
  const reply = await submit(session, api, body)
  session.reply(reply, ({ results }) => changesText(results) + next(results))
  return exitCodes.ok
}

const pausesMs = [250, 500, 1_000, 2_000, 4_000]

/** Sends the same request under the same key until there is an answer, for some seconds. */
async function submit(session: Session, api: Client, body: ApplyRequest): Promise<ApplyReply> {
  const { io } = session
  const idempotencyKey = io.random()
  for (const pauseMs of pausesMs) {
    try {
      return await api.call('apply', { body, idempotencyKey })
    } catch (error) {
      if (!isPassing(error)) throw error
      session.note('calumet: no answer; asking again under the same key\n')
      await io.sleep(pauseMs, io.interruption())
    }
  }
  try {
    return await api.call('apply', { body, idempotencyKey })
  } catch (error) {
    if (!isPassing(error)) throw error
    const doubt = 'it may or may not have been taken; applying the same files again is safe'
    throw new CliError(error.code, `${error.message}; ${doubt}`)
  }
}

function isPassing(error: unknown): error is CliError {
  return error instanceof CliError && (error.code === 'unreachable' || error.code === 'unavailable')
}

function next(results: ApplyReply['results']): string {
  const workload = results.find(({ kind }) => kind === 'Job' || kind === 'Service')
  const isNew = workload !== undefined && workload.change !== 'unchanged'
  return isNew ? `\nsee how it goes: calumet get, calumet why ${workload.name}\n` : ''
}
