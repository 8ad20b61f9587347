import { type AnyContract, checkParts, type SessionParts } from '@single-state/core/protocol'
import type { z } from 'zod'
import type { Derived, GatewayConfig } from '../config.ts'
import { inTime } from '../in-time.ts'
import type { Authentication } from '../oidc/provider.ts'
import type { Timers } from '../timers.ts'
import { isWithinLimit } from './change.ts'

/** 5 s: a person waits for the sign-in, and what derives entitlements has everything at hand. */
export const deadlineMs = 5_000

/** The first content of a session, or why there is none. */
export type DerivedParts = { readonly ok: true; readonly parts: SessionParts } | { readonly ok: false; readonly why: string }

/**
 * Makes the first document of a session from what the provider says of a person. What the contract does not know is
 * dropped here: claims are full of personal data.
 */
export async function deriveParts(
  contract: AnyContract,
  derive: GatewayConfig['derive'] | null,
  authentication: Authentication,
  after: Timers['after'],
): Promise<DerivedParts> {
  let derived: Derived<AnyContract> | 'late'
  try {
    derived = (await inTime(deadlineMs, derive?.(authentication.claims, authentication), after)) ?? {}
  } catch (error) {
    return { ok: false, why: `derive threw ${error instanceof Error ? error.name : 'something that is no error'}` }
  }
  if (derived === 'late') return { ok: false, why: `derive took longer than ${deadlineMs} ms` }
  const entitlements = (contract.entitlements as z.ZodObject).safeParse(derived.entitlements ?? {})
  if (!entitlements.success) return { ok: false, why: failing('entitlements', entitlements.error) }
  const context = (contract.context as z.ZodObject).safeParse(derived.context ?? {})
  if (!context.success) return { ok: false, why: failing('context', context.error) }
  return bounded(contract, { identity: identityOf(authentication), entitlements: entitlements.data, context: context.data })
}

function identityOf({ issuer, subject, authenticatedAtMs, acr, amr }: Authentication): SessionParts['identity'] {
  return { subject, issuer, authenticatedAt: new Date(authenticatedAtMs).toISOString(), acr, amr }
}

function bounded(contract: AnyContract, parts: SessionParts): DerivedParts {
  const checked = checkParts(contract, parts)
  if (!checked.ok) return checked
  if (isWithinLimit(contract, checked.parts)) return { ok: true, parts: checked.parts }
  return { ok: false, why: `the document would be larger than ${contract.limits.bytes} bytes` }
}

/** Paths and kinds, without the values: they may be personal. */
function failing(part: string, error: z.ZodError): string {
  return error.issues.map(({ path, code }) => `${[part, ...path].join('.')}: ${code}`).join('; ')
}
