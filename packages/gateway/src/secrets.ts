import { createHmac, hkdfSync, randomBytes } from 'node:crypto'

/** What the gateway keeps secret, each for one purpose. */
export interface Secrets {
  /** 32 bytes: encrypts the signing keys in the store. */
  readonly keyEncryption: Uint8Array
  /** 32 bytes: the cookie of a login under way. */
  readonly transaction: Uint8Array
  /** Hash of a session id for audit and logs: nobody without the secret can tell which session it is. */
  idHash(id: string): string
}

/** 32 characters: at 6 bits or so each, more than the 128 bits that the keys are worth. */
export const shortestSecret = 32

/** 128 bits of a hash do not meet by accident. */
const idHashCharacters = 22

/** Derives a key for each purpose from the one secret (HKDF, RFC 5869), so that none of them says anything of another. */
export function deriveSecrets(secret: string): Secrets {
  const derive = (purpose: string) => new Uint8Array(hkdfSync('sha256', secret, '', `single-state/${purpose}/1`, 32))
  const idKey = derive('session-id-hash')
  return {
    keyEncryption: derive('signing-key-encryption'),
    transaction: derive('login-transaction'),
    idHash: (id) => createHmac('sha256', idKey).update(id).digest('base64url').slice(0, idHashCharacters),
  }
}

/** A secret for a gateway whose store dies with it. */
export function randomSecret(): string {
  return randomBytes(32).toString('base64url')
}
