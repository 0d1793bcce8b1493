/**
 * The durations that the loop lives by. Each has a default that suits a fleet; tests and
 * the story choose shorter ones.
 */
export interface Settings {
  /** Base URL of this control plane as rented machines reach it. */
  readonly serverUrl: string
  /** A turn at the latest after so long; news from anywhere bring it forward. */
  readonly tickMs: number
  readonly listEveryMs: number
  readonly quoteEveryMs: number
  /** How long a supplier may take to answer a question, and a purchase. */
  readonly askDeadlineMs: number
  readonly callDeadlineMs: number
  readonly leadershipMs: number
  /** An agent may let a job's rank go on for so long after its last granted request. */
  readonly grantMs: number
  readonly beatMs: number
  /** A machine without an answer for so long powers itself off. */
  readonly deadManMs: number
  readonly silentMs: number
  readonly bootTimeoutMs: number
  /** A lease whose call has no outcome while its supplier is away is given up after so long. */
  readonly giveUpMs: number
}

export const defaultSettings: Omit<Settings, 'serverUrl'> = {
  tickMs: 1_000,
  listEveryMs: 2_000,
  quoteEveryMs: 10_000,
  askDeadlineMs: 10_000,
  callDeadlineMs: 30_000,
  leadershipMs: 10_000,
  grantMs: 60_000,
  beatMs: 2_000,
  deadManMs: 45 * 60_000,
  silentMs: 45_000,
  bootTimeoutMs: 10 * 60_000,
  giveUpMs: 120_000,
}

/** Clocks of machines may run one part in twenty apart, and a kill takes a moment. */
export function fenceMsOf({ grantMs }: Pick<Settings, 'grantMs'>): number {
  return Math.ceil(grantMs * 1.05) + 1_000
}
