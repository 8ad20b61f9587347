import { importJWK, type JWK } from 'jose'
import { z } from 'zod'
import { longestKid } from '../document/wire-limits.ts'
import type { KeySet } from './answers.ts'
import type { VerificationKey } from './verify-token.ts'

const kid = z.string().min(1).max(longestKid)
const use = z.literal('sig').optional()

/** The public half of a key, bound to its one algorithm (RFC 8725 section 3.1): Ed25519 (RFC 8037 section 2) or P-256 (RFC 7518 section 6.2). */
const publicKeySchema = z.discriminatedUnion('alg', [
  z.object({ alg: z.literal('EdDSA'), kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string(), kid, use }),
  z.object({ alg: z.literal('ES256'), kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string(), kid, use }),
])

/**
 * The keys that session tokens can be verified with, by their id. What is no such key is left out: a set may hold keys for
 * other uses, and one that cannot be read must not take the others away.
 */
export async function importVerificationKeys({ keys }: KeySet): Promise<ReadonlyMap<string, VerificationKey>> {
  const imported = new Map<string, VerificationKey>()
  for (const candidate of keys) {
    const { success, data } = publicKeySchema.safeParse(candidate)
    const key = success ? await importJWK(data as JWK, data.alg).catch(() => undefined) : undefined
    if (data && key instanceof CryptoKey) imported.set(data.kid, { kid: data.kid, alg: data.alg, key })
  }
  return imported
}
