/** A key and the moment from which it signs. Keys are kept in the order of these moments. */
export interface ScheduledKey {
  readonly kid: string
  /** Milliseconds since 1970. */
  readonly signsFromMs: number
}

/** Where a key stands: published and waiting, signing, or only verifying what it has signed. */
export type KeyState = 'waiting' | 'signing' | 'verifying'

/**
 * 5 min and 30 s: applications fetch the key set every 5 min, and one that failed to is not the last to have it. No token
 * is signed with a key that an application cannot have yet.
 */
export const publishMs = 330_000

/** 1 min more than a session lives after its last token: clocks of gateways differ. */
const verifyMarginMs = 60_000

/**
 * How long a key verifies after the last token that it signed. Not the token's life: an expired token is exchanged for as
 * long as its session may lie idle, and somebody must still be able to tell that it is genuine.
 */
export function verifyMsOf(idleMs: number): number {
  return idleMs + verifyMarginMs
}

/** The key that signs at `nowMs`: the newest whose moment has come; the oldest where a clock was set back before them all. */
export function signingKey<Key extends ScheduledKey>(keys: readonly Key[], nowMs: number): Key {
  return (keys.findLast(({ signsFromMs }) => signsFromMs <= nowMs) ?? keys[0]) as Key
}

/** The keys that verify at `nowMs`: those that wait, the one that signs, and those whose last tokens may still be shown. */
export function publishedKeys<Key extends ScheduledKey>(keys: readonly Key[], nowMs: number, verifyMs: number): readonly Key[] {
  return keys.filter((_, at) => nowMs < verifiesUntilMs(keys, at, verifyMs))
}

/** Where a key stands at `nowMs`, and until when it verifies; null while no other takes its place. */
export function standingOfKey(keys: readonly ScheduledKey[], at: number, nowMs: number, verifyMs: number) {
  const key = keys[at] as ScheduledKey
  const untilMs = verifiesUntilMs(keys, at, verifyMs)
  const state: KeyState = key === signingKey(keys, nowMs) ? 'signing' : key.signsFromMs > nowMs ? 'waiting' : 'verifying'
  return { state, verifiesUntilMs: Number.isFinite(untilMs) ? untilMs : null }
}

/** From when a new key signs: one cache life after it is published, and never before one that waits already. */
export function nextSignsFromMs(keys: readonly ScheduledKey[], nowMs: number): number {
  return Math.max(nowMs, keys.at(-1)?.signsFromMs ?? 0) + publishMs
}

function verifiesUntilMs(keys: readonly ScheduledKey[], at: number, verifyMs: number): number {
  const successor = keys[at + 1]
  return successor ? successor.signsFromMs + verifyMs : Number.POSITIVE_INFINITY
}
