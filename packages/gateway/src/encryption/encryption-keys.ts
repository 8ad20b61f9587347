import { createHash, randomBytes } from 'node:crypto'

/** A key that documents are encrypted with, and the name that their texts carry. */
export interface EncryptionKey {
  readonly kid: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** `sse_` and 32 random bytes: secret scanners find it, and an application's key is not taken for one. */
const form = /^sse_([A-Za-z0-9_-]{43})$/

/** 11 characters are 66 bits: two keys of one gateway do not meet, and nobody learns the key from its hash. */
const kidCharacters = 11

/** A new key for `encryption.keys`. */
export function createEncryptionKey(): string {
  return `sse_${randomBytes(32).toString('base64url')}`
}

/**
 * Reads the keys of a configuration, in their order.
 *
 * @throws TypeError that names the option and the fix, never the key.
 */
export function readEncryptionKeys(keys: unknown): readonly EncryptionKey[] {
  if (!Array.isArray(keys) || keys.length === 0) throw new TypeError('encryption.keys: expected one key or more, newest first')
  const read = keys.map(readKey)
  const twice = read.findIndex(({ kid }, at) => read.findIndex((other) => other.kid === kid) !== at)
  if (twice !== -1) throw new TypeError(`encryption.keys[${twice}]: expected each key once`)
  return read
}

function readKey(text: unknown, at: number): EncryptionKey {
  const [, encoded] = form.exec(typeof text === 'string' ? text : '') ?? []
  if (encoded === undefined) {
    throw new TypeError(`encryption.keys[${at}]: expected a key; make one with 'single-state keys create --encryption'`)
  }
  const bytes = new Uint8Array(Buffer.from(encoded, 'base64url'))
  return { kid: createHash('sha256').update(bytes).digest('base64url').slice(0, kidCharacters), bytes }
}
