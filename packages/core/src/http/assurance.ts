import {
  type AskedAssurance,
  anyAssurance,
  longestAcrValues,
  longestMaxAgeS,
  meetsAssurance,
  mostAcrValues,
} from '../consistency/assurance.ts'
import { type Duration, parseDuration } from '../contract/duration.ts'
import { expectOptions } from '../contract/expect-options.ts'
import { valueAt } from './value-at.ts'

/** What is asked of a sign-in; the application must read the part of `identity` that it is judged by. */
export interface Assurance<View> {
  /** Authentication context class (`acr`): this, or one of these in order of preference, at most 8, as the identity provider names them. */
  readonly acr?: IdentityKnows<View, 'acr'> extends true ? string | readonly string[] : never
  /** Longest time since the person authenticated (`identity.authenticatedAt`), on this process's clock: `'30s'` to `'365d'`. */
  readonly maxAge?: IdentityKnows<View, 'authenticatedAt'> extends true ? Duration : never
}

type IdentityKnows<View, Key extends string> = View extends { readonly identity: { readonly [K in Key]: unknown } } ? true : false

/** 30 s: less is over before somebody who has just signed in is back at the page. */
const shortestMaxAgeMs = 30_000

/**
 * Expects what is asked of a sign-in to be something that a sign-in can meet.
 *
 * @throws TypeError that names the option.
 */
export function checkAssurance(found: Assurance<unknown> | undefined): void {
  expectOptions(found, ['acr', 'maxAge'], 'require.assurance')
  const { acr, maxAge } = found as LooseAssurance
  if (acr === undefined && maxAge === undefined) throw new TypeError('require.assurance: expected acr, maxAge or both')
  const acrValues = acrValuesOf(acr)
  // RFC 9470 section 3: a list in a quoted string, parted by spaces.
  const fits = acrValues.every((value) => typeof value === 'string' && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(value))
  const isCount = acrValues.length > 0 && acrValues.length <= mostAcrValues
  if (acr !== undefined && (!isCount || !fits || acrValues.join(' ').length > longestAcrValues)) {
    const expected = `1 to ${mostAcrValues} names without spaces or quotes, ${longestAcrValues} characters in all`
    throw new TypeError(`require.assurance.acr: expected ${expected}`)
  }
  if (maxAge !== undefined) checkMaxAge(maxAge)
}

function checkMaxAge(maxAge: Duration): void {
  const ms = parseDuration(maxAge, 'require.assurance.maxAge')
  if (ms >= shortestMaxAgeMs && ms <= longestMaxAgeS * 1_000) return
  throw new TypeError(`require.assurance.maxAge: expected '30s' to '365d', found ${JSON.stringify(maxAge)}`)
}

/** An assurance, whatever the view. */
interface LooseAssurance {
  readonly acr?: string | readonly string[]
  readonly maxAge?: Duration
}

function acrValuesOf(acr: LooseAssurance['acr']): readonly string[] {
  return typeof acr === 'string' ? [acr] : (acr ?? [])
}

/** What a requirement asks of a sign-in, as the login and a challenge say it. */
export function askedOf<View>(assurance: Assurance<View> | undefined): AskedAssurance {
  if (assurance === undefined) return anyAssurance
  const { acr, maxAge } = assurance as LooseAssurance
  const maxAgeS = maxAge === undefined ? null : Math.floor(parseDuration(maxAge, 'require.assurance.maxAge') / 1_000)
  return { acrValues: acrValuesOf(acr), maxAgeS }
}

/**
 * Whether the sign-in of a session is as strong and as recent as asked.
 *
 * @throws TypeError when the application may not read what it is judged by.
 */
export function isAssured(session: unknown, asked: AskedAssurance, nowMs: number): boolean {
  if (asked.acrValues.length === 0 && asked.maxAgeS === null) return true
  const acr = valueAt(session, 'identity.acr')
  const authenticatedAt = valueAt(session, 'identity.authenticatedAt')
  if (asked.acrValues.length > 0 && acr === undefined) throw ungranted('acr')
  if (asked.maxAgeS !== null && authenticatedAt === undefined) throw ungranted('authenticatedAt')
  const facts = { acr: typeof acr === 'string' ? acr : null, authenticatedAtMs: Date.parse(String(authenticatedAt)) }
  return meetsAssurance(facts, asked, nowMs)
}

/** Signing in again would show it as little. */
function ungranted(key: string): TypeError {
  return new TypeError(`require.assurance: expected an application that reads 'identity.${key}'; grant it in the contract`)
}
