import { z } from 'zod'

// What the client asks of an answer before it looks at any session in it. A document is judged by itself, by the reader of
// the application's view: one that cannot be read must not take away the others of a batch, nor be parsed twice.

/** An answer with one document, not yet judged. */
export interface DocumentEnvelope {
  readonly document: unknown
}

const document = z.unknown()

/** `GET`, `PATCH /v1/session` and `PUT /v1/session/signals/{name}`: what a write says besides is its receipt. */
export const sessionSchema = z.object({ document })

/** 4,000 characters: with the cookie's name still what a browser keeps. */
export const longestSuccessor = 4_000

/** `POST /v1/session/token`: the token is set as a cookie, so it is one or nothing. */
export const exchangeSchema = z.object({
  document,
  token: z
    .string()
    .max(longestSuccessor)
    .regex(/^[\w-]+\.[\w-]+\.[\w-]+$/),
})

/** `POST /v1/reads`: where the store stood when the first of them was read, and the results in order. */
export const readsSchema = z.object({ seq: z.int().min(0), epoch: z.string(), results: z.array(z.unknown()) })

export type ReadsEnvelope = z.output<typeof readsSchema>

/** One result of it. */
export const readResultSchema = z.object({
  status: z.int(),
  document: document.optional(),
  etag: z.string().optional(),
  problem: z.unknown().optional(),
})

/** `GET /.well-known/jwks.json` (RFC 7517 section 5); `hash` names it, and the grants, as heartbeats do. */
export const keySetSchema = z.object({ keys: z.array(z.unknown()), hash: z.string().optional() })

export type KeySet = z.output<typeof keySetSchema>
