import type { PatchBody } from '../client/session-writer.ts'
import { remove } from '../contract/session-view.ts'

/** Changes by path; a value of `remove` takes an optional key out. */
export type Changes = Readonly<Record<string, unknown>>

/** Decides on a change from the session as it is now; null to leave it. Runs again after a conflict, so it must only decide. */
export type Decide<View> = (session: View) => Changes | null | Promise<Changes | null>

/** How often a decision is made again after it lost against another write. */
export interface UpdateOptions {
  /** Default 3 for a function, at most 100; changes given as they are, are never repeated: the conflict is the caller's. */
  readonly retries?: number
  /**
   * `'commit'` answers as soon as the change is stored, without the half second after which no live read can be older: for
   * changes that nobody else has to see at once. Default: waits.
   */
  readonly settle?: 'commit'
}

/** 3: with four decisions in all a write that keeps losing is losing to a loop, not to chance. */
export const defaultRetries = 3
const mostRetries = 100

/**
 * How often to decide again after a conflict.
 *
 * @throws TypeError when that is no number of times.
 */
export function retriesOf(changes: unknown, { retries = defaultRetries }: UpdateOptions): number {
  if (!Number.isSafeInteger(retries) || retries < 0 || retries > mostRetries) {
    throw new TypeError(`retries: expected a whole number from 0 to ${mostRetries}, found ${retries}`)
  }
  return typeof changes === 'function' ? retries : 0
}

/**
 * Changes as the wire carries them.
 *
 * @throws TypeError that names the path whose value JSON would lose, and with it the change, or cannot carry.
 */
export function patchOf(reason: string, changes: Changes, { settle }: Pick<UpdateOptions, 'settle'> = {}): PatchBody {
  const entries = Object.entries(changes)
  const nothing = entries.find(([, value]) => value !== remove && !isSendable(value))
  if (nothing) throw new TypeError(`changes: expected a value or remove for '${nothing[0]}', found ${typeof nothing[1]}`)
  return {
    reason,
    set: Object.fromEntries(entries.filter(([, value]) => value !== remove)),
    unset: entries.filter(([, value]) => value === remove).map(([path]) => path),
    ...(settle !== undefined && { settle }),
  }
}

/**
 * A signal's value, if the wire can carry it.
 *
 * @throws TypeError that names the signal.
 */
export function publishable(signal: string, value: unknown): unknown {
  if (isSendable(value)) return value
  throw new TypeError(`publish: expected a value that JSON can carry for '${signal}', found ${typeof value}`)
}

/** JSON says nothing for `undefined`, functions and symbols, and throws for a bigint or a circle, however deep. */
function isSendable(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined
  } catch {
    return false
  }
}
