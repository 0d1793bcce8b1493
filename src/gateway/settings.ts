/**
 * What an operator may choose about a gateway. Each setting has a default that suits chat services;
 * tests and the story choose shorter times.
 */
import { hostname } from 'node:os'

export interface Settings {
  /** Under this name load is reported; two gateways of one control plane need two names. */
  readonly name: string
  /** Where the last known routes are kept, so that a restart needs no control plane. */
  readonly routesFile: string | null
  readonly pollMs: number
  readonly reportMs: number
  /** How long the control plane may take to answer. */
  readonly askDeadlineMs: number

  readonly connectTimeoutMs: number
  /** From a connection to the first header; an answer that is not streamed is all made by then. */
  readonly headerTimeoutMs: number
  /** An answer that moves no byte for so long is ended, whoever is to blame. */
  readonly stallTimeoutMs: number
  /** Shorter than what servers allow by default (5 s), so that we are the ones who hang up. */
  readonly idleConnectionMs: number
  /** A replica with a silent answer is knocked at so often; dead after two knocks unheard. */
  readonly knockMs: number
  readonly backOffMs: number
  readonly backOffMsMax: number
  readonly replicasPerRequestMax: number

  /** How long a request may wait for a ready replica in all, and how many of a service may. */
  readonly queueTimeoutMs: number
  readonly queueLengthMax: number
  readonly bodyBytesMax: number
  /** Of all requests under way together. */
  readonly bodiesBytesMax: number

  readonly clientHeadersTimeoutMs: number
  readonly clientRequestTimeoutMs: number
  readonly clientHeaderBytesMax: number
  readonly clientConnectionsMax: number
  /** How long `close` lets requests under way go on. */
  readonly graceMs: number
  /** Tells clients who served them, as `x-served-by: supplier/lease`. */
  readonly debugHeaders: boolean
}

export const defaultSettings: Settings = {
  name: hostname().slice(0, 63),
  routesFile: null,
  pollMs: 500,
  reportMs: 1_000,
  askDeadlineMs: 5_000,
  connectTimeoutMs: 1_000,
  headerTimeoutMs: 60_000,
  stallTimeoutMs: 300_000,
  idleConnectionMs: 4_000,
  knockMs: 1_000,
  backOffMs: 250,
  backOffMsMax: 30_000,
  replicasPerRequestMax: 3,
  queueTimeoutMs: 15_000,
  queueLengthMax: 1_000,
  bodyBytesMax: 4 * 1_024 * 1_024,
  bodiesBytesMax: 256 * 1_024 * 1_024,
  clientHeadersTimeoutMs: 10_000,
  clientRequestTimeoutMs: 60_000,
  clientHeaderBytesMax: 16_384,
  clientConnectionsMax: 10_000,
  graceMs: 30_000,
  debugHeaders: false,
}
