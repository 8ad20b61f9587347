import type { Variant } from './variant.ts'
import { authCore } from './variants/auth-core.ts'
import { bare } from './variants/bare.ts'
import { betterAuthRedis } from './variants/better-auth.ts'
import { clerkNetworkless } from './variants/clerk.ts'
import { expressSessionRedis } from './variants/express-session.ts'
import { ironSession } from './variants/iron-session.ts'
import { singleState } from './variants/single-state.ts'
import { superTokens } from './variants/super-tokens.ts'

/** Every variant, in the order of the table. The first is what the others are held against. */
export const variants: readonly [Variant, ...Variant[]] = [
  bare,
  // A live read is served by the application itself: one store will do.
  singleState('live', 'redis'),
  singleState('strict', 'sqlite'),
  singleState('strict', 'redis'),
  expressSessionRedis,
  ironSession,
  betterAuthRedis('no cache'),
  betterAuthRedis('cookie cache'),
  authCore,
  clerkNetworkless,
  superTokens,
]
