import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { digestOf, sourceFolders } from './sources.ts'
import { isBuiltFrom, stampBuild } from './stamp.ts'

const root = join(import.meta.dirname, '../../..')
const folder = join(root, 'examples/next')

/** Three minutes: a build takes ten seconds, on a machine that is busy with other things a minute. */
const deadlineMs = 180_000
const lockPollMs = 1_000

/**
 * Builds the Next.js application when that has not been done since its sources have changed. It takes neither a network nor
 * the address of a gateway. Resolves early when the signal aborts.
 *
 * @throws Error with the last lines of the build when it fails, or takes longer than three minutes.
 */
export async function buildNextApplication(signal: AbortSignal): Promise<void> {
  const digest = digestOf(root, sourceFolders)
  if (isBuiltFrom(folder, digest)) return
  console.log('building the Next application (once)')
  const beganAt = performance.now()
  const either = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)])
  while (!isBuiltFrom(folder, digest)) {
    const problem = await build(either)
    if (signal.aborted) return
    if (problem === null) stampBuild(folder, digest)
    else if (isLocked(problem)) await wait(lockPollMs, undefined, { signal: either }).catch(() => undefined)
    else throw new Error(`the Next application could not be built:\n${problem}`)
  }
  console.log(`built the Next application in ${((performance.now() - beganAt) / 1_000).toFixed(1)} s`)
}

/** Null, or what was printed last. */
function build(signal: AbortSignal): Promise<string | null> {
  const { SINGLE_STATE_GATEWAY: _gateway, SINGLE_STATE_KEY: _key, ...environment } = process.env
  const env = { ...environment, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' } as const
  const command = createRequire(join(folder, 'package.json')).resolve('next/dist/bin/next')
  return new Promise((resolve) => {
    execFile(process.execPath, [command, 'build'], { cwd: folder, env, signal }, (error, stdout, stderr) =>
      resolve(error === null ? null : `${stdout}${stderr}${error.message}`.slice(-4_000)),
    )
  })
}

/** Somebody else builds at the same time: then theirs is as good. */
function isLocked(problem: string): boolean {
  return /unable to acquire lock|another next build/i.test(problem)
}
