import { longestSessionContext, type SessionContext, sessionContextSeconds, sessionContextType } from '@single-state/core/protocol'
import { CompactSign } from 'jose'
import type { SigningKey } from './keys.ts'

/**
 * Signs what the gateway says of a session for one application, made at `nowMs`. Null when it would be longer than headers
 * may be: the application asks for the session itself then.
 */
export async function signContext(
  said: Omit<SessionContext, 'iat' | 'exp'>,
  { kid, alg, key }: SigningKey,
  nowMs: number,
): Promise<string | null> {
  const iat = Math.floor(nowMs / 1_000)
  const claims: SessionContext = { ...said, iat, exp: iat + sessionContextSeconds }
  const context = await new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg, typ: sessionContextType, kid })
    .sign(key)
  return context.length > longestSessionContext ? null : context
}
