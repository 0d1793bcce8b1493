/**
 * Checkpoints on a shared folder: written whole or not at all, and read with suspicion.
 *
 * The name carries step and epoch, so a gang that was replaced can never write over the file of its
 * successor. Which checkpoint counts is for the control plane to say, and old ones are left alone:
 * how long to keep them is a matter of the storage.
 */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { pathOf } from './environment.ts'
import { checksum, parameterCount, type Training } from './model.ts'

const format = 'calumet-story-1'
const bodyLength = 3 * parameterCount * Float64Array.BYTES_PER_ELEMENT

/** A line of JSON for people, then the numbers as bytes. */
interface Header {
  readonly format: string
  readonly step: number
  readonly epoch: number
  readonly checksum: number
}

/** Writes a checkpoint and returns its path; when this returns, it survives a power cut. */
export function save(folder: string, epoch: number, training: Training): string {
  const { step } = training
  const path = join(folder, `step-${String(step).padStart(6, '0')}.e${epoch}.ckpt`)
  const numbers = new Float64Array([...training.parameters, ...training.mean, ...training.square])
  const header: Header = { format, step, epoch, checksum: checksum(numbers) }
  const bytes = Buffer.concat([
    Buffer.from(`${JSON.stringify(header)}\n`),
    new Uint8Array(numbers.buffer),
  ])
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${path}.part`, bytes, { flush: true })
  renameSync(`${path}.part`, path)
  syncFolder(folder)
  return path
}

/** Reads a checkpoint by its path or `file:` URI; throws if it is not whole. */
export function load(uri: string): Training {
  const bytes = readFileSync(pathOf(uri))
  const lineEnd = bytes.indexOf('\n')
  const header = headerOf(bytes.subarray(0, Math.max(lineEnd, 0)))
  if (header?.format !== format) throw new Error(`${uri} is not a checkpoint of this model`)
  const body = bytes.subarray(lineEnd + 1)
  if (body.length !== bodyLength) {
    throw new Error(`${uri} has ${body.length} bytes of numbers; expected ${bodyLength}`)
  }
  // Copied, because the numbers have to begin at a multiple of their size.
  const numbers = new Float64Array(new Uint8Array(body).buffer)
  if (checksum(numbers) !== header.checksum) throw new Error(`${uri} is damaged`)
  return {
    step: header.step,
    parameters: numbers.slice(0, parameterCount),
    mean: numbers.slice(parameterCount, 2 * parameterCount),
    square: numbers.slice(2 * parameterCount),
  }
}

function headerOf(line: Buffer): Header | null {
  try {
    return JSON.parse(line.toString())
  } catch {
    return null
  }
}

/** A rename is only safe from a power cut once the folder itself has reached the disk. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r')
  fsyncSync(handle)
  closeSync(handle)
}
