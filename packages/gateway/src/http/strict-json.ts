import { ProblemError } from './problem.ts'

/** Bounds of a JSON text, judged before anything is made of it. */
export interface JsonLimits {
  /** Objects and arrays within each other. */
  readonly depth: number
  /** Member names in the whole text. */
  readonly keys: number
  /** Characters of one string, escapes counted as written. */
  readonly string: number
}

/** Names that reach an object's prototype when somebody copies it carelessly. */
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * Reads JSON that means the same to every reader.
 *
 * RFC 8259 section 4 leaves it open what a name that occurs twice means; a proxy and the gateway must not read two
 * different things, so it is refused.
 *
 * @throws ProblemError `request_invalid`
 */
export function parseStrictJson(text: string, limits: JsonLimits): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw invalid('the body is not JSON')
  }
  scan(text, limits)
  return value
}

/** Walks a text that `JSON.parse` has accepted, so that every character outside of strings is structure. */
function scan(text: string, limits: JsonLimits): void {
  const open: (Set<string> | null)[] = []
  let keys = 0
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '{' || character === '[') {
      if (open.push(character === '{' ? new Set() : null) > limits.depth) throw invalid(`the body is deeper than ${limits.depth} levels`)
    } else if (character === '}' || character === ']') {
      open.pop()
    } else if (character === '"') {
      const end = endOfString(text, at)
      if (end - at - 1 > limits.string) throw invalid(`the body has a string of more than ${limits.string} characters`)
      if (isName(text, end)) {
        if (++keys > limits.keys) throw invalid(`the body has more than ${limits.keys} names`)
        addName(open.at(-1) ?? null, nameIn(text.slice(at, end + 1)))
      }
      at = end
    }
  }
}

/** Where the string that begins at `start` has its closing quote. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end
}

/** Behind an odd number of backslashes: an even one is that many halves of escaped backslashes. */
function isEscaped(text: string, at: number): boolean {
  let before = at
  while (text[before - 1] === '\\') before--
  return (at - before) % 2 === 1
}

/** Only the name of a member is followed by a colon. */
function isName(text: string, end: number): boolean {
  let at = end + 1
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at++
  return text[at] === ':'
}

/** Few names are written with escapes, and only those need a parser. */
function nameIn(quoted: string): string {
  return quoted.includes('\\') ? JSON.parse(quoted) : quoted.slice(1, -1)
}

function addName(names: Set<string> | null, name: string): void {
  if (forbiddenKeys.has(name)) throw invalid(`the body has a member named ${name}`)
  if (names?.has(name)) throw invalid('the body has a name twice in one object')
  names?.add(name)
}

function invalid(detail: string): ProblemError {
  return new ProblemError('request_invalid', { detail })
}
