import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** What one load run showed. */
export interface LoadResult {
  readonly requests: number
  readonly perSecond: number
  readonly p50Us: number
  readonly p99Us: number
}

/**
 * Loads one address with wrk on one thread, its cookies in turn.
 *
 * @throws Error when any answer was not a success or did not come: such a round is no figure, however fast it was.
 */
export async function load(port: number, cookiesFile: string, connections: number, seconds: number): Promise<LoadResult> {
  const script = join(import.meta.dirname, 'rotate-cookies.lua')
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, `http://127.0.0.1:${port}`, '--', cookiesFile]
  const { stdout } = await run('wrk', args, { timeout: (seconds + 30) * 1_000 })
  const { requests, durationUs, p50Us, p99Us, refused, broken } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as Readonly<
    Record<'requests' | 'durationUs' | 'p50Us' | 'p99Us' | 'refused' | 'broken', number>
  >
  if (requests === 0) throw new Error('no request was answered')
  if (refused + broken > 0) throw new Error(`of ${requests} requests ${refused} were refused and ${broken} broke off`)
  return { requests, perSecond: requests / (durationUs / 1_000_000), p50Us, p99Us }
}
