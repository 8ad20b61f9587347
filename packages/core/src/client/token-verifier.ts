import { importVerificationKeys } from './verification-keys.ts'
import { verifyToken } from './verify-token.ts'

/** The cryptography of a client, as it uses it. */
export interface TokenVerifier {
  readonly importKeys: typeof importVerificationKeys
  readonly verify: typeof verifyToken
}

/** WebCrypto, through jose. */
export const systemVerifier: TokenVerifier = { importKeys: importVerificationKeys, verify: verifyToken }
