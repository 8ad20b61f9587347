import { ProblemError } from './problem.ts'
import { type JsonLimits, parseStrictJson } from './strict-json.ts'

/** Bounds of a request body. */
export interface BodyLimits extends JsonLimits {
  readonly bytes: number
}

/** 16 KiB: twice the largest change that a default contract can hold. */
export const bodyLimits: BodyLimits = { bytes: 16_384, depth: 8, keys: 256, string: 4_096 }

/** 128 KiB and 128 reads with two members each, besides the one they are in. */
export const readsBodyLimits: BodyLimits = { bytes: 131_072, depth: 8, keys: 257, string: 4_096 }

/** 1 KiB: three members. */
export const heartbeatBodyLimits: BodyLimits = { bytes: 1_024, depth: 1, keys: 3, string: 128 }

const mediaType = /^application\/json[ \t]*(;[ \t]*charset="?utf-8"?[ \t]*)?$/i

/** A body as JSON, and the text that it was. */
export interface JsonBody {
  readonly text: string
  readonly value: unknown
}

/**
 * Reads the JSON body of a request, no further than its limit.
 *
 * @throws ProblemError `media_type_unsupported`, `document_too_large`, `request_invalid`
 */
export async function readJson(request: Request, limits: BodyLimits): Promise<JsonBody> {
  if (!mediaType.test(request.headers.get('content-type') ?? '')) throw new ProblemError('media_type_unsupported')
  const bytes = await readBytes(request, limits.bytes)
  const text = decode(bytes)
  return { text, value: parseStrictJson(text, limits) }
}

/** Reads a body no further than its limit. `Content-Length` is what the sender says; what counts is what arrives. */
export async function readBytes(request: Request, limit: number): Promise<Uint8Array> {
  const tooLarge = () => new ProblemError('document_too_large', { detail: `the body is larger than ${limit} bytes` })
  const length = request.headers.get('content-length')
  if (Number(length ?? 0) > limit) throw tooLarge()
  // RFC 9112 section 6.3: a server takes no more than that length, and one piece costs half of what a stream does.
  const bytes = length === null ? await readChunks(request, limit, tooLarge) : new Uint8Array(await request.arrayBuffer())
  if (bytes.byteLength > limit) throw tooLarge()
  return bytes
}

async function readChunks(request: Request, limit: number, tooLarge: () => ProblemError): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of chunksOf(request)) {
    size += chunk.byteLength
    if (size > limit) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

async function* chunksOf(request: Request): AsyncGenerator<Uint8Array> {
  const reader = request.body?.getReader()
  if (!reader) return
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** RFC 8259 section 8.1: JSON between systems is UTF-8, without a byte order mark. */
function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new ProblemError('request_invalid', { detail: 'the body is not UTF-8' })
  }
}
