import { CompactEncrypt, type CompactJWEHeaderParameters, compactDecrypt, errors } from 'jose'
import type { EncryptionKey } from './encryption-keys.ts'

/** What a sealed text turned out to be. */
export type Opened =
  | { readonly kind: 'text'; readonly text: string }
  /** It was changed, cut, or is of another place: nobody can make a document of it. */
  | { readonly kind: 'broken'; readonly why: string }
  /** This gateway was not given what opens it: another may read it, so nothing about the session is wrong. */
  | { readonly kind: 'locked'; readonly why: string }

/**
 * Seals texts before the store gets them, each for one place: a text that was moved to another session, or from a signal
 * to a document, does not open.
 */
export interface Sealing {
  /** Whether texts leave encrypted. */
  readonly on: boolean
  readonly seal: (place: string, text: string) => Promise<string>
  readonly open: (place: string, sealed: string) => Promise<Opened>
}

/** The place of a session's document. */
export function documentPlace(id: string): string {
  return `${id}/document`
}

/** The place of a signal's value. */
export function signalPlace(id: string, name: string): string {
  return `${id}/signals.${name}`
}

/** Without keys texts stay as they are. A sealed one is still known as such: keys that were taken away sign nobody out. */
export const noSealing: Sealing = {
  on: false,
  seal: async (_place, text) => text,
  open: async (_place, text) => (isSealed(text) ? locked('it is encrypted, and encryption.keys are not set') : { kind: 'text', text }),
}

/**
 * Seals with AES-256-GCM (RFC 7518 section 5.3) under the first key, and opens with any. A text that is not sealed is
 * opened only where `allowPlain` says so: whoever can write into the store could take the protection off otherwise.
 */
export async function createSealing(given: readonly EncryptionKey[], allowPlain: boolean): Promise<Sealing> {
  const keys = new Map(await Promise.all(given.map(async ({ kid, bytes }) => [kid, await importKey(bytes)] as const)))
  const [newest] = keys.entries()
  const [kid, key] = newest as [string, CryptoKey]
  return {
    on: true,
    seal: (place, text) => {
      const header = { alg: 'dir', enc: 'A256GCM', kid, place }
      return new CompactEncrypt(new TextEncoder().encode(text)).setProtectedHeader(header).encrypt(key)
    },
    open: async (place, sealed) => {
      if (isSealed(sealed)) return openSealed(keys, place, sealed)
      return allowPlain ? { kind: 'text', text: sealed } : locked('it is not encrypted, and encryption.allowPlain is not set')
    },
  }
}

/** A compact JWE with a key that both sides have (RFC 7516 section 7.1, RFC 7518 section 4.5). JSON never looks like one. */
function isSealed(text: string): boolean {
  return /^[\w-]+\.\.[\w-]+\.[\w-]*\.[\w-]+$/.test(text)
}

const allowed = { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] }

async function openSealed(keys: ReadonlyMap<string, CryptoKey>, place: string, sealed: string): Promise<Opened> {
  let asked = ''
  try {
    const { plaintext, protectedHeader } = await compactDecrypt(
      sealed,
      ({ kid }: CompactJWEHeaderParameters) => {
        asked = String(kid)
        const key = keys.get(asked)
        if (!key) throw new errors.JWKSNoMatchingKey()
        return key
      },
      allowed,
    )
    if (protectedHeader['place'] !== place) return { kind: 'broken', why: 'the encrypted text belongs to another place' }
    return { kind: 'text', text: new TextDecoder().decode(plaintext) }
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) return locked(`it is encrypted with key ${asked}, which is not in encryption.keys`)
    if (error instanceof errors.JOSEError) return { kind: 'broken', why: 'the encrypted text has been changed' }
    throw error
  }
}

function importKey(bytes: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt'])
}

function locked(why: string): Opened {
  return { kind: 'locked', why }
}
