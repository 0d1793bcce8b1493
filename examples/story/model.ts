/**
 * A tiny language model that really learns: the next character from the last eight.
 *
 * Embedding, one hidden layer, softmax; gradients by hand, Adam as the optimizer, all in one flat
 * array, so that ranks can average and compare it. Pure: no clock, no files, no chance of its own.
 * It will not become clever, and it does not try to use more than a sliver of a core.
 */
import { crc32 } from 'node:zlib'
import { corpus } from './corpus.ts'

const contextLength = 8
const embeddingSize = 8
const hiddenSize = 48
const learningRate = 0.006

const alphabet = [...new Set(corpus)].sort()
const inputSize = contextLength * embeddingSize
const text = symbolsOf(corpus)

/** How many places of the corpus can be asked for: all that have a full context before them. */
export const positionCount = text.length - contextLength

// Every row of a layer ends with its bias; its input ends with a constant 1 for that.
export const parameterCount =
  alphabet.length * embeddingSize +
  hiddenSize * (inputSize + 1) +
  alphabet.length * (hiddenSize + 1)

/** Everything that a rank needs to go on: parameters, and what Adam remembers of the past. */
export interface Training {
  readonly step: number
  readonly parameters: Float64Array
  /** Running mean of the gradient. */
  readonly mean: Float64Array
  /** Running mean of the squared gradient. */
  readonly square: Float64Array
}

/** A number from 0 up to but not including 1. */
export type Chance = () => number

/** The state before the first step: the same for the same seed, on every machine. */
export function untrained(seed: number): Training {
  const chance = chanceOf(seed)
  return {
    step: 0,
    parameters: new Float64Array(parameterCount).map(() => (chance() - 0.5) * 0.3),
    mean: new Float64Array(parameterCount),
    square: new Float64Array(parameterCount),
  }
}

export interface Draw {
  readonly seed: number
  readonly rank: number
  readonly step: number
  readonly size: number
}

/** The places of the corpus that a rank learns from in one step. */
export function drawBatch({ seed, rank, step, size }: Draw): readonly number[] {
  const chance = chanceOf(crc32(`${seed}/${rank}/${step}`))
  return Array.from({ length: size }, () => Math.floor(chance() * positionCount))
}

/** Mean surprise, in nats, of the model at these places of the corpus. */
export function lossAt(parameters: Float64Array, positions: readonly number[]): number {
  return gradientAt(parameters, positions, new Float64Array(parameterCount))
}

/** Writes the gradient of the mean loss into `gradient` and returns that loss. */
export function gradientAt(
  parameters: Float64Array,
  positions: readonly number[],
  gradient: Float64Array,
): number {
  const network = networkOf(parameters)
  const slopes = networkOf(gradient.fill(0))
  const weight = 1 / positions.length
  let loss = 0
  for (const position of positions) {
    const context = text.subarray(position, position + contextLength)
    const target = text[position + contextLength] as number
    loss += learn({ network, slopes, context, target, weight })
  }
  return loss
}

/** One step of Adam. Only what every rank has in common goes in, so every rank gets the same. */
export function advance(training: Training, gradient: Float64Array): Training {
  const step = training.step + 1
  const mean = zip(training.mean, gradient, (old, slope) => 0.9 * old + 0.1 * slope)
  const square = zip(training.square, gradient, (old, slope) => 0.99 * old + 0.01 * slope * slope)
  const meanBias = 1 - 0.9 ** step
  const squareBias = 1 - 0.99 ** step
  const stride = zip(mean, square, (m, s) => m / meanBias / (Math.sqrt(s / squareBias) + 1e-8))
  const parameters = zip(training.parameters, stride, (old, by) => old - learningRate * by)
  return { step, parameters, mean, square }
}

/** Continues a prompt, character by character, for as long as the caller wants to listen. */
export function* continueText(
  parameters: Float64Array,
  prompt: string,
  { temperature, chance }: { readonly temperature: number; readonly chance: Chance },
): Generator<string, never> {
  const network = networkOf(parameters)
  let context = symbolsOf('\n'.repeat(contextLength) + prompt).slice(-contextLength)
  for (;;) {
    const { scores } = forward(network, context)
    const symbol = temperature === 0 ? best(scores) : pick(softmax(scores, temperature), chance())
    context = Uint8Array.of(...context.subarray(1), symbol)
    yield alphabet[symbol] as string
  }
}

/** Equal for equal bits: what ranks compare to be sure that they hold the same model. */
export function checksum(values: Float64Array): number {
  return crc32(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
}

/** A small generator (mulberry32): the same seed gives the same numbers on every machine. */
export function chanceOf(seed: number): Chance {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The flat parameters seen as three tables of rows; views, not copies. */
interface Network {
  readonly embedding: readonly Float64Array[]
  readonly hidden: readonly Float64Array[]
  readonly output: readonly Float64Array[]
}

function networkOf(flat: Float64Array): Network {
  let at = 0
  const row = (width: number) => {
    at += width
    return flat.subarray(at - width, at)
  }
  const rows = (length: number, width: number) => Array.from({ length }, () => row(width))
  return {
    embedding: rows(alphabet.length, embeddingSize),
    hidden: rows(hiddenSize, inputSize + 1),
    output: rows(alphabet.length, hiddenSize + 1),
  }
}

function forward({ embedding, hidden, output }: Network, context: Uint8Array) {
  const input = new Float64Array(inputSize + 1).fill(1)
  context.forEach((symbol, place) => {
    input.set(embedding[symbol] as Float64Array, place * embeddingSize)
  })
  const active = new Float64Array(hiddenSize + 1).fill(1)
  hidden.forEach((row, unit) => {
    active[unit] = Math.tanh(dot(row, input))
  })
  return { input, active, scores: Float64Array.from(output, (row) => dot(row, active)) }
}

interface Lesson {
  readonly network: Network
  readonly slopes: Network
  readonly context: Uint8Array
  readonly target: number
  readonly weight: number
}

/** Forward and backward through one example; adds to the slopes, returns its share of the loss. */
function learn({ network, slopes, context, target, weight }: Lesson): number {
  const { input, active, scores } = forward(network, context)
  const guess = softmax(scores, 1)
  const inputSlope = new Float64Array(inputSize + 1)
  const activeSlope = new Float64Array(hiddenSize + 1)
  guess.forEach((probability, symbol) => {
    const slope = weight * (probability - (symbol === target ? 1 : 0))
    addScaled(slopes.output[symbol] as Float64Array, slope, active)
    addScaled(activeSlope, slope, network.output[symbol] as Float64Array)
  })
  network.hidden.forEach((row, unit) => {
    const slope = (activeSlope[unit] as number) * (1 - (active[unit] as number) ** 2)
    addScaled(slopes.hidden[unit] as Float64Array, slope, input)
    addScaled(inputSlope, slope, row)
  })
  context.forEach((symbol, place) => {
    const at = place * embeddingSize
    const slope = inputSlope.subarray(at, at + embeddingSize)
    addScaled(slopes.embedding[symbol] as Float64Array, 1, slope)
  })
  return -weight * Math.log(guess[target] as number)
}

function softmax(scores: Float64Array, temperature: number): Float64Array {
  const top = Math.max(...scores)
  const raised = scores.map((score) => Math.exp((score - top) / temperature))
  const sum = raised.reduce((total, value) => total + value)
  return raised.map((value) => value / sum)
}

function best(scores: Float64Array): number {
  return scores.indexOf(Math.max(...scores))
}

function pick(probabilities: Float64Array, drawn: number): number {
  let left = drawn
  const symbol = probabilities.findIndex((probability) => {
    left -= probability
    return left < 0
  })
  // Rounding may leave the sum a hair below 1.
  return symbol === -1 ? probabilities.length - 1 : symbol
}

/** Characters that the model has never seen read as a space. */
function symbolsOf(words: string): Uint8Array {
  const space = alphabet.indexOf(' ')
  return Uint8Array.from(words, (character) => {
    const symbol = alphabet.indexOf(character)
    return symbol === -1 ? space : symbol
  })
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}

function addScaled(to: Float64Array, factor: number, from: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i] = (to[i] as number) + factor * (from[i] as number)
}

function zip(a: Float64Array, b: Float64Array, f: (x: number, y: number) => number): Float64Array {
  return a.map((x, i) => f(x, b[i] as number))
}
