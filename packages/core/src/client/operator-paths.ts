import type { SubjectOf } from '../consistency/carry-over.ts'
import { SessionError } from '../errors.ts'

/**
 * The path of one session, for an operator.
 *
 * @throws SessionError `request_invalid` for an id that a path cannot carry.
 */
export function sessionPath(id: string): string {
  return `/v1/sessions/${segment('session', id)}`
}

/**
 * What the paths about a subject begin with, for an operator.
 *
 * @throws SessionError `request_invalid` for a name that a path cannot carry.
 */
export function subjectPath({ issuer, subject }: SubjectOf): string {
  return `/v1/subjects/${segment('issuer', issuer)}/${segment('subject', subject)}`
}

/**
 * Dots alone lead out of the path however they are written (RFC 3986 section 5.2.4, and `%2E` by the URL standard): the
 * sessions of the subject `..` of the issuer `.` would be `/v1/sessions`, which is everybody's.
 */
function segment(what: string, name: string): string {
  if (name !== '' && name !== '.' && name !== '..' && name.isWellFormed()) return encodeURIComponent(name)
  throw new SessionError('request_invalid', `${what}: expected a name that a path can carry, found ${JSON.stringify(name)}`)
}
