import { createHash, randomBytes } from 'node:crypto'
import { type AskedAssurance, anyAssurance } from '@single-state/core/protocol'
import { EncryptJWT, errors, jwtDecrypt } from 'jose'
import { z } from 'zod'
import type { LoginTransaction } from './provider.ts'

/** A login under way, as the browser that began it keeps it. */
export interface PendingLogin extends LoginTransaction {
  /** Where the browser goes in the end; judged when the login began. */
  readonly returnTo: string
  /** Subject endings when it began: one since then refuses the session (rule 9). */
  readonly endingsAtStart: number
}

/** 10 minutes: time for a password, a second factor and the search for the phone. */
export const transactionSeconds = 600

/** `typ` of a sealed transaction: no other token of the gateway passes for one (RFC 8725 section 3.11). */
const type = 'login+jwt'

const pendingSchema = z.object({
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  redirectUri: z.string(),
  assurance: z.object({ acrValues: z.array(z.string()), maxAgeS: z.int().min(0).nullable() }),
  returnTo: z.string(),
  endingsAtStart: z.int().min(0),
})

/** Draws the secrets of a new login: 32 random bytes each, so that none can be guessed from another. */
export function drawTransaction(redirectUri: string, assurance: AskedAssurance = anyAssurance): LoginTransaction {
  return { state: draw(), nonce: draw(), codeVerifier: draw(), redirectUri, assurance }
}

/** Encrypts a pending login, so that the browser can neither read nor change what it keeps. `key` has 32 bytes. */
export function sealTransaction(pending: PendingLogin, key: Uint8Array, nowMs: number): Promise<string> {
  const nowS = Math.floor(nowMs / 1_000)
  return new EncryptJWT({ ...pending })
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', typ: type })
    .setIssuedAt(nowS)
    .setExpirationTime(nowS + transactionSeconds)
    .encrypt(key)
}

/** The pending login that `state` names; null when it was sealed by another key, has expired, was changed or belongs to another `state`. */
export async function openTransaction(sealed: string, state: string, key: Uint8Array, nowMs: number): Promise<PendingLogin | null> {
  try {
    const { payload } = await jwtDecrypt(sealed, key, {
      typ: type,
      currentDate: new Date(nowMs),
      requiredClaims: ['iat', 'exp'],
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
    })
    const pending = pendingSchema.parse(payload)
    return pending.state === state ? pending : null
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof z.ZodError) return null
    throw error
  }
}

/** Name of the cookie of one login: each tab has its own. The hash says nothing about `state`, which only the provider's answer brings. */
export function transactionCookieName(state: string): string {
  return `${transactionCookiePrefix}${createHash('sha256').update(state).digest('base64url').slice(0, 8)}`
}

/** `__Host-` keeps hosts beside the gateway from planting one (RFC 6265bis section 4.1.3.2). */
export const transactionCookiePrefix = '__Host-login-'

function draw(): string {
  return randomBytes(32).toString('base64url')
}
