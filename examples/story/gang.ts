/**
 * A gang of ranks that average numbers over TCP: all of them or none.
 *
 * Rank 0 listens, the others dial in and try again until the gang is whole. From then on a rank
 * that goes away, falls silent, or holds another model ends the gang: starting anew is for the
 * control plane. It neither encrypts nor proves who calls: use it on a network of your own.
 */
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { addAbortSignal } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Seat {
  readonly rank: number
  readonly size: number
  readonly epoch: number
  readonly host: string
  readonly port: number
  /** How long to wait for the gang to be whole. */
  readonly joinMs: number
  /** How long another rank may be silent once it is. */
  readonly silenceMs: number
  readonly signal: AbortSignal
}

/** Where a rank stands: ranks that average have to stand at the same place. */
export interface Stand {
  readonly step: number
  readonly checksum: number
}

export interface Gang {
  /** The mean over all ranks, place by place: the same bits on every rank. */
  average(values: Float64Array, stand: Stand): Promise<Float64Array>
  /** Returns when everybody has received everything. */
  leave(): Promise<void>
}

export async function joinGang(seat: Seat): Promise<Gang> {
  if (seat.size === 1) return { average: async (values) => values, leave: async () => {} }
  const peers = seat.rank === 0 ? await gather(seat) : [await dial(seat)]
  for (const { socket } of peers) socket.setTimeout(seat.silenceMs)
  return {
    async average(values, stand) {
      const frame = { epoch: seat.epoch, rank: seat.rank, ...stand, values }
      return seat.rank === 0 ? lead(peers, frame) : follow(peers, frame)
    },
    async leave() {
      for (const { socket } of peers) socket.end()
      // The other side may have left first, and not gently; there is nothing left to lose.
      await Promise.allSettled(peers.map(({ frames }) => frames.next()))
    },
  }
}

interface Peer {
  readonly rank: number
  readonly socket: Socket
  readonly frames: AsyncGenerator<Frame, void>
}

interface Frame extends Stand {
  readonly epoch: number
  readonly rank: number
  readonly values: Float64Array
}

/** Sums in the order of ranks, because the sum of fractions depends on the order. */
async function lead(peers: readonly Peer[], own: Frame): Promise<Float64Array> {
  const sum = own.values.slice()
  for (const peer of peers) {
    const { values } = await receive(peer, own)
    values.forEach((value, place) => {
      sum[place] = (sum[place] as number) + value
    })
  }
  const mean = sum.map((value) => value / (peers.length + 1))
  for (const { socket } of peers) send(socket, { ...own, values: mean })
  return mean
}

async function follow([leader]: readonly Peer[], own: Frame): Promise<Float64Array> {
  send((leader as Peer).socket, own)
  return (await receive(leader as Peer, own)).values
}

/** The next frame of a peer, which has to stand where we stand. */
async function receive(peer: Peer, own: Frame): Promise<Frame> {
  const { value: frame } = await peer.frames.next().catch((error: Error) => {
    throw new Error(`lost rank ${peer.rank}: ${error.message}`)
  })
  if (!frame) throw new Error(`rank ${peer.rank} went away`)
  const alike = frame.checksum === own.checksum && frame.values.length === own.values.length
  if (alike && frame.step === own.step) return frame
  throw new Error(
    `rank ${frame.rank} has ${standOf(frame)}, rank ${own.rank} has ${standOf(own)}; ` +
      'all ranks must run the same model from the same checkpoint',
  )
}

function standOf({ step, checksum, values }: Frame): string {
  return `${values.length} numbers for model ${checksum.toString(16)} at step ${step}`
}

/** Rank 0: opens the door until every other rank of this epoch is in. */
async function gather(seat: Seat): Promise<Peer[]> {
  const { size, epoch, joinMs, signal } = seat
  const peers = new Map<number, Peer>()
  const strangers = new Set<Socket>()
  const server = createServer()
  const whole = new Promise<void>((resolve) => {
    server.on('connection', async (socket) => {
      strangers.add(socket)
      const peer = await greet(socket, seat)
      if (!peer) return socket.destroy()
      strangers.delete(socket)
      // A rank that calls twice has lost its first line.
      peers.get(peer.rank)?.socket.destroy()
      peers.set(peer.rank, peer)
      if (peers.size === size - 1) resolve()
    })
  })
  try {
    await insist(() => listen(server, seat), seat)
    await Promise.race([whole, sleep(joinMs, undefined, { signal, ref: false })])
  } finally {
    server.close()
    for (const socket of strangers) socket.destroy()
  }
  if (peers.size < size - 1) {
    throw new Error(`only ${peers.size + 1} of ${size} ranks came within ${joinMs} ms`)
  }
  const ranked = [...peers.values()].sort((a, b) => a.rank - b.rank)
  for (const { socket } of ranked) send(socket, hello(0, epoch))
  return ranked
}

/** A caller is let in if its first frame names a rank of this gang and this epoch. */
async function greet(socket: Socket, { size, epoch, signal }: Seat): Promise<Peer | null> {
  const frames = framesOf(prepared(socket, signal))
  const first = await frames.next().catch(() => null)
  const frame = first?.value
  if (!frame || frame.epoch !== epoch || frame.rank < 1 || frame.rank >= size) return null
  return { rank: frame.rank, socket, frames }
}

/** Another rank: calls rank 0 until it is let in. */
function dial(seat: Seat): Promise<Peer> {
  const { rank, epoch, host, port, joinMs, signal } = seat
  return insist(async () => {
    const socket = prepared(connect(port, host), signal)
    socket.setTimeout(joinMs)
    const frames = framesOf(socket)
    send(socket, hello(rank, epoch))
    const welcome = (await frames.next()).value
    if (welcome?.epoch === epoch) return { rank: 0, socket, frames }
    socket.destroy()
    throw new Error('turned away')
  }, seat)
}

/** Tries until it works, the time is up, or somebody calls it off. */
async function insist<T>(attempt: () => Promise<T>, seat: Seat): Promise<T> {
  const { host, port, joinMs, signal } = seat
  const until = performance.now() + joinMs
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      signal.throwIfAborted()
      if (performance.now() > until) {
        throw new Error(
          `no gang at ${host}:${port} within ${joinMs} ms: ${(error as Error).message}`,
        )
      }
    }
    await sleep(200, undefined, { signal })
  }
}

async function listen(server: Server, { host, port }: Seat): Promise<void> {
  server.listen(port, host)
  await once(server, 'listening')
}

/** Small frames go out at once, and a line dies with the gang. */
function prepared(socket: Socket, signal: AbortSignal): Socket {
  socket.setNoDelay(true)
  // Whoever reads the line learns of its failure; without a listener it would end the process.
  socket.on('error', () => {})
  socket.on('timeout', () => socket.destroy(new Error(`silent for ${socket.timeout} ms`)))
  return addAbortSignal(signal, socket)
}

function hello(rank: number, epoch: number): Frame {
  return { epoch, rank, step: 0, checksum: 0, values: new Float64Array() }
}

// A frame: epoch, rank, step, checksum and byte length as 32-bit numbers, then the values.
const headLength = 20
const bodyLengthMax = 16 * 1024 * 1024

function send(socket: Socket, { epoch, rank, step, checksum, values }: Frame): void {
  const body = Buffer.from(values.buffer, values.byteOffset, values.byteLength)
  const head = Buffer.from(Uint32Array.of(epoch, rank, step, checksum, body.length).buffer)
  socket.cork()
  socket.write(head)
  socket.write(body)
  socket.uncork()
}

async function* framesOf(socket: Socket): AsyncGenerator<Frame, void> {
  let bytes = Buffer.alloc(0)
  for await (const chunk of socket) {
    bytes = Buffer.concat([bytes, chunk])
    while (bytes.length >= headLength) {
      const [epoch, rank, step, checksum, length] = wordsOf(bytes)
      if (length > bodyLengthMax) throw new Error(`a frame of ${length} bytes`)
      const end = headLength + length
      if (bytes.length < end) break
      // Copied, because the numbers have to begin at a multiple of their size.
      const values = new Float64Array(new Uint8Array(bytes.subarray(headLength, end)).buffer)
      yield { epoch, rank, step, checksum, values }
      bytes = bytes.subarray(end)
    }
  }
}

function wordsOf(bytes: Buffer): [number, number, number, number, number] {
  const word = (place: number) => bytes.readUInt32LE(place * 4)
  return [word(0), word(1), word(2), word(3), word(4)]
}
