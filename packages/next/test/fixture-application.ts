import { execFile } from 'node:child_process'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** The Next.js application that the tests run against. */
export const fixtureFolder = join(import.meta.dirname, '../fixture-app')

type Listener = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** What of Next.js is used here. Its own types would declare the environment of the whole repository. */
type Next = (options: object) => { prepare(): Promise<void>; getRequestHandler(): Listener }

const load = createRequire(import.meta.url)

/** The command of Next.js, to be run by Node. */
export const nextCommand = load.resolve('next/dist/bin/next')

/** Next.js chooses its own parts by it. */
export const production = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' } as const

/** Builds the application, without a network and without the address of a gateway. */
export async function buildFixture(): Promise<void> {
  const { SINGLE_STATE_GATEWAY: _gateway, SINGLE_STATE_KEY: _key, ...env } = production as NodeJS.ProcessEnv
  // Rejects with all that it has said.
  await promisify(execFile)(process.execPath, [nextCommand, 'build'], { cwd: fixtureFolder, env })
}

/** The built application in this process, so that its gateway, clock and pauses are those of the test. */
export async function loadFixture(): Promise<Listener> {
  Object.assign(process.env, { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' })
  const next = load('next') as Next
  const app = next({ dev: false, dir: fixtureFolder, hostname: 'localhost', port: 4410 })
  await app.prepare()
  return app.getRequestHandler()
}
