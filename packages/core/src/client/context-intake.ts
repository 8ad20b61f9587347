import { compactVerify, errors } from 'jose'
import { z } from 'zod'
import { longestKid } from '../document/wire-limits.ts'
import type { AtOnce } from './at-once.ts'
import type { Clock } from './clock.ts'
import type { Intake } from './intake.ts'
import type { GatewayFacts } from './known-gateway.ts'
import type { Presented } from './presented.ts'
import {
  longestSessionContext,
  type SessionContext,
  sessionContextSchema,
  sessionContextSeconds,
  sessionContextType,
} from './session-context.ts'
import { decodeJson, headerOf, parseJson, tokenAlgorithms } from './verify-token.ts'

/** Takes what a proxy passes on of the gateway's answers. */
export interface ContextIntake {
  /**
   * Takes in a session context, if it is of the gateway, for this application, about the token that was presented, and
   * not over. Anything else is somebody's invention, or somebody else's: it changes nothing, and the gateway is asked.
   */
  take(text: string | null, presented: Presented, facts: GatewayFacts): AtOnce<undefined>
}

interface ContextIntakeOptions {
  readonly application: string
  readonly intake: Pick<Intake<unknown>, 'document'>
  readonly clock: Clock
}

const headerSchema = z.strictObject({
  alg: z.enum(tokenAlgorithms),
  typ: z.literal(sessionContextType),
  kid: z.string().min(1).max(longestKid),
})

/** Makes the intake of one application: a context is an answer that came another way, and is taken in by the same rules. */
export function createContextIntake({ application, intake, clock }: ContextIntakeOptions): ContextIntake {
  async function take(text: string, { claims }: Presented, facts: GatewayFacts): Promise<undefined> {
    const context = await verifiedContext(text, facts)
    if (context?.iss !== facts.application.issuer || context.aud !== application) return
    if (context.document.id !== claims.sid || context.gen !== claims.gen) return
    const ageMs = ageOf(context, clock.wallMs())
    if (ageMs === null) return
    const { document, etag, seq, epoch } = context
    intake.document(claims, { document, etag, read: { seq, epoch }, bytes: text.length }, clock.monotonicMs() - ageMs)
  }

  return {
    take: (text, presented, facts) => {
      const isOffered = text !== null && text.length <= longestSessionContext && presented.kind === 'cookie'
      return isOffered ? take(text, presented, facts) : undefined
    },
  }
}

/** Rule 7 across two machines: without leeway, for a clock that is behind would make what is old look young. */
function ageOf({ iat, exp }: SessionContext, nowMs: number): number | null {
  if (exp - iat > sessionContextSeconds || nowMs < iat * 1_000 || nowMs >= exp * 1_000) return null
  return nowMs - iat * 1_000
}

async function verifiedContext(text: string, { keyOf }: GatewayFacts): Promise<SessionContext | null> {
  const encoded = headerOf(text)
  const header = encoded === undefined ? undefined : headerSchema.safeParse(decodeJson(encoded))
  const key = header?.success ? keyOf(header.data.kid) : undefined
  if (!key) return null
  try {
    const { payload } = await compactVerify(text, key.key, { algorithms: [key.alg] })
    const context = sessionContextSchema.safeParse(parseJson(new TextDecoder().decode(payload)))
    return context.success ? (context.data as SessionContext) : null
  } catch (error) {
    if (error instanceof errors.JOSEError) return null
    throw error
  }
}
