import { z } from 'zod'
import type { AnyContract } from '../contract/define-contract.ts'
import type { SessionParts } from './session-document.ts'
import { identitySchema } from './wire-schemas.ts'

/** The outcome of reading what a store holds: a document of the contract, or why it is none. */
export type StoredDocument = { readonly ok: true; readonly parts: SessionParts } | { readonly ok: false; readonly why: string }

/**
 * Reads the stored text of one session under the contract of today.
 *
 * A document of an older revision is upgraded: defaults of the schema fill what it lacks. Keys that the schema does not
 * know are kept, so that an older gateway beside a newer one drops nothing. What does not fit, or belongs to another
 * session, is not patched: the person signs in again (rule 8).
 */
export function parseStored(contract: AnyContract, id: string, text: string): StoredDocument {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { ok: false, why: 'the stored text is not JSON' }
  }
  const parsed = storedSchemaOf(contract).safeParse(json)
  if (!parsed.success) return { ok: false, why: describe(parsed.error) }
  const { id: owner, ...parts } = parsed.data
  if (owner !== id) return { ok: false, why: 'the stored document belongs to another session' }
  return { ok: true, parts: parts as SessionParts }
}

/** The text that a store keeps for a session. It names its session, so that a swapped document is found out. */
export function serializeStored(id: string, parts: SessionParts): string {
  return JSON.stringify({ id, identity: parts.identity, entitlements: parts.entitlements, context: parts.context })
}

/** Checks parts before they are stored. */
export function checkParts(contract: AnyContract, parts: SessionParts): StoredDocument {
  const parsed = partsSchemaOf(contract).safeParse(parts)
  return parsed.success ? { ok: true, parts: parsed.data as SessionParts } : { ok: false, why: describe(parsed.error) }
}

const schemas = new WeakMap<AnyContract, { parts: z.ZodType; stored: z.ZodType<{ id: string }> }>()

function schemasOf(contract: AnyContract) {
  const known = schemas.get(contract)
  if (known) return known
  const parts = z.object({
    identity: identitySchema,
    entitlements: (contract.entitlements as z.ZodObject).loose(),
    context: (contract.context as z.ZodObject).loose(),
  })
  const made = { parts, stored: parts.extend({ id: z.string() }) }
  schemas.set(contract, made)
  return made
}

function storedSchemaOf(contract: AnyContract) {
  return schemasOf(contract).stored
}

function partsSchemaOf(contract: AnyContract) {
  return schemasOf(contract).parts
}

/** Paths and kinds of what is wrong, without the values: they may be secrets. */
function describe(error: z.ZodError): string {
  return error.issues
    .slice(0, 5)
    .map(({ path, code }) => `${path.join('.') || 'document'}: ${code}`)
    .join('; ')
}
