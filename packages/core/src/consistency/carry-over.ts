import { pickGranted } from './grants.ts'

/** The parts of a document that a contract may carry over. */
interface CarriedParts {
  readonly entitlements: Readonly<Record<string, unknown>>
  readonly context: Readonly<Record<string, unknown>>
}

/** Who a session belongs to: a subject is only unique together with its issuer. */
export interface SubjectOf {
  readonly issuer: string
  readonly subject: string
}

/**
 * What a new session starts with: its own fresh parts, and over them the paths that the contract carries over from the
 * session it replaces.
 *
 * Rule 13: sessions do not leak into each other. Only named paths come along, and only from a session of the same person.
 */
export function carryOver(
  fresh: CarriedParts,
  previous: (CarriedParts & { readonly identity: SubjectOf }) | undefined,
  person: SubjectOf,
  paths: readonly string[],
): CarriedParts & { readonly carried: readonly string[] } {
  const same = previous !== undefined && previous.identity.issuer === person.issuer && previous.identity.subject === person.subject
  if (!same) return { ...fresh, carried: [] }
  const entitlements = pickGranted(paths, 'entitlements', previous.entitlements) ?? {}
  const context = pickGranted(paths, 'context', previous.context) ?? {}
  const name = (part: string) => (key: string) => `${part}.${key}`
  return {
    entitlements: { ...fresh.entitlements, ...entitlements },
    context: { ...fresh.context, ...context },
    carried: [...Object.keys(entitlements).map(name('entitlements')), ...Object.keys(context).map(name('context'))],
  }
}
