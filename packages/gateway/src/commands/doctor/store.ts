import { isSessionError } from '@single-state/core/errors'
import type { GatewayConfig } from '../../config.ts'
import type { CheckedConfig } from '../../configure.ts'
import { openStore } from '../../stores/open-store.ts'
import type { SessionStore } from '../../stores/store.ts'
import { clockFinding } from './clock.ts'
import { type Finding, fail, ok, warn } from './finding.ts'
import { keyFindings } from './keys.ts'

/** Opens the store as a gateway would, looks, and closes it. `isServed`: a gateway of this configuration answers. */
export async function storeFindings(config: GatewayConfig, checked: CheckedConfig, isServed: boolean): Promise<readonly Finding[]> {
  let store: SessionStore
  try {
    store = await openStore(config.store)
  } catch (error) {
    return [notOpened(error, isServed)]
  }
  try {
    return await lookInto(store, checked)
  } catch (error) {
    if (!isSessionError(error)) throw error
    return [fail('store', `${store.name} does not answer: ${reasonOf(error)}`, 'start it, or correct its address and rights')]
  } finally {
    await store.close()
  }
}

function notOpened(error: unknown, isServed: boolean): Finding {
  // What cannot be a store at all, or lacks its driver, or is set so that it would lose sessions.
  if (error instanceof TypeError) return fail('store', error.message, "correct it; 'single-state gateway' would not start either")
  if (!isSessionError(error)) throw error
  if (isServed && error.message.includes('another process')) {
    return ok('store', 'the gateway that runs has the file, which only one process may: stop it to look into the store')
  }
  return fail('store', reasonOf(error), 'start it, or correct its address and rights')
}

async function lookInto(store: SessionStore, checked: CheckedConfig): Promise<readonly Finding[]> {
  const askedAtMs = Date.now()
  const { writable, nowMs } = await store.health()
  const clock = { whose: 'the store', nowMs, askedAtMs, answeredAtMs: Date.now(), stepMs: 1 }
  const notes = await store.diagnose()
  return [
    writable
      ? ok('store', `${store.name} answers and takes writes`)
      : fail('store', `${store.name} answers, and its last write failed`, 'make room on its disk, or make it a primary again'),
    durabilityFinding(store, checked),
    ...notes.map((note): Finding => ({ check: 'store', ...note })),
    clockFinding(clock),
    ...(await keyFindings(store, checked, nowMs)),
  ]
}

function durabilityFinding({ durability }: SessionStore, { production }: CheckedConfig): Finding {
  if (durability === 'replicas') return ok('store', 'an acknowledged change survives the loss of the primary')
  if (durability === 'disk') return ok('store', 'an acknowledged change survives a restart of the machine, and not the loss of its disk')
  const found = 'an acknowledged change is lost with the process'
  return production ? fail('store', found, 'name a store that lasts') : warn('store', found, 'for more than tests name a store that lasts')
}

function reasonOf(error: Error): string {
  return error.cause instanceof Error && !error.message.includes(error.cause.message)
    ? `${error.message}: ${error.cause.message}`
    : error.message
}
