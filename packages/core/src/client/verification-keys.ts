import { importJWK } from 'jose'
import { z } from 'zod'
import type { KeySet } from './answers.ts'
import { tokenAlgorithm, type VerificationKey } from './verify-token.ts'

/** The public half of an Ed25519 key (RFC 8037 section 2), bound to its one algorithm (RFC 8725 section 3.1). */
const publicKeySchema = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  alg: z.literal(tokenAlgorithm),
  kid: z.string().min(1).max(64),
})

/**
 * The keys that session tokens can be verified with, by their id. What is no such key is left out: a set may hold keys for
 * other uses, and one that cannot be read must not take the others away.
 */
export async function importVerificationKeys({ keys }: KeySet): Promise<ReadonlyMap<string, VerificationKey>> {
  const imported = new Map<string, VerificationKey>()
  for (const candidate of keys) {
    const { success, data } = publicKeySchema.safeParse(candidate)
    const key = success ? await importJWK(data, data.alg).catch(() => undefined) : undefined
    if (data && key instanceof CryptoKey) imported.set(data.kid, { alg: data.alg, key })
  }
  return imported
}
