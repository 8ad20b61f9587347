import { type AskedAssurance, longestAcrValues, longestMaxAgeS, mostAcrValues } from '@single-state/core/protocol'
import { ProblemError } from '../http/problem.ts'

/**
 * What the address of a login asks of the authentication, in the words of OpenID Connect Core section 3.1.2.1.
 *
 * @throws ProblemError `request_invalid` for everything that is not understood; nothing is ever asked less than was meant.
 */
export function judgeAssurance(parameters: URLSearchParams): AskedAssurance {
  const acrValues = onlyOne(parameters, 'acr_values')
  const maxAge = onlyOne(parameters, 'max_age')
  return { acrValues: acrValues === null ? [] : valuesOf(acrValues), maxAgeS: maxAge === null ? null : secondsOf(maxAge) }
}

/** The way to ask for the same again. */
export function assuranceParameters({ acrValues, maxAgeS }: AskedAssurance): Record<string, string> {
  return { ...(acrValues.length > 0 && { acr_values: acrValues.join(' ') }), ...(maxAgeS !== null && { max_age: String(maxAgeS) }) }
}

function onlyOne(parameters: URLSearchParams, name: string): string | null {
  const [value, second] = parameters.getAll(name)
  if (second !== undefined) throw refused(name, 'expected once, found twice')
  return value ?? null
}

function valuesOf(text: string): readonly string[] {
  const values = text.split(' ')
  const fits = text.length <= longestAcrValues && values.length <= mostAcrValues
  if (fits && values.every((value) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(value))) return values
  throw refused('acr_values', `expected 1 to ${mostAcrValues} names parted by one space, ${longestAcrValues} characters in all`)
}

function secondsOf(text: string): number {
  if (/^\d{1,8}$/.test(text) && Number(text) <= longestMaxAgeS) return Number(text)
  throw refused('max_age', `expected whole seconds, at most ${longestMaxAgeS}`)
}

function refused(name: string, found: string): ProblemError {
  return new ProblemError('request_invalid', { detail: `${name}: ${found}` })
}
