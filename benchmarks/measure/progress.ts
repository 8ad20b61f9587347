/** Says on standard error what is being done, and how long the rest may take. */
export interface Progress {
  /** Begins a step. */
  begin(what: string): void
  /** `steps` steps are over: the one that was begun, and those that will not come. */
  end(steps?: number): void
}

/** Makes the progress of `steps` steps of about one length. On a terminal it keeps to one line. */
export function createProgress(steps: number): Progress {
  const startedAtMs = performance.now()
  const width = String(steps).length
  let done = 0
  return {
    begin(what) {
      const left = done === 0 ? '' : ` · ${leftText(((performance.now() - startedAtMs) / done) * (steps - done))}`
      const text = `${String(done + 1).padStart(width)}/${steps}  ${what}${left}`
      process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${text}` : `${text}\n`)
    },
    end(ended = 1) {
      done += ended
      if (done >= steps && process.stderr.isTTY) process.stderr.write('\r\u001b[K')
    },
  }
}

/** `2 min 05 s left`. */
export function leftText(ms: number): string {
  const seconds = Math.ceil(ms / 1_000)
  const rest = seconds % 60
  return seconds < 60 ? `${seconds} s left` : `${Math.floor(seconds / 60)} min ${String(rest).padStart(2, '0')} s left`
}
