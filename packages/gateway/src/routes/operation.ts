import type { SessionErrorCode } from '@single-state/core/protocol'
import type { z } from 'zod'
import type { BodyLimits } from '../http/read-json.ts'

/** One call of the HTTP API: what is checked of a request, and what the OpenAPI document says of it. */
export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** With `:name` for a parameter. */
  readonly path: string
  readonly summary: string
  /** What a caller shows: nothing, its application key, that of an operator, or its key and a session token. */
  readonly proof: 'none' | 'application' | 'operator' | 'session'
  readonly body?: z.ZodType
  /** Default: 16 KiB. */
  readonly limits?: BodyLimits
  readonly query?: z.ZodObject
  /** The body of the 200; null for one that is no JSON of ours. */
  readonly answer: z.ZodType | null
  /**
   * Asked by a proxy about a request of somebody else's: at this address and below, by whatever method, without a contract
   * revision. A wrong key is the proxy's mistake and must not look like a sign-out.
   */
  readonly forProxies?: true
  /** Whether an operator's call takes the token of the person who acts. */
  readonly actor?: true
  /** Conditional headers and repeats that it understands. */
  readonly headers?: readonly ('If-Match' | 'If-None-Match' | 'Idempotency-Key')[]
  /** Problems beyond those that every call of its kind can answer. */
  readonly codes: readonly SessionErrorCode[]
}

/** What a body is once its schema has read it. */
export type BodyOf<O extends Operation> = O extends { readonly body: z.ZodType<infer Body> } ? Body : undefined
export type QueryOf<O extends Operation> = O extends { readonly query: z.ZodType<infer Query> } ? Query : undefined
