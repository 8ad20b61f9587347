import type { VerificationKey } from '@single-state/core/protocol'
import { CompactEncrypt, calculateJwkThumbprint, compactDecrypt, errors, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import type { SessionStore } from '../stores/store.ts'

/** The one algorithm of session tokens (RFC 8725 section 3.1). */
const alg = 'EdDSA'

/** 30 s: a flood of tokens with invented key ids costs one look into the store, not one each. */
const refetchEveryMs = 30_000

/** A key that signs tokens. */
export interface SigningKey {
  readonly kid: string
  readonly key: CryptoKey
}

/** The gateway's keys, as the store has them. */
export interface Keyring {
  /** The newest key: it signs. */
  readonly signing: () => SigningKey
  /** The key of this id; undefined when there is none. */
  readonly keyOf: (kid: string) => VerificationKey | undefined
  /** Looks into the store again, for a key id that another gateway may have made; at most every 30 s. */
  readonly refresh: () => Promise<void>
  /** The public keys (RFC 7517). */
  readonly jwks: () => { readonly keys: readonly JWK[] }
}

interface Keypair extends SigningKey, VerificationKey {
  readonly signing: CryptoKey
  readonly publicJwk: JWK
}

/**
 * Opens the keys in the store; makes the first one when there is none. Two gateways that start at once agree, since the
 * store takes the keys of only one of them.
 *
 * @throws TypeError when the keys were encrypted with another secret.
 */
export async function openKeyring(store: SessionStore, encryptionKey: Uint8Array, now: () => number): Promise<Keyring> {
  let pairs = await loadOrCreate(store, encryptionKey)
  let loadedAtMs = now()
  return {
    signing: () => {
      const newest = pairs.at(-1) as Keypair
      return { kid: newest.kid, key: newest.signing }
    },
    keyOf: (kid) => pairs.find((pair) => pair.kid === kid),
    refresh: async () => {
      if (now() < loadedAtMs + refetchEveryMs) return
      loadedAtMs = now()
      const { keys } = await store.signingKeys()
      if (keys.length > 0) pairs = await openAll(keys, encryptionKey)
    },
    jwks: () => ({ keys: pairs.map(({ publicJwk }) => publicJwk) }),
  }
}

async function loadOrCreate(store: SessionStore, encryptionKey: Uint8Array): Promise<readonly Keypair[]> {
  const held = await store.signingKeys()
  if (held.keys.length > 0) return openAll(held.keys, encryptionKey)
  const made = await seal(await createKey(), encryptionKey)
  if (await store.saveSigningKeys(held.revision, [made])) return openAll([made], encryptionKey)
  return openAll((await store.signingKeys()).keys, encryptionKey)
}

async function createKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = await exportJWK(privateKey)
  return { ...jwk, alg, use: 'sig', kid: await calculateJwkThumbprint(jwk) }
}

/** Private keys lie in the store only as ciphertext (JWE, RFC 7516): who has the store alone cannot sign. */
async function seal(jwk: JWK, encryptionKey: Uint8Array): Promise<string> {
  const plaintext = new TextEncoder().encode(JSON.stringify(jwk))
  return new CompactEncrypt(plaintext).setProtectedHeader({ alg: 'dir', enc: 'A256GCM' }).encrypt(encryptionKey)
}

function openAll(sealed: readonly string[], encryptionKey: Uint8Array): Promise<readonly Keypair[]> {
  return Promise.all(sealed.map((text) => open(text, encryptionKey)))
}

async function open(sealed: string, encryptionKey: Uint8Array): Promise<Keypair> {
  const { d, ...publicJwk } = await decrypt(sealed, encryptionKey)
  const [signing, verifying] = await Promise.all([importJWK({ ...publicJwk, d } as JWK, alg), importJWK(publicJwk, alg)])
  return { kid: publicJwk.kid as string, alg, signing: signing as CryptoKey, key: verifying as CryptoKey, publicJwk }
}

async function decrypt(sealed: string, encryptionKey: Uint8Array): Promise<JWK> {
  const allowed = { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] }
  try {
    const { plaintext } = await compactDecrypt(sealed, encryptionKey, allowed)
    return JSON.parse(new TextDecoder().decode(plaintext)) as JWK
  } catch (cause) {
    if (!(cause instanceof errors.JOSEError)) throw cause
    throw new TypeError(
      'secret: expected the secret that the signing keys in the store were encrypted with; set SINGLE_STATE_SECRET to it',
      {
        cause,
      },
    )
  }
}
