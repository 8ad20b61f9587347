import type { Shown } from './gateway-calls.ts'
import type { TokenClaims } from './verify-token.ts'

/** The token of one request, verified. */
export interface Presented extends Shown {
  readonly claims: TokenClaims
  /** A browser's cookie is exchanged in time; a bearer token is not, its sender has to. */
  readonly kind: 'cookie' | 'bearer'
}
