import { type TokenAlgorithm, tokenAlgorithms } from '@single-state/core/protocol'
import { CompactEncrypt, calculateJwkThumbprint, compactDecrypt, errors, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import type { ScheduledKey } from './key-schedule.ts'

/** A key pair, bound to the one algorithm that it is used with (RFC 8725 section 3.1). */
export interface Keypair extends ScheduledKey {
  readonly alg: TokenAlgorithm
  readonly signing: CryptoKey
  readonly verifying: CryptoKey
  readonly publicJwk: JWK
}

/** Makes a key, as the store keeps it: only as ciphertext (JWE, RFC 7516), so that who has the store alone cannot sign. */
export async function makeSealedKey(alg: TokenAlgorithm, signsFromMs: number, encryptionKey: Uint8Array): Promise<string> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = await exportJWK(privateKey)
  const kept = { ...jwk, alg, use: 'sig', kid: await calculateJwkThumbprint(jwk), signsFromMs }
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(kept)))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .encrypt(encryptionKey)
}

/**
 * Opens a key of the store.
 *
 * @throws TypeError when it was encrypted with another secret, or is of an algorithm that no session token has.
 */
export async function openSealedKey(sealed: string, encryptionKey: Uint8Array): Promise<Keypair> {
  const { d, signsFromMs, ...publicJwk } = await decrypt(sealed, encryptionKey)
  const alg = tokenAlgorithms.find((known) => known === publicJwk.alg)
  if (alg === undefined) throw new TypeError(`signing keys: expected one of ${tokenAlgorithms.join(', ')}, found ${publicJwk.alg}`)
  const [signing, verifying] = await Promise.all([importJWK({ ...publicJwk, d } as JWK, alg), importJWK(publicJwk, alg)])
  return {
    kid: publicJwk.kid as string,
    alg,
    signsFromMs: typeof signsFromMs === 'number' ? signsFromMs : 0,
    signing: signing as CryptoKey,
    verifying: verifying as CryptoKey,
    publicJwk,
  }
}

async function decrypt(sealed: string, encryptionKey: Uint8Array): Promise<JWK & { readonly signsFromMs?: unknown }> {
  const allowed = { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] }
  try {
    const { plaintext } = await compactDecrypt(sealed, encryptionKey, allowed)
    return JSON.parse(new TextDecoder().decode(plaintext))
  } catch (cause) {
    if (!(cause instanceof errors.JOSEError)) throw cause
    throw new TypeError(
      'secret: expected the secret that the signing keys in the store were encrypted with; set SINGLE_STATE_SECRET to it',
      { cause },
    )
  }
}
