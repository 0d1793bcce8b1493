/**
 * The supplier cannot be opened as it was set up: a person must act, and the message says how.
 */
export class SetupError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'SetupError'
  }
}
