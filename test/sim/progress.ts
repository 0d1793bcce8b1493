/**
 * One line that says how far it is; on a terminal only, for elsewhere it would be many.
 */
export function progress(what: string) {
  const isShown = process.stderr.isTTY === true
  return {
    step(text: string) {
      if (isShown) process.stderr.write(`\r\u001b[2K${what}: ${text}`)
    },
    end() {
      if (isShown) process.stderr.write('\r\u001b[2K')
    },
  }
}
