/**
 * The socket of the log store: what ranks print, by run, epoch and rank.
 */
export interface LogStream {
  readonly run: string
  readonly epoch: number
  readonly rank: number
}

export interface Logs {
  /**
   * Stores bytes that begin at `offset` and resolves with the length that is then safely stored.
   * Bytes that are already there are skipped; a gap stores nothing and answers the length so far.
   */
  append(stream: LogStream, offset: number, bytes: Uint8Array): Promise<number>
  /** At most `limit` bytes from `offset`; empty at the end. */
  read(stream: LogStream, offset: number, limit: number): Promise<Uint8Array>
  /** The streams of a run, oldest epoch first. */
  streams(run: string): Promise<readonly LogStream[]>
}
