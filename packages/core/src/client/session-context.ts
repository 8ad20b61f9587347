import { z } from 'zod'
import type { WireDocument } from '../document/session-document.ts'
import { wireDocumentSchema } from '../document/wire-schemas.ts'

/** The request header that a proxy passes a session context in. */
export const sessionContextHeader = 'session-context'

/** `typ` of a session context: no token of a session passes for one, nor the other way round (RFC 8725 section 3.11). */
export const sessionContextType = 'session-context+jwt'

/** 5 s: as long as the request that it was made for may take to the application. It bounds how old a read of it can be. */
export const sessionContextSeconds = 5

/** 8,192 characters: half of what a Node.js server takes as headers. A session that needs more is asked for, not passed on. */
export const longestSessionContext = 8_192

/** What a session context says: an answer of the gateway about one session, for one application, on its way by a proxy. */
export const sessionContextSchema = z.object({
  /** The gateway's public origin. */
  iss: z.string(),
  /** The one application that it is made for. */
  aud: z.string(),
  /** Generation of the token that the browser showed. */
  gen: z.int().min(1),
  /** Seconds since 1970. */
  iat: z.int().min(0),
  exp: z.int().min(0),
  /** What the application is granted to see. */
  document: wireDocumentSchema,
  etag: z.string(),
  /** Where the store stood when the document was read. */
  seq: z.int().min(0),
  epoch: z.string(),
})

export interface SessionContext extends Omit<z.output<typeof sessionContextSchema>, 'document'> {
  readonly document: WireDocument
}
