import { type Freshness, freshnessOf } from '../client/freshness.ts'
import type { ReadOptions } from '../client/session-result.ts'
import { expectOptions } from '../contract/expect-options.ts'
import { type Assurance, askedOf, checkAssurance, isAssured } from './assurance.ts'
import type { Denied } from './denial.ts'
import { isObject, valueAt } from './value-at.ts'

/** What a route asks of a session beside its being valid. */
export interface Requirement<View> extends ReadOptions {
  /** Says whether this person may pass; false answers 403. What it throws reaches the framework. */
  readonly where?: (session: View) => boolean
  /** Always asks the gateway, and takes no snapshot in an outage. Default false. */
  readonly fresh?: boolean
  /**
   * Values that the request acts for, by path, such as `{ 'context.tenant': request.params.tenant }`. When the session says
   * otherwise the answer is 409: a second tab may have switched.
   */
  readonly expect?: Expected<View>
  /**
   * How strongly and how lately the person must have signed in. Otherwise a page goes to the login, which asks for it and
   * comes back here; every other request gets 401 with an RFC 9470 challenge. Somebody who is not signed in is asked for it
   * at once.
   */
  readonly assurance?: Assurance<View>
}

type PartName = 'identity' | 'entitlements' | 'context'

type PathOf<View> = {
  [Part in PartName]: View extends { readonly [P in Part]: infer Values } ? `${Part}.${keyof Values & string}` : never
}[PartName]

/** Values by path, of what the application may read. */
export type Expected<View> = {
  readonly [Path in PathOf<View>]?: Path extends `${infer Part}.${infer Key}` ? ValueIn<View, Part, Key> : never
}

type ValueIn<View, Part extends string, Key extends string> = View extends { readonly [P in Part]: infer Values }
  ? Values[Key & keyof Values]
  : never

const options = ['where', 'fresh', 'expect', 'assurance', 'freshness', 'atLeast', 'outageGrace']

/**
 * Expects what a route asks to be a requirement. A mistyped option, a predicate in its place or a promise of one would ask
 * nothing, and so let everybody pass who is signed in.
 *
 * @throws TypeError that names the option.
 */
export function checkedRequirement<View>(found: Requirement<View>): Requirement<View> {
  if (found instanceof Promise) throw new TypeError('require: expected an object, found a promise')
  expectOptions(found, options, 'require')
  const { where, expect, fresh } = found
  if ('where' in found && typeof where !== 'function') throw misuse('where', 'a function of the session', where)
  if ('expect' in found && !isObject(expect)) throw misuse('expect', 'an object of values by path', expect)
  if ('assurance' in found) checkAssurance(found.assurance)
  if ('fresh' in found && typeof fresh !== 'boolean') throw misuse('fresh', 'true or false', fresh)
  return found
}

/**
 * The requirement of each request: the same for all, or what a function makes of what the framework calls a request.
 *
 * @throws TypeError that names the option; for a function, when it is called.
 */
export function requirementOf<View, Context>(
  asked: Requirement<View> | ((context: Context) => Requirement<View>) = {},
): (context: Context) => Requirement<View> {
  if (typeof asked === 'function') return (context) => checkedRequirement(asked(context))
  const requirement = checkedRequirement(asked)
  return () => requirement
}

function misuse(option: string, expected: string, found: unknown): TypeError {
  return new TypeError(`require.${option}: expected ${expected}, found ${found === null ? 'null' : typeof found}`)
}

/** How fresh the read for a requirement must be; what it does not say, the client's defaults say, except of a fresh one. */
export function freshnessFor<View>(requirement: Requirement<View>, defaults: ReadOptions): Freshness {
  const { fresh, atLeast } = requirement
  if (fresh) return freshnessOf(atLeast === undefined ? {} : { atLeast })
  return freshnessOf({ ...defaults, ...requirement })
}

/**
 * Why a valid session does not meet the rest of a requirement; null when it does. A better sign-in is asked for before
 * anything else: it makes another session, of which the rest has to be true.
 */
export function unmet<View>(session: View, requirement: Requirement<View>, nowMs: number): Denied | null {
  const { where, expect } = requirement
  if (!isAssured(session, askedOf(requirement.assurance), nowMs)) return { status: 'insufficient' }
  if (expect !== undefined && !isAsExpected(session, expect)) return { status: 'conflict', code: 'expectation_failed' }
  // `true` and nothing else: an async predicate answers a promise, which must not pass for a yes.
  return where === undefined || where(session) === true ? null : { status: 'forbidden' }
}

function isAsExpected(session: unknown, expected: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(expected).every(([path, value]) => isSame(valueAt(session, path), value))
}

/** Deep equality of JSON values; the order of an object's keys says nothing. */
function isSame(one: unknown, other: unknown): boolean {
  if (!isObject(one) || !isObject(other)) return one === other
  const keys = Object.keys(one)
  if (Array.isArray(one) !== Array.isArray(other) || keys.length !== Object.keys(other).length) return false
  return keys.every((key) => Object.hasOwn(other, key) && isSame(one[key], other[key]))
}
