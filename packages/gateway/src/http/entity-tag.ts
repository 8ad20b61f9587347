import type { WriteStamp } from '@single-state/core/protocol'
import { ProblemError } from './problem.ts'

/** The tag of one representation: version, draw and the projection that it was made by. Opaque to clients. */
export function entityTag(stamp: WriteStamp, projection: string): string {
  return `"${stamp.version}-${stamp.draw}.${projection}"`
}

/** One entity tag of a precondition (RFC 9110 section 8.8.3). */
interface Tag {
  readonly weak: boolean
  /** With its quotes, without `W/`. */
  readonly opaque: string
}

/** `etagc` of RFC 9110 section 8.8.3: no quote, no space, no control character. */
const oneTag = /^(W\/)?("[\x21\x23-\x7e\x80-\xff]*")/

/** 32: as many as any honest cache sends; a header of 16 KiB is no reason to compare thousands. */
export const mostTags = 32

/**
 * Reads the list of an `If-Match` or `If-None-Match` (RFC 9110 section 13.1.1). `'*'` stands alone or not at all.
 *
 * @throws ProblemError `request_invalid`
 */
function parseEntityTags(header: string, name: string): '*' | readonly Tag[] {
  const text = header.trim()
  if (text === '*') return '*'
  const tags: Tag[] = []
  let rest = text
  while (rest !== '') {
    const match = oneTag.exec(rest)
    if (!match || tags.length === mostTags) throw malformed(name)
    tags.push({ weak: match[1] !== undefined, opaque: match[2] as string })
    rest = afterComma(rest.slice(match[0].length), name)
  }
  if (tags.length === 0) throw malformed(name)
  return tags
}

/** RFC 9110 section 5.6.1.2: a recipient accepts empty elements in a list. */
function afterComma(rest: string, name: string): string {
  const trimmed = rest.replace(/^[ \t]+/, '')
  if (trimmed === '') return ''
  const next = trimmed.replace(/^(,[ \t]*)+/, '')
  if (next === trimmed) throw malformed(name)
  return next
}

/**
 * The stamps that a write may be based on: version and draw of the strong tags. The projection does not count, since two
 * applications see one version in different ways.
 *
 * RFC 9110 section 8.8.3.2: `If-Match` compares strongly, so a weak tag never matches.
 */
function stampsOf(tags: readonly Tag[]): readonly WriteStamp[] {
  return tags.flatMap(({ weak, opaque }) => {
    const match = weak ? null : /^"([1-9]\d{0,14})-([A-Za-z0-9_-]{8})\.[A-Za-z0-9_-]{1,16}"$/.exec(opaque)
    return match ? [{ version: Number(match[1]), draw: match[2] as string }] : []
  })
}

/**
 * What a reader says it has, of an `If-None-Match`; no tags where it says nothing.
 *
 * @throws ProblemError `request_invalid`
 */
export function knownTags(request: Request): '*' | readonly Tag[] {
  const header = request.headers.get('if-none-match')
  return header === null ? [] : parseEntityTags(header, 'If-None-Match')
}

/** Whether a reader has the current representation already: weak comparison (RFC 9110 section 13.1.2). */
export function isKnown(tags: '*' | readonly Tag[], current: string): boolean {
  return tags === '*' || tags.some(({ opaque }) => opaque === current)
}

/**
 * The stamps of an `If-Match`; null without one. `*` only says that there is a session, not which version a change is
 * based on, so it counts as none.
 *
 * @throws ProblemError `request_invalid`
 */
export function expectedStamps(request: Request): readonly WriteStamp[] | null {
  const header = request.headers.get('if-match')
  const tags = header === null ? '*' : parseEntityTags(header, 'If-Match')
  return tags === '*' ? null : stampsOf(tags)
}

function malformed(name: string): ProblemError {
  return new ProblemError('request_invalid', { detail: `${name} is not a list of entity tags` })
}
