/** How strongly and how lately somebody must have authenticated (RFC 9470). */
export interface AskedAssurance {
  /** One of these authentication context classes, in order of preference; empty for any. */
  readonly acrValues: readonly string[]
  /** Seconds since the authentication, at most; null for any. */
  readonly maxAgeS: number | null
}

/** 255 characters and 8 classes: they travel in the address of the login, on to the provider, and in a cookie of at most 4,096 bytes. */
export const longestAcrValues = 255
export const mostAcrValues = 8

/** A year: whoever asks for more asks for nothing. */
export const longestMaxAgeS = 31_536_000

/** The facts that it is judged by. */
interface Authenticated {
  readonly acr: string | null
  readonly authenticatedAtMs: number
}

/** Nothing is asked beyond a valid session. */
export const anyAssurance: AskedAssurance = { acrValues: [], maxAgeS: null }

/** 5 s: the provider, the gateway and the applications each have a clock, and `auth_time` is in whole seconds. */
export const assuranceLeewayMs = 5_000

/** Whether an authentication is as strong and as recent as asked. One without a class never meets one that asks for a class. */
export function meetsAssurance({ acr, authenticatedAtMs }: Authenticated, asked: AskedAssurance, nowMs: number): boolean {
  if (asked.acrValues.length > 0 && (acr === null || !asked.acrValues.includes(acr))) return false
  if (asked.maxAgeS === null) return true
  // A time that is none compares false: it denies.
  return nowMs - authenticatedAtMs <= asked.maxAgeS * 1_000 + assuranceLeewayMs
}
