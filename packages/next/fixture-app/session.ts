import { createSession } from '@single-state/next'
import type { AdapterStart } from '@single-state/testing/adapter-contract'
import { adapterTestContract } from '../../testing/src/adapter-contract/contract.ts'

/** What the test that runs the server has put there; a server of its own process has the environment instead. */
const given = globalThis as { fixtureStart?: AdapterStart }

const sessions = new WeakMap<object, ReturnType<typeof make>>()
const environment = {}

/** The session of this application, made anew for each start that the adapter contract asks for. */
export function sessionOf() {
  const start = given.fixtureStart
  const key = start ?? environment
  const session = sessions.get(key) ?? make(start)
  sessions.set(key, session)
  return session
}

/** Holds a request inside its handler for as long as the test says. */
export async function pause(): Promise<void> {
  await given.fixtureStart?.pause()
}

function make(start: AdapterStart | undefined) {
  return createSession(adapterTestContract, start?.options ?? { application: 'app' })
}
