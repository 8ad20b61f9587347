import { z } from 'zod'
import type { AnyContract } from '../contract/contract.ts'
import { deepestLevels, isDeeperThan } from './depth.ts'
import { describeIssues } from './issues.ts'
import type { SessionParts } from './session-document.ts'
import { identitySchema } from './wire-schemas.ts'

/** The outcome of reading what a store holds: a document of the contract, or why it is none. */
export type StoredDocument = { readonly ok: true; readonly parts: SessionParts } | { readonly ok: false; readonly why: string }

/**
 * Reads the stored text of one session under the contract of today.
 *
 * A document of an older revision is upgraded: defaults of the schema fill what it lacks. Keys of a part that the schema
 * does not know are kept, so that an older gateway beside a newer one drops nothing. What does not fit, or belongs to
 * another session, is not patched: the person signs in again (rule 8).
 */
export function parseStored(contract: AnyContract, id: string, text: string): StoredDocument {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return refused('the stored text is not JSON')
  }
  if (isDeeperThan(json, deepestLevels)) return refused(`the stored document is nested deeper than ${deepestLevels} levels`)
  const parsed = schemasOf(contract).stored.safeParse(json)
  if (!parsed.success) return refused(describeIssues(parsed.error))
  const { id: owner, ...parts } = parsed.data
  if (owner !== id) return refused('the stored document belongs to another session')
  return { ok: true, parts: parts as unknown as SessionParts }
}

/** The text that a store keeps for a session. It names its session, so that a swapped document is found out. */
export function serializeStored(id: string, parts: SessionParts): string {
  return JSON.stringify({ id, identity: parts.identity, entitlements: parts.entitlements, context: parts.context })
}

/**
 * Checks parts before they are stored, and fills defaults. Keys of a part that the schema does not know pass, so that an
 * older gateway beside a newer one drops nothing: who adds keys has to say which ones (rule 12).
 */
export function checkParts(contract: AnyContract, parts: SessionParts): StoredDocument {
  if (isDeeperThan(parts, deepestLevels)) return refused(`the document is nested deeper than ${deepestLevels} levels`)
  const parsed = schemasOf(contract).parts.safeParse(parts)
  return parsed.success ? { ok: true, parts: parsed.data as unknown as SessionParts } : refused(describeIssues(parsed.error))
}

interface DocumentSchemas {
  readonly parts: z.ZodObject
  readonly stored: z.ZodObject
}

/** Made once for each contract; no state of a request, and gone with the contract. */
const known = new WeakMap<AnyContract, DocumentSchemas>()

function schemasOf(contract: AnyContract): DocumentSchemas {
  const held = known.get(contract)
  if (held) return held
  const parts = z.object({
    identity: identitySchema.loose(),
    entitlements: opened(contract.entitlements),
    context: opened(contract.context),
  })
  const made = { parts, stored: parts.extend({ id: z.string() }) }
  known.set(contract, made)
  return made
}

/** Lets keys through that a part does not know; one that declares what its further keys are goes on judging them. */
function opened(part: z.ZodObject): z.ZodObject {
  const further = part.def.catchall?._zod.def.type
  return further === undefined || further === 'never' ? part.loose() : part
}

function refused(why: string): StoredDocument {
  return { ok: false, why }
}
